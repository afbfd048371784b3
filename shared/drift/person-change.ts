import { ChangedByPersonError } from '../core/errors.ts';
import { canonicalJson } from '../core/hash.ts';
import type { Assessment } from '../document/assessment.ts';
import type { Changes } from '../document/changes.ts';
import type { Step } from '../document/document.ts';
import type { Plan } from '../document/plan.ts';
import type { Reason } from '../document/reason.ts';
import { type Settings, settingChanges } from '../document/setting-changes.ts';
import type { Bounds, PresentSettings } from '../document/settings.ts';
import { because, textsOf } from '../format/reasons.ts';
import { activitiesOf, isJustNow, readLate } from './activities.ts';
import { type OwnCount, ownCount } from './own-count.ts';
import { type BoundsSet, withoutScheduled } from './scheduled-bounds.ts';

/** The settings as an assessment found them; nothing while the service or its autoscaling is unknown. Pure. */
export function presentSettings({ service, autoscaling }: Assessment): PresentSettings | undefined {
  if ('unknown' in service || 'unknown' in autoscaling) return undefined;
  const { bounds, cpuPolicy } = 'bounds' in autoscaling ? autoscaling : {};
  return { desired: service.desired, ...(bounds ? { bounds } : {}), ...(cpuPolicy ? { cpuPolicy } : {}) };
}

/**
 * What a run knows of the settings: its plan's starting point, overlaid by what it has written since. The task definition
 * is none of them: a deployment by the pipeline stops no run.
 */
export function expectedSettings(
  plan: Plan,
  changes: Changes = {},
  lastStep?: { to: number } | undefined,
): Settings {
  const bounds = changes.suspended?.to ?? changes.bounds?.to ?? plan.bounds?.from;
  return {
    desired: changes.desired?.to ?? lastStep?.to ?? plan.desired?.from,
    bounds,
    cpuPolicy: changes.cpuPolicy?.to ?? plan.cpuPolicy?.from,
  };
}

/** Counts that Application Auto Scaling asked for just now, newest first: the service may not show them yet. Pure. */
export const countsAskedJustNow = (assessment: Assessment): number[] =>
  activitiesOf(assessment.autoscaling)
    .filter((activity) => isJustNow(activity, assessment))
    .flatMap(({ count }) => count ?? []);

/**
 * Counts that may be Application Auto Scaling's own: those of just now, and the last one before them, which the service
 * shows until it shows those. An older one that is back again is a person's. Pure.
 */
export function countsByAutoscaling(assessment: Assessment): number[] {
  const last = activitiesOf(assessment.autoscaling).find(
    (activity) => activity.count !== undefined && !isJustNow(activity, assessment),
  )?.count;
  return [...countsAskedJustNow(assessment), ...(last === undefined ? [] : [last])];
}

/** Bounds that scheduled actions may have set: the last ones, and those of just now. Pure. */
export function boundsByAutoscaling(assessment: Assessment): BoundsSet[] {
  const activities = activitiesOf(assessment.autoscaling);
  const set = activities.filter(({ min, max }) => min !== undefined || max !== undefined);
  return set.filter((one, index) => index === 0 || isJustNow(one, assessment));
}

/**
 * How long before an assessment autoscaling may have asked for a count that ECS shows only after it. Nothing as a rule:
 * only where ECS did not show its newest count, or does not show this run's own. Milliseconds. Pure.
 */
export function shownLate(assessment: Assessment, own: OwnCount | undefined): number {
  if (own && !own.shown) return 5 * readLate;
  const [newest] = countsAskedJustNow(assessment);
  const shown = 'unknown' in assessment.service ? undefined : assessment.service.desired;
  return newest === undefined || newest === shown ? 0 : readLate;
}

/** The count that autoscaling has set by itself below one that a run asked for, if it has. Pure. */
export function cutByAutoscaling(asked: number | undefined, now: Assessment): number | undefined {
  const desired = 'unknown' in now.service ? undefined : now.service.desired;
  if (asked === undefined || desired === undefined || desired >= asked) return undefined;
  return countsByAutoscaling(now).includes(desired) ? desired : undefined;
}

/** What a run knows when it looks again: its plan, what it was made on, and what was written since. */
export interface KnownToRun {
  plan?: Plan | undefined;
  assessment?: Assessment | undefined;
  change?: Changes | undefined;
  step?: Step | undefined;
  verification?: { shown?: number | undefined } | undefined;
}

/**
 * What a person has changed by now: also while a run only waits and writes nothing (invariant 8). Nothing
 * while the service or its autoscaling is unknown. Pure.
 */
export function changedSince(known: KnownToRun, now: Assessment): Reason[] {
  const { plan, assessment, change, step } = known;
  const settings = presentSettings(now);
  if (!plan || !assessment || !settings) return [];
  // What is new is told by comparing, not by the clock: that of the earlier look may have been wrong.
  const seen = new Set(activitiesOf(assessment.autoscaling).map(canonicalJson));
  const since = activitiesOf(now.autoscaling).filter((activity) => !seen.has(canonicalJson(activity)));
  const from = Date.parse(assessment.at) - shownLate(assessment, ownCount(known));
  const late = activitiesOf(assessment.autoscaling).filter(
    ({ at }) => Date.parse(at) >= from && from < Date.parse(assessment.at),
  );
  const byAutoscaling = [...since, ...late].flatMap(({ count }) => count ?? []);
  return changedByPerson(expectedSettings(plan, change, step), settings, byAutoscaling, since);
}

/**
 * Settings that differ from what the run knows: somebody else changed them (invariant 8). A desired count or a bound that
 * is nobody's change is none; what the run knows nothing of is not compared. Pure.
 */
export function changedByPerson(
  expected: Settings,
  present: Settings,
  byAutoscaling: readonly number[],
  boundsSet: readonly BoundsSet[] = [],
): Reason[] {
  const { desired, bounds, cpuPolicy } = present;
  const explained = isNobodysChange(expected.desired, desired, { byAutoscaling, bounds });
  const compared = {
    desired: explained ? expected.desired : desired,
    bounds: expected.bounds && withoutScheduled(expected.bounds, bounds, boundsSet),
    cpuPolicy: expected.cpuPolicy && cpuPolicy,
  };
  return settingChanges(expected, compared).map((change) => because('setting-changed', change));
}

/** What may have moved a desired count without a person. */
export interface Movers {
  /** Counts that Application Auto Scaling asked for. */
  byAutoscaling: readonly number[];
  /** The bounds that are registered now. */
  bounds?: Pick<Bounds, 'min' | 'max'> | undefined;
}

/**
 * Whether a desired count that differs from the expected one is Application Auto Scaling's, or that of a bound: to
 * register a target moves a count that is outside its bounds to the nearer one, and no other. Where no count is
 * expected, none differs. Pure.
 */
export function isNobodysChange(
  expected: number | undefined,
  present: number | undefined,
  { byAutoscaling, bounds }: Movers,
): boolean {
  if (expected === undefined || expected === present) return true;
  if (byAutoscaling.some((count) => count === present)) return true;
  if (!bounds) return false;
  return expected < bounds.min ? present === bounds.min : expected > bounds.max && present === bounds.max;
}

/** The end of a run that found a person's changes: they stay. */
export const changedByPersonError = (changes: readonly Reason[]): ChangedByPersonError =>
  new ChangedByPersonError(`${textsOf(changes).join('; ')}; it stays as it is`);
