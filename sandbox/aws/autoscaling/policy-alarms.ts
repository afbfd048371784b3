import { arn } from '../../place.ts';
import type { Alarms } from '../cloudwatch/alarms.ts';
import type { Output } from '../input.ts';
import { type Site, uuid } from '../site.ts';
import { trackedMetric } from './metrics.ts';
import type { TargetTracking } from './schemas.ts';
import type { ScalableTarget, ScalingPolicy } from './store.ts';

/** Minutes for which the metric must stay above the target, and clearly below it (observed on AWS, not documented). */
const HIGH_MINUTES = 3;
const LOW_MINUTES = 15;
/** Share of the target below which a policy scales in. */
const LOW_SHARE = 0.9;

/**
 * Creates or updates the two alarms of a target-tracking policy. On a metric of 20-second periods three points
 * suffice for a scale-out; a scale-in takes as long as elsewhere.
 */
export function putAlarms(
  site: Site,
  alarms: Alarms,
  target: ScalableTarget,
  policy: ScalingPolicy,
  config: TargetTracking,
) {
  const metric = trackedMetric(target, config);
  const names = policy.alarms ?? {
    high: `TargetTracking-${target.resourceId}-AlarmHigh-${uuid(site)}`,
    low: `TargetTracking-${target.resourceId}-AlarmLow-${uuid(site)}`,
  };
  const common = {
    ...metric,
    AlarmDescription: `DO NOT EDIT OR DELETE. For TargetTrackingScaling policy ${policy.arn}.`,
    AlarmActions: [policy.arn],
  };
  alarms.putAlarm({
    ...common,
    AlarmName: names.high,
    ComparisonOperator: 'GreaterThanThreshold',
    Threshold: config.TargetValue,
    EvaluationPeriods: HIGH_MINUTES,
  });
  alarms.putAlarm({
    ...common,
    AlarmName: names.low,
    ComparisonOperator: 'LessThanThreshold',
    Threshold: config.TargetValue * LOW_SHARE,
    EvaluationPeriods: LOW_MINUTES * (60 / Math.min(60, metric.Period ?? 60)),
  });
  policy.alarms = names;
}

/** Deletes a policy and the alarms that were made for it; alarms of step scaling belong to their maker and stay. */
export function deletePolicy(alarms: Alarms, target: ScalableTarget, policy: ScalingPolicy): void {
  target.policies.delete(policy.name);
  if (policy.alarms === undefined) return;
  alarms.deleteAlarm(policy.alarms.high);
  alarms.deleteAlarm(policy.alarms.low);
}

/** The alarms of a policy, as PutScalingPolicy and DescribeScalingPolicies list them. */
export function alarmsShape(site: Site, policy: ScalingPolicy): Output[] {
  if (policy.alarms === undefined) return [];
  return [policy.alarms.high, policy.alarms.low].map((name) => ({
    AlarmName: name,
    AlarmARN: arn(site, 'cloudwatch', `alarm:${name}`),
  }));
}
