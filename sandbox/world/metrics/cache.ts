import type { ServiceState } from '../model/state.ts';
import { isActive } from '../model/troubles.ts';
import type { SimulatedCache } from '../model/types.ts';
import { clientsOf, conditionsNow } from '../traffic/cache.ts';

/** How many slow commands Redis keeps (slowlog-max-len). */
const kept = 128;

/** What is to be known of the cache now. */
export function cacheNow(state: ServiceState): SimulatedCache {
  const { redisDown: down, cache } = conditionsNow(state);
  const { time, start } = state;
  return {
    down,
    clients: clientsOf(state) + cache.clientsHeld,
    at: time,
    state: state.cache,
    slow: slowCommands(state),
    ...(cache.readOnly && { readOnly: cache.readOnly }),
    ...(cache.loadsUntil !== undefined && {
      loading: { secondsLeft: Math.ceil(cache.loadsUntil - (time - start) / 1000) },
    }),
  };
}

/** They stay in the log when they are over. */
function slowCommands({ settings, time, start }: ServiceState): NonNullable<SimulatedCache['slow']> {
  const now = (time - start) / 1000;
  const moments = settings.troubles.flatMap((trouble) => {
    if (trouble.kind !== 'redis-slow' || trouble.from > now) return [];
    const { from, everySeconds, milliseconds } = trouble;
    const last = isActive(trouble, now) ? now : trouble.until - 1;
    const count = Math.min(kept, Math.floor((last - from) / everySeconds) + 1);
    const newest = from + everySeconds * Math.floor((last - from) / everySeconds);
    return Array.from({ length: count }, (_, index) => ({
      at: start + (newest - index * everySeconds) * 1000,
      milliseconds,
      words: ['KEYS', '*'],
    }));
  });
  return moments.sort((a, b) => b.at - a.at).slice(0, kept);
}
