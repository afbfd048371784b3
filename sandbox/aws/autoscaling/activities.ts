import type { SimulatedService } from '../../world/model/types.ts';
import { beforeWrite } from '../ecs/lag.ts';
import { type Operations, type Output, page, parseInput } from '../input.ts';
import { epochSeconds, type Site, uuid } from '../site.ts';
import { DIMENSION, NAMESPACE } from './names.ts';
import { DescribeScalingActivities } from './schemas.ts';
import {
  INVALID,
  type NotScaledReason,
  type ScalableTarget,
  type ScalingActivity,
  type ScalingStore,
} from './store.ts';

/** The name under which Application Auto Scaling's own changes are recorded. */
export const AUTO_SCALING = 'application-autoscaling';

/** Ends activities whose count has been reached; called before activities are read and before new ones begin. */
export function settleActivities(site: Site, store: ScalingStore): void {
  for (const activity of store.activities) {
    if (activity.status !== 'InProgress') continue;
    const [, cluster = '', name = ''] = activity.resourceId.split('/');
    const service = site.world.service(cluster, name);
    if (service?.runningCount !== activity.desired) continue;
    activity.status = 'Successful';
    activity.endedAt = site.now();
    activity.statusMessage = `Successfully set desired count to ${activity.desired}. Change successfully fulfilled by ecs.`;
  }
}

/** Sets the desired count as Application Auto Scaling does: with an activity, and recorded as its own write. */
export function setDesiredCount(
  site: Site,
  store: ScalingStore,
  service: SimulatedService,
  change: { resourceId: string; desired: number; cause: string },
): void {
  settleActivities(site, store);
  for (const activity of store.activities) {
    if (activity.resourceId === change.resourceId && activity.status === 'InProgress') {
      activity.status = 'Overridden';
      activity.endedAt = site.now();
    }
  }
  const from = service.desiredCount;
  beforeWrite(site, service);
  service.setDesiredCount(change.desired);
  const write = {
    at: site.now(),
    who: AUTO_SCALING,
    call: 'ecs:UpdateService',
    service: `${service.cluster}/${service.name}`,
    from: { desired: from },
    to: { desired: change.desired },
    cause: change.cause,
  };
  site.writes.push(write);
  site.onWrite?.(write);
  store.activities.push({
    id: uuid(site),
    resourceId: change.resourceId,
    description: `Setting desired count to ${change.desired}.`,
    cause: change.cause,
    startedAt: site.now(),
    status: 'InProgress',
    statusMessage: `Successfully set desired count to ${change.desired}. Waiting for change to be fulfilled by ecs.`,
    desired: change.desired,
  });
}

/** Records that a triggered policy changed nothing; a reason that goes on is recorded once. */
export function recordNotScaled(
  site: Site,
  store: ScalingStore,
  target: ScalableTarget,
  cause: string,
  reason: NotScaledReason,
): void {
  const last = store.activities.findLast((activity) => activity.resourceId === target.resourceId);
  if (last?.notScaled?.Code === reason.Code && last.cause === cause) return;
  store.activities.push({
    id: uuid(site),
    resourceId: target.resourceId,
    description: 'Attempting to scale due to alarm triggered',
    cause,
    startedAt: site.now(),
    endedAt: site.now(),
    status: 'Failed',
    notScaled: reason,
  });
}

function activityShape(activity: ScalingActivity): Output {
  return {
    ActivityId: activity.id,
    ServiceNamespace: NAMESPACE,
    ResourceId: activity.resourceId,
    ScalableDimension: DIMENSION,
    Description: activity.description,
    Cause: activity.cause,
    StartTime: epochSeconds(activity.startedAt),
    ...(activity.endedAt !== undefined && { EndTime: epochSeconds(activity.endedAt) }),
    StatusCode: activity.status,
    ...(activity.statusMessage !== undefined && { StatusMessage: activity.statusMessage }),
    ...(activity.notScaled !== undefined && { NotScaledReasons: [activity.notScaled] }),
  };
}

/** DescribeScalingActivities, newest first. */
export function activityOperations(site: Site, store: ScalingStore): Operations {
  return {
    DescribeScalingActivities(input) {
      const request = parseInput(DescribeScalingActivities, input, INVALID);
      settleActivities(site, store);
      const selected = store.activities
        .filter(
          (activity) =>
            (request.ResourceId ?? activity.resourceId) === activity.resourceId &&
            (request.IncludeNotScaledActivities || activity.notScaled === undefined),
        )
        .reverse();
      const { items, nextToken } = page(
        selected,
        request.MaxResults,
        request.NextToken,
        'InvalidNextTokenException',
      );
      return {
        ScalingActivities: items.map(activityShape),
        ...(nextToken !== undefined && { NextToken: nextToken }),
      };
    },
  };
}
