/** Whether a deployment waits for an action before its first task (PAUSE lifecycle hook), and how long. */

import type { DeploymentPause } from '../model/deployment.ts';
import { randomText } from '../model/random.ts';
import type { ServiceState } from '../model/state.ts';
import { conditionsAt } from '../model/troubles.ts';

/** The default of ECS's time-out for a pause; then it rolls back. */
const EXPIRES_AFTER = 24 * 3_600_000;

/** The pause of a deployment that begins now, if it has one. */
export function pauseOf(state: ServiceState): DeploymentPause | undefined {
  const seconds = (state.time - state.start) / 1000;
  if (!conditionsAt(state.settings.troubles, seconds).pausesDeployments) return undefined;
  return {
    hookId: `ecs-pause-${randomText(state.random.ids, '0123456789abcdefghijklmnopqrstuvwxyz', 43)}`,
    status: 'AWAITING_ACTION',
    expiresAt: state.time + EXPIRES_AFTER,
  };
}
