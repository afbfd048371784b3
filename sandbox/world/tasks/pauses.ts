/** Whether a deployment waits for an action before its first task (PAUSE lifecycle hook), and how long. */

import type { DeploymentPause } from '../model/deployment.ts';
import { randomText } from '../model/random.ts';
import type { ServiceState } from '../model/state.ts';
import { conditionsAt } from '../model/troubles.ts';

/** ECS's default; then it rolls back. Source: ECS API, DeploymentLifecycleHookTimeoutConfiguration. */
const dayOfMinutes = 1440;

/** The pause of a deployment that begins now, if it has one. */
export function pauseOf(state: ServiceState): DeploymentPause | undefined {
  const seconds = (state.time - state.start) / 1000;
  const pause = conditionsAt(state.settings.troubles, seconds).deploymentPause;
  if (!pause) return undefined;
  const { timeoutMinutes = dayOfMinutes, timeoutAction = 'ROLLBACK' } = pause;
  return {
    hookId: `ecs-pause-${randomText(state.random.ids, '0123456789abcdefghijklmnopqrstuvwxyz', 43)}`,
    status: 'AWAITING_ACTION',
    expiresAt: state.time + timeoutMinutes * 60_000,
    timeoutAction,
  };
}
