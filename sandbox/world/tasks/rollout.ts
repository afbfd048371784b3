/** How deployments go on and end: complete, or failed by the circuit breaker (ECS deployment circuit breaker). */

import type { SimulatedDeployment } from '../model/deployment.ts';
import type { ServiceState } from '../model/state.ts';
import { finishRecord, primaryOf, rollBack, runningRecord } from './deployments.ts';
import { addEvent, eventTexts } from './events.ts';

/** Consecutive failed tasks at which a deployment fails: half of the desired count, from 3 to 200. */
export function circuitBreakerThreshold(desiredCount: number): number {
  return Math.min(200, Math.max(3, Math.ceil(desiredCount / 2)));
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
