/** The life of one Fargate task (Amazon ECS task lifecycle): its statuses, how long each lasts, how it ends. */

import type { ServiceState, Task } from '../model/state.ts';
import type { StartError } from '../model/trouble.ts';
import type { Conditions } from '../model/troubles.ts';

/** Share of the start time in each status before RUNNING. */
const START_SHARES = { PROVISIONING: 0.45, PENDING: 0.4, ACTIVATING: 0.15 };
/** Time in STOPPING and DEPROVISIONING, ms. */
const STOPPING = 2_000;
const DEPROVISIONING = 8_000;
/** The load balancer's health check gives up after this, seconds. */
const HEALTH_CHECK_TIMEOUT = 5;

export const OUT_OF_MEMORY = 'OutOfMemoryError: Container killed due to memory usage';

const START_ERRORS: Record<StartError, string> = {
  CannotPullContainerError:
    'CannotPullContainerError: pull image manifest has been retried 5 time(s): failed to resolve ref: not found',
  ResourceInitializationError:
    'ResourceInitializationError: unable to pull secrets or registry auth: unable to retrieve secret: service call has been retried 5 time(s)',
};

/** What happened to a task at this moment, for the scheduler and the events. */
export type LifecycleChange = 'registered' | 'deregistered' | 'healthy' | 'failed' | undefined;

/** Puts a new task on its way. */
export function beginStart(task: Task, conditions: Conditions): void {
  task.startError = conditions.startError;
  if (conditions.exitsAfterSeconds !== undefined) {
    task.behaviour = { ...task.behaviour, exitsAfterSeconds: conditions.exitsAfterSeconds };
  }
  task.statusEndsAt = task.createdAt + task.startMilliseconds * START_SHARES.PROVISIONING;
}

/** Stops a task: a registered one drains first, as the load balancer asks. */
export function beginStop(state: ServiceState, task: Task, stopCode: string, stoppedReason: string): void {
  const drains = task.lastStatus === 'RUNNING' && stopCode !== 'EssentialContainerExited';
  task.desiredStatus = 'STOPPED';
  task.stoppingAt = state.time;
  task.stopCode = stopCode;
  task.stoppedReason = stoppedReason;
  task.healthy = false;
  task.lastStatus = drains ? 'DEACTIVATING' : 'DEPROVISIONING';
  task.statusEndsAt = state.time + (drains ? state.settings.drainSeconds * 1000 : DEPROVISIONING);
  if (!drains) loseQueue(state, task);
}

/** Moves a task on to the state's time. */
export function advanceTask(state: ServiceState, task: Task, conditions: Conditions): LifecycleChange {
  if (task.lastStatus === 'RUNNING') return advanceRunning(state, task, conditions);
  if (state.time < task.statusEndsAt) return undefined;
  switch (task.lastStatus) {
    case 'PROVISIONING':
      task.lastStatus = 'PENDING';
      task.statusEndsAt += task.startMilliseconds * START_SHARES.PENDING;
      return undefined;
    case 'PENDING':
      if (task.startError !== undefined) {
        beginStop(state, task, 'TaskFailedToStart', START_ERRORS[task.startError]);
        return 'failed';
      }
      task.lastStatus = 'ACTIVATING';
      task.statusEndsAt += task.startMilliseconds * START_SHARES.ACTIVATING;
      return undefined;
    case 'ACTIVATING':
      run(state, task, state.time);
      return 'registered';
    case 'DEACTIVATING':
      task.lastStatus = 'STOPPING';
      task.statusEndsAt = state.time + STOPPING;
      loseQueue(state, task);
      return 'deregistered';
    case 'STOPPING':
      task.lastStatus = 'DEPROVISIONING';
      task.statusEndsAt = state.time + DEPROVISIONING;
      return undefined;
    case 'DEPROVISIONING':
      task.lastStatus = 'STOPPED';
      task.stoppedAt = state.time;
      task.statusEndsAt = Number.POSITIVE_INFINITY;
      return undefined;
    case 'STOPPED':
      return undefined;
  }
}

/** The task is RUNNING since `startedAt`; its health checks begin. */
export function run(state: ServiceState, task: Task, startedAt: number): void {
  task.lastStatus = 'RUNNING';
  task.startedAt = startedAt;
  task.statusEndsAt = Number.POSITIVE_INFINITY;
  task.healthyAt = startedAt + state.settings.healthCheckSeconds * 1000;
}

function advanceRunning(state: ServiceState, task: Task, conditions: Conditions): LifecycleChange {
  task.memoryPercent += (task.leakFactor * conditions.leakPercentPerHour) / 3600;
  if (task.memoryPercent >= 100) {
    beginStop(state, task, 'EssentialContainerExited', OUT_OF_MEMORY);
    return 'failed';
  }
  const exitsAfter = task.behaviour.exitsAfterSeconds;
  if (exitsAfter !== undefined && state.time >= (task.startedAt ?? state.time) + exitsAfter * 1000) {
    beginStop(state, task, 'EssentialContainerExited', 'Essential container in task exited');
    return 'failed';
  }
  if (failsUnderLoad(state, task, conditions)) return stopUnhealthy(state, task);
  return checkHealth(state, task, conditions.apiDown || task.behaviour.failsHealthCheck === true);
}

/**
 * The load balancer still sends an overloaded task requests until its checks have timed out often enough; then ECS stops
 * it at once. The tasks differ a little, or they would all go in the same second.
 */
function failsUnderLoad(state: ServiceState, task: Task, conditions: Conditions): boolean {
  const { killsOverloadedAfterSeconds: patience } = conditions;
  const overloaded = task.queue > HEALTH_CHECK_TIMEOUT * state.settings.capacityPerTask;
  if (patience === undefined || !overloaded) {
    task.overloadedSince = undefined;
    return false;
  }
  task.overloadedSince ??= state.time;
  return state.time - task.overloadedSince >= patience * 1000 * task.leakFactor;
}

function stopUnhealthy(state: ServiceState, task: Task): LifecycleChange {
  task.unhealthySince ??= state.time;
  const { targetGroupArn } = state.settings;
  const reason = targetGroupArn
    ? `Task failed ELB health checks in (target-group ${targetGroupArn})`
    : 'Task failed container health checks';
  beginStop(state, task, 'ServiceSchedulerInitiated', reason);
  return 'failed';
}

function checkHealth(state: ServiceState, task: Task, fails: boolean): LifecycleChange {
  const { settings, time } = state;
  if (!fails) {
    task.unhealthySince = undefined;
    if (task.healthy || time < task.healthyAt) return undefined;
    task.healthy = true;
    return 'healthy';
  }
  task.healthy = false;
  task.healthyAt = time + settings.healthCheckSeconds * 1000;
  task.unhealthySince ??= time;
  if (time - task.unhealthySince < settings.healthCheckGraceSeconds * 1000) return undefined;
  return stopUnhealthy(state, task);
}

function loseQueue(state: ServiceState, task: Task): void {
  state.lostRequests += task.queue;
  task.queue = 0;
}
