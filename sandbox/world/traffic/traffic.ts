/** One second of traffic: arrivals spread evenly over the healthy tasks, and the queue of each task. */

import { LatencyMixture } from '../model/latency.ts';
import { openPeriods } from '../model/metrics.ts';
import type { ServiceState, Task } from '../model/state.ts';
import type { Conditions } from '../model/troubles.ts';
import { conditionsNow, stepCache } from './cache.ts';
import { type Demand, demandAt } from './demand.ts';
import { poolAt } from './pool.ts';
import { stepQueue } from './queue.ts';
import { recordNeighbour, recordSecond, recordTask, type Second } from './recording.ts';

/** Above this a task's garbage collector costs more and more CPU, percent of memory. */
const MEMORY_PRESSURE = 85;
const MEMORY_PRESSURE_COST = 1.5;

/** Plays the second that begins at the state's time. */
export function stepTraffic(state: ServiceState): void {
  const conditions = conditionsNow(state);
  const demand = demandAt(state, conditions);
  const running = state.tasks.filter((task) => task.lastStatus === 'RUNNING');
  const serving = running.filter((task) => task.healthy);
  const second: Second = {
    ...openPeriods(state.metrics, state.time),
    demand,
    pool: poolAt(
      state.settings.dbPool,
      state.poolServers,
      conditions,
      running.length,
      demand.requestsPerSecond,
    ),
    running: running.length,
    serving: serving.length,
    unhealthy: running.filter((task) => task.unhealthySince !== undefined).length,
    served: 0,
    failed: 0,
    backlog: 0,
    poolBacklog: 0,
    heldConnections: 0,
    costs: 0,
    latency: new LatencyMixture(),
  };
  const arriving = serving.length > 0 ? demand.requestsPerSecond / serving.length : 0;
  for (const task of running) serve(state, task, task.healthy ? arriving : 0, demand, conditions, second);
  for (const task of state.tasks) {
    const drains = task.lastStatus === 'DEACTIVATING' && task.queue > 0;
    if (drains) serve(state, task, 0, demand, conditions, second);
  }
  stepCache(state, conditions, second.served);
  recordNeighbour(second, conditions);
  recordSecond(state, second);
}

function serve(
  state: ServiceState,
  task: Task,
  arriving: number,
  demand: Demand,
  conditions: Conditions,
  second: Second,
): void {
  const { settings } = state;
  const { pool } = second;
  const cost = demand.cost * (task.behaviour.cost ?? 1) * memoryCost(task);
  const extraSeconds =
    pool.waitSeconds + pool.holdSeconds - settings.dbPool.holdSeconds + demand.cacheSeconds;
  const output = stepQueue(task.queue, {
    arriving,
    cpuRate: settings.capacityPerTask / cost,
    poolRate: conditions.databaseDown ? Number.POSITIVE_INFINITY : pool.ratePerTask,
    baseSeconds: settings.baseLatencySeconds * cost,
    extraSeconds,
    slots: settings.queueSlots,
    timeoutSeconds: settings.clientTimeoutSeconds,
  });
  task.queue = output.queue;
  const stretch = (output.meanSeconds - extraSeconds) / (settings.baseLatencySeconds * cost);
  const ownErrors = (task.behaviour.errorShare ?? 0) + pool.refusedShare + conditions.cache.errorShare;
  recordTask(state, task, second, {
    output,
    cost,
    errorShare: conditions.databaseDown ? 1 : Math.min(1, ownErrors),
    stretch,
  });
}

function memoryCost(task: Task): number {
  const pressure = Math.max(0, task.memoryPercent - MEMORY_PRESSURE) / (100 - MEMORY_PRESSURE);
  return 1 + MEMORY_PRESSURE_COST * pressure;
}
