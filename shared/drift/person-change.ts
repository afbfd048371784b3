import { canonicalJson } from '../core/hash.ts';
import type { Assessment } from '../document/assessment.ts';
import type { Changes } from '../document/changes.ts';
import type { Plan } from '../document/plan.ts';
import type { Bounds, CpuPolicy, PresentSettings } from '../document/settings.ts';

/** The settings of a service that a run may change, and its task definition. */
export interface Settings {
  desired?: number | undefined;
  bounds?: Bounds | undefined;
  cpuPolicy?: CpuPolicy | undefined;
  taskDefinition?: string | undefined;
}

/** The settings as an assessment found them; nothing while the service or its autoscaling is unknown. Pure. */
export function presentSettings({ service, autoscaling }: Assessment): PresentSettings | undefined {
  if ('unknown' in service || 'unknown' in autoscaling) return undefined;
  const { bounds, cpuPolicy } = 'bounds' in autoscaling ? autoscaling : {};
  return { desired: service.desired, ...(bounds ? { bounds } : {}), ...(cpuPolicy ? { cpuPolicy } : {}) };
}

/** What a run knows of the settings: its plan's starting point, overlaid by what it has written since. */
export function expectedSettings(
  plan: Plan,
  assessment: Assessment,
  changes: Changes = {},
  lastStep?: { to: number } | undefined,
): Settings {
  const bounds = changes.suspended?.to ?? changes.bounds?.to ?? plan.bounds?.from;
  return {
    desired: changes.desired?.to ?? lastStep?.to ?? plan.desired?.from,
    bounds,
    cpuPolicy: changes.cpuPolicy?.to ?? plan.cpuPolicy?.from,
    taskDefinition: 'unknown' in assessment.service ? undefined : assessment.service.taskDefinition,
  };
}

/** The service itself may be read late by so much. Milliseconds. */
const readLate = 120_000;

/** Counts that Application Auto Scaling asked for just now, newest first: the service may not show them yet. Pure. */
export const countsAskedJustNow = ({ at, autoscaling }: Assessment): number[] =>
  activitiesOf(autoscaling)
    .filter((activity) => Date.parse(activity.at) >= Date.parse(at) - readLate)
    .flatMap(({ count }) => count ?? []);

/**
 * Counts that may be Application Auto Scaling's own: its last one and those of just now. An older one that is back
 * again is a person's. Pure.
 */
export function countsByAutoscaling(assessment: Assessment): number[] {
  const last = activitiesOf(assessment.autoscaling).find(({ count }) => count !== undefined)?.count;
  return [...countsAskedJustNow(assessment), ...(last === undefined ? [] : [last])];
}

/** What a run knows when it looks again: its plan, what it was made on, and what was written since. */
export interface KnownToRun {
  plan?: Plan | undefined;
  assessment?: Assessment | undefined;
  change?: Changes | undefined;
  step?: { to: number } | undefined;
}

/**
 * What a person has changed by now, in words: also while a run only waits and writes nothing (invariant 8). Nothing
 * while the service or its autoscaling is unknown. Pure.
 */
export function changedSince({ plan, assessment, change, step }: KnownToRun, now: Assessment): string[] {
  const settings = presentSettings(now);
  if (!plan || !assessment || !settings || 'unknown' in now.service) return [];
  const present = { ...settings, taskDefinition: now.service.taskDefinition };
  // What is new is told by comparing, not by the clock: that of the earlier look may have been wrong.
  const seen = new Set(activitiesOf(assessment.autoscaling).map(canonicalJson));
  const byAutoscaling = activitiesOf(now.autoscaling)
    .filter((activity) => !seen.has(canonicalJson(activity)))
    .flatMap(({ count }) => count ?? []);
  return changedByPerson(expectedSettings(plan, assessment, change, step), present, byAutoscaling);
}

/**
 * Settings that differ from what the run knows, in words: somebody else changed them (invariant 8). A desired count
 * that Application Auto Scaling asked for, or that a bound forces, is nobody's change; fields that the run knows
 * nothing of are not compared. Pure.
 */
export function changedByPerson(
  expected: Settings,
  present: Settings,
  setByAutoscaling: readonly number[],
): string[] {
  const { bounds } = present;
  const explained =
    movedByBounds(expected.desired, present.desired, bounds) ||
    setByAutoscaling.some((count) => count === present.desired);
  return [
    ...differs('min', expected.bounds?.min, bounds?.min, expected.bounds !== undefined),
    ...differs('max', expected.bounds?.max, bounds?.max, expected.bounds !== undefined),
    ...differs('suspended', expected.bounds?.suspended, bounds?.suspended, expected.bounds !== undefined),
    ...differs('CPU policy', expected.cpuPolicy, present.cpuPolicy, expected.cpuPolicy !== undefined),
    ...differs(
      'task definition',
      expected.taskDefinition,
      present.taskDefinition,
      expected.taskDefinition !== undefined,
    ),
    ...(explained
      ? []
      : differs('desired count', expected.desired, present.desired, expected.desired !== undefined)),
  ];
}

const activitiesOf = (autoscaling: Assessment['autoscaling']) =>
  'bounds' in autoscaling ? autoscaling.activities : [];

/** Registering a target moves a count that is outside its bounds to the nearer one, and no other. */
function movedByBounds(expected = 0, present = 0, bounds?: Pick<Bounds, 'min' | 'max'>): boolean {
  if (!bounds) return false;
  return expected < bounds.min ? present === bounds.min : expected > bounds.max && present === bounds.max;
}

function differs(field: string, expected: unknown, present: unknown, known: boolean): string[] {
  if (!known || canonicalJson(expected ?? null) === canonicalJson(present ?? null)) return [];
  return [`${field}: expected ${show(expected)}, is ${show(present)}`];
}

const show = (value: unknown) => (value === undefined ? 'absent' : JSON.stringify(value));
