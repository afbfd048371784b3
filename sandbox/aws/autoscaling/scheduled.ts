import { arn } from '../../place.ts';
import { AwsError } from '../errors.ts';
import { type Operations, type Output, page, parseInput } from '../input.ts';
import { epochSeconds, type Site, uuid } from '../site.ts';
import { AUTO_SCALING } from './activities.ts';
import { clamp } from './bounds.ts';
import { DIMENSION, NAMESPACE } from './names.ts';
import { DeleteScheduledAction, DescribeScheduledActions, PutScheduledAction } from './schemas.ts';
import { INVALID, requireTarget, type ScalingStore, type ScheduledAction } from './store.ts';

const key = (resourceId: string, name: string) => `${resourceId} ${name}`;

/** `at(yyyy-mm-ddThh:mm:ss)` in UTC, milliseconds. The only kind of schedule that is simulated. */
function momentOf(schedule: string): number {
  const time = /^at\((\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)\)$/.exec(schedule)?.[1];
  const at = time === undefined ? Number.NaN : Date.parse(`${time}Z`);
  if (Number.isFinite(at)) return at;
  throw new AwsError(INVALID, `Schedule ${schedule} is not simulated: only at(yyyy-mm-ddThh:mm:ss), in UTC.`);
}

function actionShape(site: Site, action: ScheduledAction): Output {
  const resource = `scheduledAction:${action.id}:resource/${NAMESPACE}/${action.resourceId}`;
  return {
    ScheduledActionName: action.name,
    ScheduledActionARN: arn(site, 'autoscaling', `${resource}:scheduledActionName/${action.name}`),
    ServiceNamespace: NAMESPACE,
    ResourceId: action.resourceId,
    ScalableDimension: DIMENSION,
    Schedule: action.schedule,
    ScalableTargetAction: {
      ...(action.min !== undefined && { MinCapacity: action.min }),
      ...(action.max !== undefined && { MaxCapacity: action.max }),
    },
    CreationTime: epochSeconds(action.createdAt),
  };
}

/** Putting, describing and deleting scheduled actions. One that has fired stays listed. */
export function scheduledOperations(site: Site, store: ScalingStore): Operations {
  return {
    PutScheduledAction(input) {
      const request = parseInput(PutScheduledAction, input, INVALID);
      const { ResourceId: resourceId, ScheduledActionName: name, Schedule: schedule } = request;
      requireTarget(store, resourceId);
      const { MinCapacity: min, MaxCapacity: max } = request.ScalableTargetAction;
      const known = store.scheduled.get(key(resourceId, name));
      store.scheduled.set(key(resourceId, name), {
        id: known?.id ?? uuid(site),
        name,
        resourceId,
        schedule,
        dueAt: momentOf(schedule),
        ...(min !== undefined && { min }),
        ...(max !== undefined && { max }),
        createdAt: known?.createdAt ?? site.now(),
      });
      return {};
    },

    DescribeScheduledActions(input) {
      const request = parseInput(DescribeScheduledActions, input, INVALID);
      const { ResourceId: resourceId, ScheduledActionNames: names } = request;
      const selected = [...store.scheduled.values()].filter(
        (action) =>
          (resourceId ?? action.resourceId) === action.resourceId &&
          (names === undefined || names.includes(action.name)),
      );
      const { items, nextToken } = page(
        selected,
        request.MaxResults,
        request.NextToken,
        'InvalidNextTokenException',
      );
      return {
        ScheduledActions: items.map((action) => actionShape(site, action)),
        ...(nextToken !== undefined && { NextToken: nextToken }),
      };
    },

    DeleteScheduledAction(input) {
      const request = parseInput(DeleteScheduledAction, input, INVALID);
      if (store.scheduled.delete(key(request.ResourceId, request.ScheduledActionName))) return {};
      throw new AwsError(
        'ObjectNotFoundException',
        `No scheduled action found for service namespace: ${NAMESPACE}, resource ID: ${request.ResourceId}, scalable dimension: ${DIMENSION}, scheduled action name: ${request.ScheduledActionName}`,
      );
    },
  };
}

/**
 * Carries out the scheduled actions that are due: they set the bounds and move the count inside them at once. While
 * scheduled scaling is suspended they pass without effect, and are not made up for later (API_SuspendedState.html).
 */
export function fireScheduledActions(site: Site, store: ScalingStore): void {
  for (const action of store.scheduled.values()) {
    if (action.passed || site.now() < action.dueAt) continue;
    action.passed = true;
    const target = store.targets.get(action.resourceId);
    if (target === undefined || target.suspended.ScheduledScalingSuspended) continue;
    setBounds(site, store, action);
    clamp(site, store, target);
  }
}

function setBounds(site: Site, store: ScalingStore, action: ScheduledAction): void {
  const target = requireTarget(store, action.resourceId);
  const from = { min: target.min, max: target.max };
  target.min = action.min ?? target.min;
  target.max = action.max ?? target.max;
  const said = [
    ...(action.min === undefined ? [] : [`min capacity to ${action.min}`]),
    ...(action.max === undefined ? [] : [`max capacity to ${action.max}`]),
  ].join(' and ');
  const cause = `scheduled action name ${action.name} was triggered`;
  store.activities.push({
    id: uuid(site),
    resourceId: action.resourceId,
    description: `Setting ${said}`,
    cause,
    startedAt: site.now(),
    endedAt: site.now(),
    status: 'Successful',
    statusMessage: `Successfully set ${said}`,
  });
  const write = {
    at: site.now(),
    who: AUTO_SCALING,
    call: 'application-autoscaling:RegisterScalableTarget',
    service: `${target.cluster}/${target.serviceName}`,
    from,
    to: { min: target.min, max: target.max },
    cause,
  };
  site.writes.push(write);
  site.onWrite?.(write);
}
