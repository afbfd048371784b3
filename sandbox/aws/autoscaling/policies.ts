import type { Alarms } from '../cloudwatch/alarms.ts';
import { AwsError } from '../errors.ts';
import { type Operations, type Output, page, parseInput } from '../input.ts';
import { epochSeconds, type Site, uuid } from '../site.ts';
import { metricKey, trackedMetric } from './metrics.ts';
import { DIMENSION, NAMESPACE } from './names.ts';
import { alarmsShape, deletePolicy, putAlarms } from './policy-alarms.ts';
import {
  DeleteScalingPolicy,
  DescribeScalingPolicies,
  PutScalingPolicy,
  type StepScaling,
  type TargetTracking,
} from './schemas.ts';
import {
  INVALID,
  policyArn,
  requireTarget,
  type ScalableTarget,
  type ScalingPolicy,
  type ScalingStore,
} from './store.ts';

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

/** One target-tracking policy per metric. @throws AwsError ValidationException */
function requireOwnMetric(target: ScalableTarget, name: string, config: TargetTracking): void {
  trackedMetric(target, config);
  const key = metricKey(config);
  for (const rival of target.policies.values()) {
    if (rival.name === name || rival.targetTracking === undefined) continue;
    if (metricKey(rival.targetTracking) !== key) continue;
    throw new AwsError(
      INVALID,
      'Only one TargetTrackingScaling policy for a given metric specification is allowed.',
    );
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
      if (targetTracking !== undefined) requireOwnMetric(target, name, targetTracking);
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
