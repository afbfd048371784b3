import type { Assessment } from '../document/assessment.ts';
import type { Reason } from '../document/reason.ts';
import type { Bounds, ScheduledAction } from '../document/settings.ts';
import { because } from '../format/reasons.ts';
import { dueBetween } from '../schedules/due.ts';

/** What a scaling activity has set: bounds, where it was a scheduled action's. */
export interface BoundsSet {
  at?: string;
  count?: number | undefined;
  min?: number | undefined;
  max?: number | undefined;
}

/**
 * The present bounds with what scheduled actions explain put back to what was expected: what is left differs because of
 * somebody else. Pure.
 */
export function withoutScheduled<T extends Pick<Bounds, 'min' | 'max'>>(
  expected: T | undefined,
  present: T | undefined,
  set: readonly BoundsSet[],
): T | undefined {
  if (!expected || !present) return present;
  const own = (bound: 'min' | 'max') =>
    set.some(({ [bound]: value }) => value === present[bound]) ? expected[bound] : present[bound];
  return { ...present, min: own('min'), max: own('max') };
}

/** Where a restore goes: a count, and its bounds. */
interface Target {
  desired: number;
  bounds?: Bounds | undefined;
}

/** What was due while this product kept scheduled scaling suspended, and what is told of it. */
export interface AfterSchedules<T> {
  target: T;
  reasons: Reason[];
}

/**
 * What would be the settings had scheduled scaling not been suspended: each action that was due since has set min, max or
 * both, and raised the count to its min (the later state wins). No max goes below the count that was there before, which
 * would remove tasks at once: that is told, and left to people. Where one had suspended it before, none has. Pure.
 */
export function afterSchedules<T extends Target>(
  target: T,
  actions: readonly ScheduledAction[],
  between: { since: string; until: string },
): AfterSchedules<T> {
  const { bounds, desired: floor } = target;
  if (!bounds || bounds.suspended.scheduledScaling) return { target, reasons: [] };
  const { due, unread } = dueBetween(actions, Date.parse(between.since), Date.parse(between.until));
  const reasons = unread.map(({ name, schedule }) => because('schedule-unread', { action: name, schedule }));
  let { min, max } = bounds;
  let { desired } = target;
  for (const { action, at } of due) {
    min = action.min ?? min;
    max = action.max ?? max;
    desired = Math.max(min, desired);
    const set = { min: action.min, max: action.max };
    reasons.push(because('schedule-due', { action: action.name, at: new Date(at).toISOString(), ...set }));
  }
  if (due.length > 0 && max < floor) reasons.push(because('schedule-below-floor', { max, floor }));
  const sound = { min: Math.min(min, Math.max(max, floor)), max: Math.max(max, floor) };
  const after = due.length === 0 ? {} : { desired, bounds: { ...bounds, ...sound } };
  return { target: { ...target, ...after }, reasons };
}

/**
 * The scheduled actions that count for an incident: those of now, and one-time ones of its beginning that are not listed
 * any more. Pure.
 */
export function actionsOf(
  atFirst: readonly ScheduledAction[],
  { autoscaling }: Pick<Assessment, 'autoscaling'>,
): ScheduledAction[] {
  const actions = 'scheduledActions' in autoscaling ? autoscaling.scheduledActions : undefined;
  const now = actions && !('unknown' in actions) ? actions : [];
  const gone = atFirst.filter(
    ({ name, schedule }) => /^\s*at\(/.test(schedule) && !now.some((action) => action.name === name),
  );
  return [...now, ...gone];
}
