import type { StepScaling, TargetTracking } from './schemas.ts';
import type { NotScaledReason } from './store.ts';

/** What a policy looks at when one of its alarms is in ALARM. Counts are tasks, times virtual milliseconds. */
export interface Capacity {
  desired: number;
  running: number;
  min: number;
  max: number;
}

/** The scale-out whose cooldown may still be running. */
interface LastOut {
  at: number;
  base: number;
}

/** Default cooldown for ECS, seconds (target-tracking-scaling-policy-overview.html). */
const DEFAULT_COOLDOWN = 300;
/** Largest share of the running tasks that one scale-in of a target-tracking policy removes: "gradually". */
const SCALE_IN_SHARE = 0.1;

/** Whether a cooldown of `seconds`, started at `since`, is still running. */
export function coolingDown(since: number | undefined, seconds: number | undefined, now: number): boolean {
  return since !== undefined && now < since + (seconds ?? DEFAULT_COOLDOWN) * 1000;
}

/**
 * Count that a scale-out of target tracking calls for: proportional to the running count. During the cooldown the
 * tasks just added count as capacity already, so that only a larger scale-out than the last one goes through.
 */
export function scaleOutCapacity(
  policy: TargetTracking,
  value: number,
  capacity: Capacity,
  lastOut: LastOut | undefined,
  now: number,
): { base: number; wanted: number } {
  const cooling = lastOut !== undefined && coolingDown(lastOut.at, policy.ScaleOutCooldown, now);
  const base = cooling ? lastOut.base : Math.max(1, capacity.running);
  return { base, wanted: Math.ceil((base * value) / policy.TargetValue) };
}

/** Count that a scale-in of target tracking calls for: proportional, rounded up, and in small steps. */
export function scaleInCapacity(policy: TargetTracking, value: number, capacity: Capacity): number {
  const proportional = Math.ceil((capacity.running * value) / policy.TargetValue);
  const step = Math.max(1, Math.floor(capacity.running * SCALE_IN_SHARE));
  return Math.max(proportional, capacity.running - step);
}

/** Percentages are rounded away from zero below one task and towards zero otherwise. */
function percentage(capacity: number, adjustment: number): number {
  const exact = (capacity * adjustment) / 100;
  if (Math.abs(exact) < 1) return Math.sign(exact);
  return Math.trunc(exact);
}

/** Count that a step scaling policy calls for at a metric value, before bounds; undefined outside all steps. */
export function stepCapacity(
  policy: StepScaling,
  value: number,
  threshold: number,
  running: number,
): number | undefined {
  const distance = value - threshold;
  const step = policy.StepAdjustments.find(({ MetricIntervalLowerBound, MetricIntervalUpperBound }) => {
    const lower = MetricIntervalLowerBound ?? Number.NEGATIVE_INFINITY;
    const upper = MetricIntervalUpperBound ?? Number.POSITIVE_INFINITY;
    // The bound nearer to the threshold belongs to the interval.
    return distance >= 0 ? distance >= lower && distance < upper : distance > lower && distance <= upper;
  });
  if (step === undefined) return undefined;
  const { ScalingAdjustment: adjustment } = step;
  if (policy.AdjustmentType === 'ExactCapacity') return adjustment;
  if (policy.AdjustmentType === 'ChangeInCapacity') return running + adjustment;
  const change = percentage(running, adjustment);
  const least = policy.MinAdjustmentMagnitude ?? 0;
  return running + Math.sign(change) * Math.max(Math.abs(change), least);
}

/** What to set, or why nothing is set. */
export type Bounded = { desired: number } | { notScaled: NotScaledReason };

/** Applies the bounds to a scale-out: up to the minimum first, never beyond the maximum. */
export function boundScaleOut(wanted: number, { desired, min, max }: Capacity): Bounded {
  if (desired >= max) {
    return { notScaled: { Code: 'AlreadyAtMaxCapacity', MaxCapacity: max, CurrentCapacity: desired } };
  }
  const bounded = Math.min(max, Math.max(min, wanted));
  if (bounded <= desired)
    return { notScaled: { Code: 'AlreadyAtDesiredCapacity', CurrentCapacity: desired } };
  return { desired: bounded };
}

/** Applies the bounds to a scale-in: down to the maximum first, never below the minimum. */
export function boundScaleIn(wanted: number, { desired, min, max }: Capacity): Bounded {
  if (desired > max) return { desired: max };
  if (desired <= min) {
    return { notScaled: { Code: 'AlreadyAtMinCapacity', MinCapacity: min, CurrentCapacity: desired } };
  }
  const bounded = Math.max(min, wanted);
  // Fewer tasks would carry the metric above the target again.
  if (bounded >= desired)
    return { notScaled: { Code: 'AutoScalingAnticipatedFlapping', CurrentCapacity: desired } };
  return { desired: bounded };
}
