/** The ECS service scheduler: how many tasks it starts and stops in one second, and its back-off. */

import type { ServiceState, Task } from '../model/state.ts';
import type { Conditions } from '../model/troubles.ts';
import { servingOf } from './deployments.ts';
import { addEvent, eventTexts } from './events.ts';
import { createTask } from './initial.ts';
import { beginStart, beginStop } from './lifecycle.ts';

/** Fargate launches 500 tasks per minute and service, and 20 per second and account. */
const LAUNCHES_PER_SECOND = 500 / 60;
const LAUNCH_BURST = 20;
const LONGEST_BACKOFF = 900_000;
const FIRST_BACKOFF = 10_000;
/** How often a placement that failed is tried again and reported. */
const PLACEMENT_RETRY = 60_000;

/** Starts and stops tasks towards the desired count of the deployment that serves. */
export function schedule(state: ServiceState, conditions: Conditions): void {
  state.launchTokens = Math.min(LAUNCH_BURST, state.launchTokens + LAUNCHES_PER_SECOND);
  const { id } = servingOf(state);
  const active = state.tasks.filter((task) => task.desiredStatus === 'RUNNING');
  const current = active.filter((task) => task.deploymentId === id);
  const old = active.filter((task) => task.deploymentId !== id);
  if (current.length > state.desiredCount) stop(state, current, current.length - state.desiredCount);
  if (old.length > 0) retire(state, active, old);
  const missing = state.desiredCount - current.length;
  const room =
    old.length > 0
      ? Math.floor((state.desiredCount * state.settings.maximumPercent) / 100) - active.length
      : missing;
  launch(state, Math.min(missing, room), conditions);
}

/** Counts a failed start or health check; the first of a round lengthens the back-off. */
export function recordFailure(state: ServiceState, task: Task): void {
  const deployment = state.deployments.find(({ id }) => id === task.deploymentId);
  if (deployment !== undefined) deployment.failedTasks += 1;
  const { backoff, time } = state;
  if (time < backoff.retryAt) return;
  backoff.rounds += 1;
  backoff.retryAt = time + Math.min(LONGEST_BACKOFF, FIRST_BACKOFF * 2 ** (backoff.rounds - 1));
  if (backoff.rounds >= 2) addEvent(state, eventTexts.cannotStart);
}

/** A task became healthy: failures before it no longer count. */
export function recordHealthy(state: ServiceState, task: Task): void {
  const deployment = state.deployments.find(({ id }) => id === task.deploymentId);
  if (deployment !== undefined) deployment.failedTasks = 0;
  state.backoff.rounds = 0;
  state.backoff.retryAt = 0;
}

function launch(state: ServiceState, wanted: number, conditions: Conditions): void {
  if (wanted <= 0 || state.time < state.backoff.retryAt) return;
  const allowed = Math.min(wanted, Math.floor(state.launchTokens));
  const placed = Math.max(0, Math.min(allowed, freeCapacity(state, conditions)));
  if (placed < allowed) reportPlacement(state, allowed - placed);
  if (placed === 0) return;
  const { id, taskDefinition } = servingOf(state);
  const tasks = Array.from({ length: placed }, () => createTask(state, taskDefinition, id));
  for (const task of tasks) beginStart(task, conditions);
  state.launchTokens -= placed;
  state.tasks.push(...tasks);
  addEvent(state, eventTexts.started(tasks));
}

/** Tasks that the vCPU quota still allows; a stopping task counts until it is gone. */
function freeCapacity(state: ServiceState, conditions: Conditions): number {
  const used = state.tasks.filter((task) => task.lastStatus !== 'STOPPED').length;
  return state.settings.desiredCount + conditions.spareTasks - used;
}

function reportPlacement(state: ServiceState, missing: number): void {
  if (state.time < state.backoff.placementEventAt + PLACEMENT_RETRY) return;
  state.backoff.placementEventAt = state.time;
  servingOf(state).failedTasks += missing;
  addEvent(state, eventTexts.cannotPlace);
}

/** Stops tasks of older deployments as far as enough healthy ones remain. */
function retire(state: ServiceState, active: readonly Task[], old: readonly Task[]): void {
  const useless = old.filter((task) => !task.healthy);
  const healthy = active.filter((task) => task.healthy).length;
  const spare = healthy - Math.ceil((state.desiredCount * state.settings.minimumHealthyPercent) / 100);
  stop(state, old, Math.min(old.length, useless.length + Math.max(0, spare)));
}

/** Stops `count` of `tasks`: those that do not serve first, then the newest. */
function stop(state: ServiceState, tasks: readonly Task[], count: number): void {
  if (count <= 0) return;
  const order = tasks.toReversed().sort((a, b) => Number(a.healthy) - Number(b.healthy));
  const stopped = order.slice(0, count);
  const draining = stopped.filter((task) => task.lastStatus === 'RUNNING');
  for (const task of stopped) {
    const reason = `Scaling activity initiated by (deployment ${task.deploymentId})`;
    beginStop(state, task, 'ServiceSchedulerInitiated', reason);
  }
  if (draining.length > 0) addEvent(state, eventTexts.draining(draining));
  addEvent(state, eventTexts.stopped(stopped));
}
