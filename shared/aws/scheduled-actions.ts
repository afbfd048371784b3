import {
  type ApplicationAutoScalingClient,
  type ScheduledAction as Described,
  paginateDescribeScheduledActions,
} from '@aws-sdk/client-application-auto-scaling';
import type { ScheduledAction } from '../document/settings.ts';
import { scalable } from './autoscaling.ts';
import type { ServiceName } from './ecs.ts';

/** The scheduled actions of a service, all pages. Source: Application Auto Scaling API, ScheduledAction. */
export async function readScheduledActions(
  client: ApplicationAutoScalingClient,
  name: ServiceName,
): Promise<ScheduledAction[]> {
  const actions: ScheduledAction[] = [];
  for await (const page of paginateDescribeScheduledActions({ client }, scalable(name))) {
    actions.push(...(page.ScheduledActions ?? []).map(actionOf));
  }
  return actions;
}

function actionOf(action: Described): ScheduledAction {
  const { MinCapacity: min, MaxCapacity: max } = action.ScalableTargetAction ?? {};
  const moments = { startsAt: action.StartTime, endsAt: action.EndTime, createdAt: action.CreationTime };
  const given = Object.entries(moments).flatMap(([key, at]) => (at ? [[key, at.toISOString()]] : []));
  return {
    name: action.ScheduledActionName ?? '',
    schedule: action.Schedule ?? '',
    ...(action.Timezone ? { timezone: action.Timezone } : {}),
    ...Object.fromEntries(given),
    ...(min === undefined ? {} : { min }),
    ...(max === undefined ? {} : { max }),
  };
}
