import { arn, roleArn } from '../../place.ts';
import type { Alarms } from '../cloudwatch/alarms.ts';
import { AwsError } from '../errors.ts';
import { type Operations, type Output, page, parseInput } from '../input.ts';
import { epochSeconds, hexDigits, type Site } from '../site.ts';
import { clamp } from './bounds.ts';
import { DIMENSION, NAMESPACE } from './names.ts';
import { deletePolicy } from './policy-alarms.ts';
import { DescribeScalableTargets, RegisterScalableTarget, TargetTriple } from './schemas.ts';
import {
  INVALID,
  requireTarget,
  type ScalableTarget,
  type ScalingStore,
  type Suspended,
  serviceOfResource,
} from './store.ts';

const NOTHING_SUSPENDED: Suspended = {
  DynamicScalingInSuspended: false,
  DynamicScalingOutSuspended: false,
  ScheduledScalingSuspended: false,
};

const SERVICE_ROLE =
  'aws-service-role/ecs.application-autoscaling.amazonaws.com/AWSServiceRoleForApplicationAutoScaling_ECSService';

function newTarget(
  site: Site,
  resourceId: string,
  min: number | undefined,
  max: number | undefined,
): ScalableTarget {
  if (min === undefined || max === undefined) {
    throw new AwsError(
      INVALID,
      'MinCapacity and MaxCapacity are required to register a new scalable target.',
    );
  }
  const service = serviceOfResource(site, resourceId);
  return {
    resourceId,
    cluster: service.cluster,
    serviceName: service.name,
    arn: arn(site, 'application-autoscaling', `scalable-target/${hexDigits(site, 36)}`),
    min,
    max,
    suspended: NOTHING_SUSPENDED,
    createdAt: site.now(),
    policies: new Map(),
  };
}

function targetShape(site: Site, target: ScalableTarget): Output {
  return {
    ServiceNamespace: NAMESPACE,
    ResourceId: target.resourceId,
    ScalableDimension: DIMENSION,
    MinCapacity: target.min,
    MaxCapacity: target.max,
    RoleARN: roleArn(site, SERVICE_ROLE),
    CreationTime: epochSeconds(target.createdAt),
    SuspendedState: target.suspended,
    ScalableTargetARN: target.arn,
  };
}

/** Reads the members that a caller gave; those left out keep their value (undocumented on AWS: send all three). */
function suspendedAfter(
  before: Suspended,
  given: { [Key in keyof Suspended]?: boolean | undefined },
): Suspended {
  return {
    DynamicScalingInSuspended: given.DynamicScalingInSuspended ?? before.DynamicScalingInSuspended,
    DynamicScalingOutSuspended: given.DynamicScalingOutSuspended ?? before.DynamicScalingOutSuspended,
    ScheduledScalingSuspended: given.ScheduledScalingSuspended ?? before.ScheduledScalingSuspended,
  };
}

/** Registering, describing and deregistering scalable targets. */
export function targetOperations(site: Site, store: ScalingStore, alarms: Alarms): Operations {
  return {
    RegisterScalableTarget(input) {
      const request = parseInput(RegisterScalableTarget, input, INVALID);
      serviceOfResource(site, request.ResourceId);
      const known = store.targets.get(request.ResourceId);
      const target = known ?? newTarget(site, request.ResourceId, request.MinCapacity, request.MaxCapacity);
      const min = request.MinCapacity ?? target.min;
      const max = request.MaxCapacity ?? target.max;
      if (min > max) throw new AwsError(INVALID, 'Maximum capacity cannot be less than minimum capacity');
      target.min = min;
      target.max = max;
      target.suspended = suspendedAfter(target.suspended, request.SuspendedState ?? {});
      store.targets.set(target.resourceId, target);
      clamp(site, store, target);
      return { ScalableTargetARN: target.arn };
    },

    DescribeScalableTargets(input) {
      const request = parseInput(DescribeScalableTargets, input, INVALID);
      const selected = [...store.targets.values()].filter(
        (target) => request.ResourceIds === undefined || request.ResourceIds.includes(target.resourceId),
      );
      const { items, nextToken } = page(
        selected,
        request.MaxResults,
        request.NextToken,
        'InvalidNextTokenException',
      );
      return {
        ScalableTargets: items.map((target) => targetShape(site, target)),
        ...(nextToken !== undefined && { NextToken: nextToken }),
      };
    },

    DeregisterScalableTarget(input) {
      const target = requireTarget(store, parseInput(TargetTriple, input, INVALID).ResourceId);
      for (const policy of target.policies.values()) deletePolicy(alarms, target, policy);
      store.targets.delete(target.resourceId);
      return {};
    },
  };
}
