/** One second of a cache: what the tasks find in it and write to it, and what they feel of it. */

import {
  type CacheState,
  jobGroup,
  type KeyGroup,
  readGroup,
  refusesWrites,
  removeAll,
  removeOldest,
  warmth,
  write,
} from '../model/cache.ts';
import type { ServiceState } from '../model/state.ts';
import { CACHE_MISS, type Conditions, conditionsAt } from '../model/troubles.ts';

/** Keys that a request reads, and what share of the requests writes to the cache besides. */
const READS = 20;
const WRITING_SHARE = 0.1;
/** Of a warm cache: what is not found has just expired, and is written again. */
const WARM_HIT_RATE = 0.92;
/** Within this time a key expires that nobody can write again, seconds. */
const TIME_TO_LIVE = 3600;
const MEBIBYTE = 1_048_576;

/** The conditions of the present second, with what the tasks feel of their cache. */
export function conditionsNow(state: ServiceState): Conditions {
  const conditions = conditionsAt(state.settings.troubles, (state.time - state.start) / 1000);
  // Who cannot ask it misses everything, and that is in the conditions.
  if (isSilent(conditions)) return conditions;
  const found = warmth(state.cache) * (1 - refusedShare(state, conditions));
  const errorShare = cacheTakesNoWrite(state.cache, conditions) ? WRITING_SHARE : 0;
  if (found === 1 && errorShare === 0) return conditions;
  return {
    ...conditions,
    cost: conditions.cost * (1 + (CACHE_MISS.cost - 1) * (1 - found)),
    holdFactor: conditions.holdFactor * (1 + (CACHE_MISS.holdFactor - 1) * (1 - found)),
    cache: { ...conditions.cache, errorShare },
  };
}

const isSilent = ({ redisDown, cache }: Conditions): boolean => redisDown || cache.loadsUntil !== undefined;

const cacheTakesNoWrite = (cache: CacheState, conditions: Conditions): boolean =>
  conditions.cache.readOnly !== undefined || refusesWrites(cache);

/** Client connections of the running tasks: each has one. */
export const clientsOf = ({ tasks }: ServiceState): number =>
  tasks.filter(({ lastStatus }) => lastStatus === 'RUNNING').length;

/** The share of the tasks that the cache lets in no more. */
function refusedShare(state: ServiceState, { cache: { clientsHeld } }: Conditions): number {
  const clients = clientsOf(state);
  const beyond = clients + clientsHeld - state.cache.maxClients;
  return Math.min(1, Math.max(0, beyond) / Math.max(1, clients));
}

/** So long the service's own health check waits for the cache, seconds. */
const HEALTH_SECONDS = 1;

/** Whether the service's own health check finds the cache down: it writes a key and reads it, and gives it a second. */
export const cacheFails = (state: ServiceState, conditions: Conditions): boolean =>
  isSilent(conditions) ||
  cacheTakesNoWrite(state.cache, conditions) ||
  conditions.cache.longestSeconds > HEALTH_SECONDS ||
  refusedShare(state, conditions) > 0;

/** Plays the second in which so many requests were served. */
export function stepCache(state: ServiceState, conditions: Conditions, requests: number): void {
  if (isSilent(conditions)) return;
  const { cache } = state;
  const { counters, part } = cache;
  const refused = refusedShare(state, conditions);
  // They try again every second.
  counters.rejected += refused * clientsOf(state);
  const rate = WARM_HIT_RATE * warmth(cache);
  const reads = requests * (1 - refused) * READS;
  counters.hits += reads * rate;
  counters.misses += reads * (1 - rate);
  if (refusesWrites(cache)) {
    expire(cache);
    counters.outOfMemory += requests * (1 - refused) * WRITING_SHARE;
  }
  if (conditions.cache.readOnly) return;
  runJob(cache, conditions.cache.fillsPerSecond);
  // What expired in a warm cache is written again in the same second: only what it lacks is new.
  part.written += reads * (WARM_HIT_RATE - rate);
  part.written = writeWhole(cache, readGroup(cache), part.written);
}

/** Writes the whole keys of a number that grows by parts, and returns what is left of it. */
function writeWhole(cache: CacheState, group: KeyGroup | undefined, keys: number): number {
  if (group) for (let key = 0; key < Math.floor(keys); key += 1) write(cache, group);
  return keys % 1;
}

/** The job writes until it is over, and then removes what it has written. */
function runJob(cache: CacheState, mebibytes: number): void {
  const group = jobGroup(cache);
  if (!group) return;
  if (mebibytes === 0) {
    if (cache.jobRuns) removeAll(cache, group);
    cache.jobRuns = false;
    return;
  }
  cache.jobRuns = true;
  const keys = cache.part.job + (mebibytes * MEBIBYTE) / group.bytesPerKey;
  cache.part.job = writeWhole(cache, group, keys);
}

/** Where no write is taken, nobody writes again what expires. */
function expire(cache: CacheState): void {
  for (const group of cache.groups.filter(({ expires }) => expires)) {
    cache.part.expired += group.count / TIME_TO_LIVE;
    for (; cache.part.expired >= 1; cache.part.expired -= 1) removeOldest(cache, group);
  }
}
