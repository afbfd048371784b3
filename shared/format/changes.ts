import type { ServiceConfig } from '../config/service.ts';
import { type Changes, lastWritten } from '../document/changes.ts';
import type { Step } from '../document/document.ts';
import type { Plan } from '../document/plan.ts';
import { isInForce, type PoolChange, type PoolOutcome } from '../document/pool-settings.ts';
import type { Bounds, CpuPolicy } from '../document/settings.ts';
import { rounded } from './numbers.ts';
import { poolSettingLabels } from './pools/words.ts';

export interface ChangeRow {
  label: string;
  from: string;
  to: string;
}

/** Everything that a plan changes, before and after, unchanged rows left out. */
export function changeRows(
  plan: Pick<Plan, 'desired' | 'bounds' | 'cpuPolicy' | 'removes' | 'pools'>,
): ChangeRow[] {
  const rows: ChangeRow[] = [];
  if (plan.desired)
    rows.push({ label: 'Desired tasks', from: rounded(plan.desired.from), to: rounded(plan.desired.to) });
  if (plan.bounds) rows.push(...boundRows(plan.bounds.from, plan.bounds.to));
  if (plan.cpuPolicy) rows.push(...policyRows(plan.cpuPolicy.from, plan.cpuPolicy.to));
  if (plan.removes) rows.push({ label: `Temporary policy ${plan.removes}`, from: 'present', to: 'removed' });
  rows.push(...pgbouncerRows(plan.pools ?? []));
  return rows.filter((row) => row.from !== row.to);
}

/** What a run knows to have written: the answers of its writes, and the plan that they were made for. */
export interface Written {
  plan?: Plan | undefined;
  change?: Changes | undefined;
  step?: Pick<Step, 'to' | 'wrote'> | undefined;
}

/** Everything that was written, before and after. What a plan wanted and no answer confirms is not in it (invariant 20). */
export function writtenRows({ plan, change = {}, step }: Written): ChangeRow[] {
  const { desired, bounds, suspended, cpuPolicy, pools } = change;
  const count = desired ?? step;
  return changeRows({
    ...fromTo('desired', plan?.desired?.from, count && { ...count, to: lastWritten(count) }),
    ...fromTo('bounds', plan?.bounds?.from, suspended ? { ...bounds, to: suspended.to } : bounds),
    ...fromTo('cpuPolicy', plan?.cpuPolicy?.from, cpuPolicy),
    ...(cpuPolicy && plan?.removes ? { removes: plan.removes } : {}),
    ...(pools ? { pools: pools.outcomes.filter(isThere) } : {}),
  });
}

/** What is as it was to be, and where it came from: another outcome stands in the notice, in words. */
const isThere = (outcome: PoolOutcome): outcome is PoolOutcome & { from: number } =>
  outcome.from !== undefined && isInForce(outcome);

/** A write that was repeated found its own value: it started where its plan did. */
function fromTo<Name extends string, T>(
  name: Name,
  planned: T | undefined,
  write: { changed?: boolean | undefined; from?: T | null | undefined; to: T | null } | undefined,
): { [N in Name]?: { from: T; to: T } } {
  const from = (write?.changed ? write.from : undefined) ?? planned;
  const { to } = write ?? {};
  const both: { [N in Name]?: { from: T; to: T } } = {};
  if (from !== undefined && to !== undefined && to !== null) both[name] = { from, to };
  return both;
}

function boundRows(from: Bounds, to: Bounds): ChangeRow[] {
  return [
    { label: 'Minimum tasks', from: rounded(from.min), to: rounded(to.min) },
    { label: 'Maximum tasks', from: rounded(from.max), to: rounded(to.max) },
    {
      label: 'Autoscaling may scale in',
      from: yesNo(!from.suspended.dynamicScalingIn),
      to: yesNo(!to.suspended.dynamicScalingIn),
    },
    {
      label: 'Autoscaling may scale out',
      from: yesNo(!from.suspended.dynamicScalingOut),
      to: yesNo(!to.suspended.dynamicScalingOut),
    },
    {
      label: 'Scheduled scaling',
      from: yesNo(!from.suspended.scheduledScaling),
      to: yesNo(!to.suspended.scheduledScaling),
    },
  ];
}

function policyRows(from: CpuPolicy, to: CpuPolicy): ChangeRow[] {
  return [
    { label: 'CPU target', from: `${from.target} %`, to: `${to.target} %` },
    {
      label: 'Scale-out cooldown',
      from: `${from.scaleOutCooldownSeconds} s`,
      to: `${to.scaleOutCooldownSeconds} s`,
    },
    {
      label: 'Scale-in cooldown',
      from: `${from.scaleInCooldownSeconds} s`,
      to: `${to.scaleInCooldownSeconds} s`,
    },
    {
      label: 'CPU policy may scale in',
      from: yesNo(!from.disableScaleIn),
      to: yesNo(!to.disableScaleIn),
    },
  ];
}

/** One row for all PgBouncers that go from the same to the same. */
function pgbouncerRows(changes: readonly PoolChange[]): ChangeRow[] {
  const same = Map.groupBy(changes, ({ setting, from, to }) => `${setting} ${from} ${to}`);
  return [...same.values()].flatMap(([first, ...more]) => {
    if (!first) return [];
    const where = more.length === 0 ? first.instance : `${more.length + 1} instances`;
    const label = `PgBouncer ${poolSettingLabels[first.setting]}, ${where}`;
    return [{ label, from: rounded(first.from), to: rounded(first.to) }];
  });
}

/**
 * PgBouncer's sizes that a person may have raised by hand, and what they go back to: no workflow writes them.
 * Source: runbook, PgBouncer Emergency Adjustments.
 * @param own what the workflow has raised itself, and gives back
 */
export function poolRows(
  { topology, baseline, emergency }: NonNullable<ServiceConfig['pgbouncer']>,
  own: readonly PoolChange[] = [],
): ChangeRow[] {
  // Beside each task a deployment changes them, and nothing that holds for an incident.
  if (topology === 'sidecar') return [];
  const sizes = [
    ['default_pool_size', emergency.defaultPoolSize, baseline.defaultPoolSize],
    ['reserve_pool_size', emergency.reservePoolSize, baseline.reservePoolSize],
    ['min_pool_size', emergency.minPoolSize, baseline.minPoolSize],
    ['max_client_conn', emergency.maxClientConn, baseline.maxClientConn],
  ] as const;
  return sizes
    .filter(([name, raised, normal]) => raised !== normal && !own.some(({ setting }) => setting === name))
    .map(([name, raised, normal]) => ({
      label: `PgBouncer ${poolSettingLabels[name]} (by hand)`,
      from: `${rounded(raised)} if raised`,
      to: rounded(normal),
    }));
}

const yesNo = (value: boolean) => (value ? 'yes' : 'no');
