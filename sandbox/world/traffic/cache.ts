/** One second of a cache: what the tasks find in it, and what they write. */

import { type CacheState, hasRoom, readPrefix, removeOldest, warmth, write } from '../model/cache.ts';
import { CACHE_MISS, type Conditions } from '../model/troubles.ts';

/** Reads of one request. */
const READS = 20;
/** Of a warm cache: what is not found has just expired, and is written again. */
const WARM_HIT_RATE = 0.92;
/** Within this time a key expires that nobody can write again, seconds. */
const TIME_TO_LIVE = 3600;
/** The conditions with what the tasks feel of a cache that lacks keys: they make it again from the database. */
export function withCache(conditions: Conditions, cache: CacheState): Conditions {
  // Who cannot reach it misses everything, and that is in the conditions.
  const missing = conditions.redisDown ? 0 : 1 - warmth(cache);
  if (missing === 0) return conditions;
  return {
    ...conditions,
    cost: conditions.cost * (1 + (CACHE_MISS.cost - 1) * missing),
    holdFactor: conditions.holdFactor * (1 + (CACHE_MISS.holdFactor - 1) * missing),
  };
}

/** Plays the second in which so many requests were served. */
export function stepCache(cache: CacheState, conditions: Conditions, requests: number): void {
  if (conditions.redisDown) return;
  const rate = WARM_HIT_RATE * warmth(cache);
  const reads = requests * READS;
  cache.counters.hits += reads * rate;
  cache.counters.misses += reads * (1 - rate);
  if (!hasRoom(cache)) expire(cache);
  const group = cache.groups.find(({ prefix }) => prefix === readPrefix);
  if (!group) return;
  // What expired in a warm cache is written again in the same second: only what it lacks is new.
  cache.part.written += reads * (WARM_HIT_RATE - rate);
  for (; cache.part.written >= 1; cache.part.written -= 1) write(cache, group);
}

/** Where no write is taken, nobody writes again what expires. */
function expire(cache: CacheState): void {
  for (const group of cache.groups.filter(({ expires }) => expires)) {
    cache.part.expired += group.count / TIME_TO_LIVE;
    for (; cache.part.expired >= 1; cache.part.expired -= 1) removeOldest(cache, group);
  }
}
