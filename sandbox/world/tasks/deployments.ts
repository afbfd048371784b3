/** How deployments begin: new definitions, and rollback to the last completed one. */

import type { ServiceDeploymentRecord, SimulatedDeployment } from '../model/deployment.ts';
import type { ServiceState } from '../model/state.ts';
import { addEvent, eventTexts } from './events.ts';
import { deploymentDigits } from './initial.ts';
import { pauseOf } from './pauses.ts';

/** The deployment that the service aims at. */
export function primaryOf(state: ServiceState): SimulatedDeployment {
  const primary = state.deployments.find((deployment) => deployment.status === 'PRIMARY');
  if (primary === undefined) throw new Error(`service ${state.settings.name} has no PRIMARY deployment`);
  return primary;
}

/** The deployment whose tasks the scheduler starts: while the newest one waits for an action, the one before it. */
export function servingOf(state: ServiceState): SimulatedDeployment {
  const before = isPaused(state) ? state.deployments.find(({ status }) => status === 'ACTIVE') : undefined;
  return before ?? primaryOf(state);
}

/** Starts a rolling deployment. Throws an Error when the definition is unknown or INACTIVE. */
export function startDeployment(state: ServiceState, taskDefinition: string): void {
  if (state.taskDefinitions.get(taskDefinition) !== 'ACTIVE') {
    throw new Error(`task definition ${taskDefinition} is not ACTIVE`);
  }
  const running = runningRecord(state);
  if (running !== undefined) finishRecord(state, running, 'STOPPED');
  const digits = deploymentDigits(state.random.ids);
  const pause = pauseOf(state);
  state.history.unshift({
    ...(pause && { pause }),
    id: digits,
    taskDefinition,
    status: 'IN_PROGRESS',
    createdAt: state.time,
    startedAt: state.time,
  });
  becomePrimary(state, `ecs-svc/${digits}`, taskDefinition, 'in progress.');
}

/**
 * Stops the running deployment and starts going back to the last completed one.
 * Throws an Error when none is running or there is nothing to go back to.
 */
export function rollBack(state: ServiceState, cause: 'circuit breaker' | 'stopped'): void {
  const record = runningRecord(state);
  const target = state.history.find((past) => past.status === 'SUCCESSFUL');
  if (record?.status !== 'IN_PROGRESS') throw new Error('no deployment is in progress');
  if (target === undefined) throw new Error('there is no completed deployment to roll back to');
  record.status = 'ROLLBACK_IN_PROGRESS';
  if (record.pause?.status === 'AWAITING_ACTION') record.pause.status = 'FAILED';
  const failed = primaryOf(state);
  failed.rolloutState = 'FAILED';
  failed.rolloutStateReason =
    cause === 'circuit breaker'
      ? 'ECS deployment circuit breaker: tasks failed to start.'
      : `ECS deployment ${failed.id} was stopped.`;
  const id = `ecs-svc/${deploymentDigits(state.random.ids)}`;
  if (cause === 'circuit breaker') addEvent(state, eventTexts.failed(failed.id));
  addEvent(state, eventTexts.rollingBack(id));
  becomePrimary(state, id, target.taskDefinition, `rolling back to deploymentId ${id}.`);
}

function becomePrimary(state: ServiceState, id: string, taskDefinition: string, reason: string): void {
  for (const deployment of state.deployments) {
    deployment.status = 'ACTIVE';
    deployment.desiredCount = 0;
    deployment.updatedAt = state.time;
  }
  state.backoff = { ...state.backoff, rounds: 0, retryAt: 0 };
  state.steady = false;
  state.deployments.unshift({
    id,
    status: 'PRIMARY',
    rolloutState: 'IN_PROGRESS',
    rolloutStateReason: `ECS deployment ${id} ${reason}`,
    taskDefinition,
    desiredCount: state.desiredCount,
    runningCount: 0,
    pendingCount: 0,
    failedTasks: 0,
    createdAt: state.time,
    updatedAt: state.time,
  });
}

/** The service deployment that has not ended yet. */
export function runningRecord(state: ServiceState): ServiceDeploymentRecord | undefined {
  return state.history.find(({ finishedAt }) => finishedAt === undefined);
}

export function finishRecord(
  state: ServiceState,
  record: ServiceDeploymentRecord,
  status: ServiceDeploymentRecord['status'],
): void {
  record.status = status;
  record.finishedAt = state.time;
}

/** Whether the running deployment waits for an action: its revision has no task yet, the one before serves. */
function isPaused(state: ServiceState): boolean {
  return runningRecord(state)?.pause?.status === 'AWAITING_ACTION';
}

/** Goes on with the running deployment, or back to the last completed one. Throws an Error when it does not wait. */
export function endPause(state: ServiceState, action: 'CONTINUE' | 'ROLLBACK'): void {
  const pause = runningRecord(state)?.pause;
  if (pause?.status !== 'AWAITING_ACTION') throw new Error('no deployment waits for an action');
  pause.status = action === 'CONTINUE' ? 'SUCCEEDED' : 'FAILED';
  if (action === 'ROLLBACK') rollBack(state, 'stopped');
}

/** Ends a pause that nobody ended in time, as its hook says. */
export function expirePause(state: ServiceState): void {
  const pause = runningRecord(state)?.pause;
  if (pause?.status !== 'AWAITING_ACTION' || state.time < pause.expiresAt) return;
  pause.status = 'TIMED_OUT';
  if (pause.timeoutAction === 'ROLLBACK') rollBack(state, 'stopped');
}
