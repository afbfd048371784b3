import type { ServiceConfig } from '../config/service.ts';
import { type Changes, lastWritten } from '../document/changes.ts';
import type { Step } from '../document/document.ts';
import type { Plan } from '../document/plan.ts';
import type { Bounds, CpuPolicy } from '../document/settings.ts';
import { rounded } from './numbers.ts';

export interface ChangeRow {
  label: string;
  from: string;
  to: string;
}

/** Everything that a plan changes, before and after, unchanged rows left out. */
export function changeRows(plan: Pick<Plan, 'desired' | 'bounds' | 'cpuPolicy' | 'removes'>): ChangeRow[] {
  const rows: ChangeRow[] = [];
  if (plan.desired)
    rows.push({ label: 'Desired tasks', from: rounded(plan.desired.from), to: rounded(plan.desired.to) });
  if (plan.bounds) rows.push(...boundRows(plan.bounds.from, plan.bounds.to));
  if (plan.cpuPolicy) rows.push(...policyRows(plan.cpuPolicy.from, plan.cpuPolicy.to));
  if (plan.removes) rows.push({ label: `Temporary policy ${plan.removes}`, from: 'present', to: 'removed' });
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
  const { desired, bounds, suspended, cpuPolicy } = change;
  const count = desired ?? step;
  return changeRows({
    ...fromTo('desired', plan?.desired?.from, count && { ...count, to: lastWritten(count) }),
    ...fromTo('bounds', plan?.bounds?.from, suspended ? { ...bounds, to: suspended.to } : bounds),
    ...fromTo('cpuPolicy', plan?.cpuPolicy?.from, cpuPolicy),
    ...(cpuPolicy && plan?.removes ? { removes: plan.removes } : {}),
  });
}

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

/**
 * PgBouncer's sizes that an emergency may have raised by hand, and what they go back to: no workflow writes them.
 * Source: runbook, PgBouncer Emergency Adjustments.
 */
export function poolRows({ baseline, emergency }: NonNullable<ServiceConfig['pgbouncer']>): ChangeRow[] {
  const sizes = [
    ['default pool size', emergency.defaultPoolSize, baseline.defaultPoolSize],
    ['reserve pool size', emergency.reservePoolSize, baseline.reservePoolSize],
    ['client connections', emergency.maxClientConn, baseline.maxClientConn],
  ] as const;
  return sizes
    .filter(([, raised, normal]) => raised !== normal)
    .map(([what, raised, normal]) => ({
      label: `PgBouncer ${what} (by hand)`,
      from: `${rounded(raised)} if raised`,
      to: rounded(normal),
    }));
}

const yesNo = (value: boolean) => (value ? 'yes' : 'no');
