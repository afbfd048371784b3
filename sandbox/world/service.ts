/** One simulated ECS service: the state moved on second by second. */

import { standBeside } from './model/database-pool.ts';
import type { Settings } from './model/options.ts';
import type { Random } from './model/random.ts';
import type { ServiceState, Task } from './model/state.ts';
import { type Conditions, conditionsAt } from './model/troubles.ts';
import { expirePause, primaryOf } from './tasks/deployments.ts';
import { addEvent, eventTexts } from './tasks/events.ts';
import { createState, createTask } from './tasks/initial.ts';
import { advanceTask, run } from './tasks/lifecycle.ts';
import { happenOnTime } from './tasks/moments.ts';
import { updateDeployments } from './tasks/rollout.ts';
import { recordFailure, recordHealthy, schedule } from './tasks/scheduler.ts';
import { stepTraffic } from './traffic/traffic.ts';

const SECOND = 1000;
const STOPPED_KEPT = 3_600_000;
/** ECS repeats the steady-state event. */
const STEADY_REPEAT = 6 * 3_600_000;

/** The state with its initial tasks running and healthy. */
export function createService(settings: Settings, start: number, random: Random): ServiceState {
  const state = createState(settings, start, random);
  const { id, taskDefinition, createdAt } = primaryOf(state);
  for (let index = 0; index < settings.desiredCount; index += 1) {
    const task = createTask(state, taskDefinition, id);
    task.createdAt = createdAt;
    run(state, task, createdAt + settings.taskStartSeconds * SECOND);
    task.healthy = true;
    state.tasks.push(task);
  }
  addEvent(state, eventTexts.steady);
  keepBeside(state);
  return state;
}

/** Where a PgBouncer stands beside each task, there are as many as tasks run. */
function keepBeside({ settings: { dbPool }, poolServers, tasks }: ServiceState): void {
  if (!dbPool.sidecar) return;
  standBeside(dbPool, poolServers, tasks.filter(({ lastStatus }) => lastStatus === 'RUNNING').length);
}

/** Simulates whole seconds up to `now`. */
export function advanceService(state: ServiceState, now: number): void {
  while (state.time + SECOND <= now) {
    const before = (state.time - state.start) / SECOND;
    stepTraffic(state);
    state.time += SECOND;
    stepTasks(state, conditionsAt(state.settings.troubles, before + 1));
  }
}

function stepTasks(state: ServiceState, conditions: Conditions): void {
  happenOnTime(state);
  expirePause(state);
  let registered = 0;
  let deregistered = 0;
  for (const task of state.tasks) {
    const change = advanceTask(state, task, conditions);
    if (change === 'registered') registered += 1;
    if (change === 'deregistered') deregistered += 1;
    if (change === 'healthy') recordHealthy(state, task);
    if (change === 'failed') fail(state, task);
  }
  const { targetGroupArn } = state.settings;
  if (targetGroupArn !== undefined) {
    if (registered > 0) addEvent(state, eventTexts.registered(registered, targetGroupArn));
    if (deregistered > 0) addEvent(state, eventTexts.deregistered(deregistered, targetGroupArn));
  }
  const gone = state.time - STOPPED_KEPT;
  if (state.tasks.some((task) => (task.stoppedAt ?? state.time) < gone)) {
    state.tasks = state.tasks.filter((task) => (task.stoppedAt ?? state.time) >= gone);
  }
  keepBeside(state);
  schedule(state, conditions);
  updateDeployments(state);
  reportSteadiness(state);
}

function fail(state: ServiceState, task: Task): void {
  if (task.unhealthySince !== undefined) {
    addEvent(state, eventTexts.unhealthy(task, state.settings.targetGroupArn));
  }
  recordFailure(state, task);
}

function reportSteadiness(state: ServiceState): void {
  const active = state.tasks.filter((task) => task.desiredStatus === 'RUNNING');
  const steady =
    active.length === state.desiredCount &&
    active.every((task) => task.healthy) &&
    primaryOf(state).rolloutState !== 'IN_PROGRESS';
  if (steady && (!state.steady || state.time >= state.steadyEventAt + STEADY_REPEAT)) {
    addEvent(state, eventTexts.steady);
    state.steadyEventAt = state.time;
  }
  state.steady = steady;
}
