/** Rolling deployments, the circuit breaker and rollback (Amazon ECS deployment circuit breaker). */

import { addEvent, eventTexts } from './events.ts';
import { deploymentDigits } from './initial.ts';
import type { ServiceState } from './state.ts';
import type { ServiceDeploymentRecord, SimulatedDeployment } from './types.ts';

/** The deployment that the service aims at. */
export function primaryOf(state: ServiceState): SimulatedDeployment {
  const primary = state.deployments.find((deployment) => deployment.status === 'PRIMARY');
  if (primary === undefined) throw new Error(`service ${state.settings.name} has no PRIMARY deployment`);
  return primary;
}

/** Consecutive failed tasks at which a deployment fails: half of the desired count, from 3 to 200. */
export function circuitBreakerThreshold(desiredCount: number): number {
  return Math.min(200, Math.max(3, Math.ceil(desiredCount / 2)));
}

/** Starts a rolling deployment. Throws an Error when the definition is unknown or INACTIVE. */
export function startDeployment(state: ServiceState, taskDefinition: string): void {
  if (state.taskDefinitions.get(taskDefinition) !== 'ACTIVE') {
    throw new Error(`task definition ${taskDefinition} is not ACTIVE`);
  }
  const running = runningRecord(state);
  if (running !== undefined) finishRecord(state, running, 'STOPPED');
  const digits = deploymentDigits(state.random.ids);
  state.history.unshift({
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

/** Counts each deployment's tasks, and ends deployments that are complete, failed or empty. */
export function updateDeployments(state: ServiceState): void {
  for (const deployment of state.deployments) count(state, deployment);
  const primary = primaryOf(state);
  if (primary.rolloutState === 'IN_PROGRESS') {
    if (isComplete(state, primary)) complete(state, primary);
    else if (breakerTrips(state, primary)) breakCircuit(state, primary);
  }
  state.deployments = state.deployments.filter(
    ({ status, runningCount, pendingCount }) => status === 'PRIMARY' || runningCount + pendingCount > 0,
  );
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

function count(state: ServiceState, deployment: SimulatedDeployment): void {
  let running = 0;
  let pending = 0;
  for (const task of state.tasks) {
    if (task.desiredStatus !== 'RUNNING' || task.deploymentId !== deployment.id) continue;
    if (task.lastStatus === 'RUNNING') running += 1;
    else pending += 1;
  }
  if (running === deployment.runningCount && pending === deployment.pendingCount) return;
  deployment.runningCount = running;
  deployment.pendingCount = pending;
  deployment.updatedAt = state.time;
}

function isComplete(state: ServiceState, primary: SimulatedDeployment): boolean {
  const active = state.tasks.filter((task) => task.desiredStatus === 'RUNNING');
  return (
    active.length === state.desiredCount &&
    active.every((task) => task.deploymentId === primary.id && task.healthy)
  );
}

function complete(state: ServiceState, primary: SimulatedDeployment): void {
  primary.rolloutState = 'COMPLETED';
  primary.rolloutStateReason = `ECS deployment ${primary.id} completed.`;
  primary.updatedAt = state.time;
  const record = runningRecord(state);
  if (record !== undefined) {
    finishRecord(state, record, record.status === 'IN_PROGRESS' ? 'SUCCESSFUL' : 'ROLLBACK_SUCCESSFUL');
  }
  addEvent(state, eventTexts.completed(primary.id));
}

function breakerTrips(state: ServiceState, primary: SimulatedDeployment): boolean {
  // A rollback is never itself rolled back: there would be no end to it.
  return (
    state.settings.circuitBreaker.enable &&
    runningRecord(state)?.status === 'IN_PROGRESS' &&
    primary.failedTasks >= circuitBreakerThreshold(state.desiredCount)
  );
}

function breakCircuit(state: ServiceState, primary: SimulatedDeployment): void {
  if (state.settings.circuitBreaker.rollback) {
    rollBack(state, 'circuit breaker');
    return;
  }
  primary.rolloutState = 'FAILED';
  primary.rolloutStateReason = 'ECS deployment circuit breaker: tasks failed to start.';
  primary.updatedAt = state.time;
  const record = runningRecord(state);
  if (record !== undefined) finishRecord(state, record, 'STOPPED');
  addEvent(state, eventTexts.failed(primary.id));
}

function runningRecord(state: ServiceState): ServiceDeploymentRecord | undefined {
  return state.history.find(({ finishedAt }) => finishedAt === undefined);
}

function finishRecord(
  state: ServiceState,
  record: ServiceDeploymentRecord,
  status: ServiceDeploymentRecord['status'],
): void {
  record.status = status;
  record.finishedAt = state.time;
}
