import type { Assessment } from '../document/assessment.ts';
import type { Difference } from '../document/difference.ts';
import type { Plan } from '../document/plan.ts';
import type { PoolsTuned } from '../document/pool-settings.ts';
import type { Reason } from '../document/reason.ts';
import { type SettingChange, type Settings, settingChanges } from '../document/setting-changes.ts';
import type { Bounds } from '../document/settings.ts';
import {
  boundsByAutoscaling,
  countsByAutoscaling,
  isNobodysChange,
  presentSettings,
} from '../drift/person-change.ts';
import { differenceText } from '../format/differences.ts';
import { rounded } from '../format/numbers.ts';
import { poolSettingLabels } from '../format/pools/words.ts';
import { because } from '../format/reasons.ts';

/**
 * Every setting that is not as before the incident although the way back has ended: who keeps it so, and why
 * (invariants 10 and 20). Empty while the service or its autoscaling is unknown. Pure.
 * @param before the settings of the snapshot, or of the configured baseline where none exists
 * @param others what no run writes and is not as in the snapshot
 * @param written the bounds that the run wrote last: they follow a schedule that was due after its plan
 */
export function lastingDifferences(
  before: Settings,
  others: readonly Reason[],
  now: Assessment,
  plan: Plan | undefined,
  written?: Bounds | null | undefined,
): Difference[] {
  const present = presentSettings(now);
  if (!present) return [];
  const cpuPolicy = present.cpuPolicy &&
    before.cpuPolicy && { ...present.cpuPolicy, name: before.cpuPolicy.name };
  const changes = settingChanges(before, { ...present, ...(cpuPolicy ? { cpuPolicy } : {}) });
  return [
    ...changes.map((change) => {
      const { setting, from, to } = change;
      const mover = moverOf(change, now, { plan, written }, present);
      const text = differenceText(change, mover.reason);
      return { setting, before: from, after: to, ...mover, text };
    }),
    ...others.map((reason) => ofNoRun(reason, plan)),
  ];
}

/** What a person set in PgBouncer since, and what the way back therefore left. Pure. */
export const lastingPools = ({ outcomes }: Pick<PoolsTuned, 'outcomes'> = { outcomes: [] }): Difference[] =>
  outcomes.flatMap(({ instance, setting, code, to, is }) => {
    if (code !== 'person' || is === undefined) return [];
    const { by, reason } = byPerson();
    const name = `PgBouncer ${poolSettingLabels[setting]} of ${instance}`;
    const text = `${name} ${rounded(to)} → ${rounded(is)}: ${reason.text}`;
    return [{ setting: name, before: to, after: is, by, reason, text }];
  });

type Mover = Pick<Difference, 'by' | 'reason'>;
const byPerson = (): Mover => ({ by: 'person', reason: because('left-as-a-person-set-it') });

/** Facts before guesses: what the plan kept and why, then autoscaling's own activities; what nobody else did, a person did. */
function moverOf(
  change: SettingChange,
  now: Assessment,
  { plan, written }: { plan: Plan | undefined; written: Bounds | null | undefined },
  { bounds }: Settings,
): Mover {
  const { setting, to } = change;
  // Of what is kept only a person's change names a setting.
  if (plan?.kept?.some((one) => one.setting === setting && one.to === to)) return byPerson();
  const planned = [plan?.kept, plan?.scheduled].flat().filter((reason) => reason !== undefined);
  const says = (code: string, field?: string) =>
    planned.findLast(
      (reason) => reason.code === code && (field === undefined || reason[field] !== undefined),
    );
  if (setting === 'desired') return countMover(now, says('schedule-due', 'min'), bounds, change);
  if (setting !== 'min' && setting !== 'max') return byPerson();
  if (setting === 'max' && says('max-follows')) return { by: 'workflow', reason: because('max-has-room') };
  const due = says('schedule-due', setting);
  const late = written?.[setting] === to && plan?.bounds !== undefined && plan.bounds.to[setting] !== to;
  const since = late || boundsByAutoscaling(now).some((set) => set[setting] === to);
  if (!due && !since) return byPerson();
  return { by: 'schedule', reason: because('bound-by-schedule', { action: due && String(due.action) }) };
}

/** Autoscaling keeps what the load asks for; a bound holds what lies outside of it; anything else is a person's. */
function countMover(
  now: Assessment,
  due: Reason | undefined,
  bounds: Settings['bounds'],
  { from, to }: SettingChange,
): Mover {
  if (due && to === bounds?.min)
    return { by: 'schedule', reason: because('bound-by-schedule', { action: String(due.action) }) };
  const byAutoscaling = countsByAutoscaling(now);
  if (byAutoscaling.some((count) => count === to)) {
    const policy = 'bounds' in now.autoscaling ? now.autoscaling.cpuPolicy?.name : undefined;
    const requests = now.metrics.requestRatePerMinute.value;
    return { by: 'autoscaling', reason: because('kept-by-autoscaling', { policy, requests }) };
  }
  const [before, after] = [Number(from), Number(to)];
  if (!isNobodysChange(before, after, { byAutoscaling, bounds })) return byPerson();
  // A bound moves a count to itself: min raises it, max cuts it.
  const bound = after > before ? 'min' : 'max';
  return { by: 'autoscaling', reason: because('held-by-bound', { bound, value: after }) };
}

/** Task definition and other policies: no scale-in writes them, but for the temporary policy that its plan removes. */
function ofNoRun(reason: Reason, plan: Plan | undefined): Difference {
  const { code, from, to, policy, text } = reason;
  if (code === 'definition-stays')
    return {
      setting: 'taskDefinition',
      before: String(from),
      after: String(to),
      by: 'deployment',
      reason,
      text,
    };
  const own = policy === plan?.removes;
  const [before, after] = {
    'policy-gone': ['present', null] as const,
    'policy-new': [null, 'present'] as const,
  }[code] ?? ['present', 'changed'];
  return { setting: `policy ${policy}`, before, after, by: own ? 'workflow' : 'person', reason, text };
}
