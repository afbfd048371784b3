import type { Assessment, ServiceView } from '../document/assessment.ts';
import type { Rollback } from '../document/rollback.ts';
import { because } from '../format/reasons.ts';
import { lostTasks, unreadStops, whyTooFew } from '../plan/failed-starts.ts';
import { deploymentRuns } from '../plan/scale-in.ts';
import { type Verdict, waitForService } from './check.ts';
import { apiHealth } from './recovery.ts';

/** ECS may show the service from before the rollback's own write for a while: nothing of it counts. */
function notShownYet(
  { action, from, to }: Rollback,
  { taskDefinition, deployedAt, desired, running }: ServiceView,
): Verdict | undefined {
  if (action === 'desired-count' && typeof to === 'number' && from?.desired === desired && desired < to)
    return { state: 'waiting', reasons: [because('tasks-run', { running, wanted: to })] };
  const moved = action === 'previous-task-definition' || action === 'stop-deployment';
  const older =
    from &&
    ((moved && from.taskDefinition === taskDefinition) ||
      (action === 'redeploy' && from.deployedAt === deployedAt));
  return older
    ? { state: 'waiting', reasons: [because('deployment-not-shown', { taskDefinition })] }
    : undefined;
}

/**
 * Whether the deployment that a rollback asked for is there, runs every task, and is healthy. Pure.
 * @param since when the rollback began
 */
export function rolledBack(now: Assessment, done: Rollback | undefined, since: string): Verdict {
  if ('unknown' in now.service) return waitForService(now.service);
  const view: ServiceView = now.service;
  const early = done && notShownYet(done, view);
  if (early) return early;
  if (view.rollout === 'failed')
    return { state: 'failed', reasons: [because('rollout-failed'), ...lostTasks(now), ...unreadStops(now)] };
  const { running, desired: wanted, taskDefinition } = view;
  const why = running < wanted ? whyTooFew(now, since) : [];
  if (view.rollout === 'in-progress') return { state: 'waiting', reasons: [deploymentRuns(view), ...why] };
  if (running < wanted)
    return { state: 'waiting', reasons: [because('tasks-run', { running, wanted }), ...why] };
  if (now.health.api.level === 'critical') return { state: 'waiting', reasons: [apiHealth(now)] };
  return {
    state: 'reached',
    reasons: [because('definition-runs', { running, taskDefinition }), apiHealth(now)],
  };
}
