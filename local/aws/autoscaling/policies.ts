import type { Alarms } from '../cloudwatch/alarms.ts';
import { AwsError } from '../errors.ts';
import { type Operations, type Output, page, parseInput } from '../input.ts';
import { arn, epochSeconds, type Site, uuid } from '../site.ts';
import { metricKey, trackedMetric } from './metrics.ts';
import {
  DeleteScalingPolicy,
  DescribeScalingPolicies,
  PutScalingPolicy,
  type StepScaling,
  type TargetTracking,
} from './schemas.ts';
import {
  DIMENSION,
  INVALID,
  NAMESPACE,
  policyArn,
  requireTarget,
  type ScalableTarget,
  type ScalingPolicy,
  type ScalingStore,
} from './store.ts';

/** Minutes for which the metric must stay above the target, and clearly below it (observed on AWS, not documented). */
const HIGH_MINUTES = 3;
const LOW_MINUTES = 15;
/** Share of the target below which a policy scales in. */
const LOW_SHARE = 0.9;

/**
 * Creates or updates the two alarms of a target-tracking policy. On a metric of 20-second periods three points
 * suffice for a scale-out; a scale-in takes as long as elsewhere.
 */
function putAlarms(
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

function alarmsShape(site: Site, policy: ScalingPolicy): Output[] {
  if (policy.alarms === undefined) return [];
  return [policy.alarms.high, policy.alarms.low].map((name) => ({
    AlarmName: name,
    AlarmARN: arn(site, 'cloudwatch', `alarm:${name}`),
  }));
}

function policyShape(site: Site, target: ScalableTarget, policy: ScalingPolicy): Output {
  return {
    PolicyARN: policy.arn,
    PolicyName: policy.name,
    ServiceNamespace: NAMESPACE,
    ResourceId: target.resourceId,
    ScalableDimension: DIMENSION,
    PolicyType: policy.targetTracking === undefined ? 'StepScaling' : 'TargetTrackingScaling',
    ...(policy.targetTracking && { TargetTrackingScalingPolicyConfiguration: policy.targetTracking }),
    ...(policy.stepScaling && { StepScalingPolicyConfiguration: policy.stepScaling }),
    Alarms: alarmsShape(site, policy),
    CreationTime: epochSeconds(policy.createdAt),
  };
}

function requireOneKind(
  type: 'TargetTrackingScaling' | 'StepScaling' | undefined,
  targetTracking: TargetTracking | undefined,
  stepScaling: StepScaling | undefined,
): void {
  const wanted = type ?? (targetTracking === undefined ? 'StepScaling' : 'TargetTrackingScaling');
  const given = wanted === 'StepScaling' ? stepScaling : targetTracking;
  const other = wanted === 'StepScaling' ? targetTracking : stepScaling;
  if (given === undefined || other !== undefined) {
    throw new AwsError(INVALID, `Policy type ${wanted} needs exactly its own policy configuration.`);
  }
}

/** PutScalingPolicy (upsert by name), DescribeScalingPolicies and DeleteScalingPolicy. */
export function policyOperations(site: Site, store: ScalingStore, alarms: Alarms): Operations {
  return {
    PutScalingPolicy(input) {
      const request = parseInput(PutScalingPolicy, input, INVALID);
      const target = requireTarget(store, request.ResourceId);
      const { PolicyName: name } = request;
      const targetTracking = request.TargetTrackingScalingPolicyConfiguration;
      const stepScaling = request.StepScalingPolicyConfiguration;
      requireOneKind(request.PolicyType, targetTracking, stepScaling);
      if (targetTracking !== undefined) {
        trackedMetric(target, targetTracking);
        const rivals = [...target.policies.values()].filter((policy) => policy.name !== name);
        const key = metricKey(targetTracking);
        if (rivals.some((policy) => policy.targetTracking && metricKey(policy.targetTracking) === key)) {
          throw new AwsError(
            INVALID,
            'Only one TargetTrackingScaling policy for a given metric specification is allowed.',
          );
        }
      }
      const known = target.policies.get(name);
      // Alarms of another kind of policy, or on another metric, do not carry over.
      const sameMetric =
        known?.targetTracking &&
        targetTracking &&
        metricKey(known.targetTracking) === metricKey(targetTracking);
      if (known !== undefined && !sameMetric) deletePolicy(alarms, target, known);
      const policy: ScalingPolicy = {
        name,
        arn: known?.arn ?? policyArn(site, uuid(site), target.resourceId, name),
        createdAt: known?.createdAt ?? site.now(),
        ...(targetTracking && { targetTracking }),
        ...(stepScaling && { stepScaling }),
        ...(known?.lastOut && { lastOut: known.lastOut }),
        ...(known?.lastInAt !== undefined && { lastInAt: known.lastInAt }),
        ...(sameMetric && known.alarms && { alarms: known.alarms }),
      };
      if (targetTracking !== undefined) putAlarms(site, alarms, target, policy, targetTracking);
      target.policies.set(name, policy);
      return { PolicyARN: policy.arn, Alarms: alarmsShape(site, policy) };
    },

    DescribeScalingPolicies(input) {
      const request = parseInput(DescribeScalingPolicies, input, INVALID);
      const selected = [...store.targets.values()]
        .filter((target) => (request.ResourceId ?? target.resourceId) === target.resourceId)
        .flatMap((target) => [...target.policies.values()].map((policy) => ({ target, policy })))
        .filter(
          ({ policy }) => request.PolicyNames === undefined || request.PolicyNames.includes(policy.name),
        );
      const { items, nextToken } = page(
        selected,
        request.MaxResults,
        request.NextToken,
        'InvalidNextTokenException',
      );
      return {
        ScalingPolicies: items.map(({ target, policy }) => policyShape(site, target, policy)),
        ...(nextToken !== undefined && { NextToken: nextToken }),
      };
    },

    DeleteScalingPolicy(input) {
      const request = parseInput(DeleteScalingPolicy, input, INVALID);
      const policy = store.targets.get(request.ResourceId)?.policies.get(request.PolicyName);
      if (policy === undefined) {
        throw new AwsError(
          'ObjectNotFoundException',
          `No scaling policy found for service namespace: ${NAMESPACE}, resource ID: ${request.ResourceId}, scalable dimension: ${DIMENSION}, policy name: ${request.PolicyName}`,
        );
      }
      deletePolicy(alarms, requireTarget(store, request.ResourceId), policy);
      return {};
    },
  };
}
