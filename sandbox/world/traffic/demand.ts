/** What the clients ask for in one second, and how many tasks that needs. */

import { highestUtilisation } from '../model/latency.ts';
import type { Settings } from '../model/options.ts';
import { clippedNormal } from '../model/random.ts';
import type { ServiceState } from '../model/state.ts';
import type { Conditions } from '../model/troubles.ts';
import type { PoolState } from './pool.ts';

export interface Demand {
  requestsPerSecond: number;
  /** CPU time of a request, relative to an ordinary one. */
  cost: number;
  /** What a request waits for the cache, while that does what takes long. */
  cacheSeconds: number;
}

/** An answer without the database costs hardly any CPU. */
const FAST_FAILURE_COST = 0.2;
/** A backlog should be gone within this time. */
const BACKLOG_SECONDS = 120;
/** Where no number of tasks meets the latency limit, tasks are needed up to this utilisation. */
const FALLBACK_UTILISATION = 0.85;

/** Demand of the second that begins at the state's time. */
export function demandAt(state: ServiceState, conditions: Conditions): Demand {
  const { settings, noise, time } = state;
  const minute = Math.floor(time / 60_000);
  if (noise.minute !== minute) {
    noise.minute = minute;
    noise.value = clippedNormal(state.random.traffic, 2);
  }
  const offered = Math.max(0, settings.arrivals(Math.max(0, (time - state.start) / 1000)));
  const people = offered * conditions.trafficFactor;
  // Counts per minute vary as in a Poisson process.
  const requests = people * Math.max(0, 1 + noise.value / Math.sqrt(Math.max(1, people * 60)));
  let total = requests;
  let work = requests;
  for (const bots of conditions.bots) {
    total += bots.requestsPerSecond;
    work += bots.requestsPerSecond * bots.cost;
  }
  const failing = conditions.databaseDown ? FAST_FAILURE_COST : 1;
  return {
    requestsPerSecond: total,
    cost: conditions.cost * failing * (total > 0 ? work / total : 1),
    cacheSeconds: conditions.cache.waitSeconds,
  };
}

/**
 * The fewest tasks that keep p99 within the warning limit at this demand and also work off `backlog` requests
 * in two minutes. `cost` is that of a request on the tasks that serve now. Not `attainable` when the connection
 * pool is too small for the demand, or when even an idle task is slower than the limit.
 */
export function neededTasks(
  settings: Settings,
  demand: Demand,
  cost: number,
  backlog: number,
  pool: PoolState,
): { needed: number; attainable: boolean } {
  const extra = pool.waitSeconds + pool.holdSeconds - settings.dbPool.holdSeconds + demand.cacheSeconds;
  const utilisation = highestUtilisation(
    settings.baseLatencySeconds * cost,
    settings.p99WarningSeconds,
    extra,
  );
  const rate = (settings.capacityPerTask / cost) * (utilisation ?? FALLBACK_UTILISATION);
  const needed = Math.ceil((demand.requestsPerSecond + backlog / BACKLOG_SECONDS) / rate);
  return {
    needed: Math.max(1, needed),
    attainable: utilisation !== undefined && demand.requestsPerSecond <= pool.totalRate,
  };
}
