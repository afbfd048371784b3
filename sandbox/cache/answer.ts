import { put, takesWrite } from '../world/model/cache.ts';
import { keyCounts, keyOf, removeEveryKey, removeKeys, scanKeys } from '../world/model/cache-keys.ts';
import type { SimulatedCache } from '../world/model/types.ts';
import { outOfMemory, syntaxError } from './commands.ts';
import { infoOf } from './info.ts';

/** What one command answers that nothing refuses. Source: Redis, Commands. */
export function answerOf(cache: SimulatedCache, name: string, words: readonly string[]): unknown {
  const { state } = cache;
  switch (name) {
    case 'ping':
      return words[0] ?? 'PONG';
    case 'info':
      return infoOf(cache, words[0] ?? '');
    case 'slowlog|get':
      return slowest(cache, words[1]);
    case 'dbsize':
      return keyCounts(state).keys;
    case 'scan':
      return scan(cache, words);
    case 'unlink':
      return removeKeys(state, words);
    case 'set':
      return set(cache, words[0] ?? '');
    case 'flushall':
      if (!/^(a?sync)?$/i.test(words[0] ?? '')) throw syntaxError();
      removeEveryKey(state);
      return 'OK';
    case 'config|get':
      return words.slice(1).flatMap((setting) => configOf(cache)[setting.toLowerCase()] ?? []);
    default:
      return configure(cache, words.slice(1));
  }
}

/** Number, Unix time, microseconds, the command with its words, address and name of the client. */
function slowest({ slow = [] }: SimulatedCache, count = '10'): unknown[] {
  if (!/^(-1|\d{1,9})$/.test(count)) throw new Error('ERR count should be greater than or equal to -1');
  return slow
    .slice(0, count === '-1' ? slow.length : Number(count))
    .map(({ at, milliseconds, words }, index) => [
      slow.length - 1 - index,
      Math.floor(at / 1000),
      milliseconds * 1000,
      words,
      '10.0.2.7:50312',
      '',
    ]);
}

function scan({ state }: SimulatedCache, [cursor = '', ...options]: readonly string[]): unknown {
  if (!/^\d{1,15}$/.test(cursor)) throw new Error('ERR invalid cursor');
  const given = { match: '*', count: '10' };
  for (let index = 0; index < options.length; index += 2) {
    const name = options[index]?.toLowerCase();
    const value = options[index + 1];
    if (value === undefined || (name !== 'match' && name !== 'count')) throw syntaxError();
    given[name] = value;
  }
  if (!/^[1-9]\d{0,8}$/.test(given.count)) throw syntaxError();
  const found = scanKeys(state, Number(cursor), Number(given.count));
  const pattern = patternOf(given.match);
  return [String(found.cursor), found.keys.filter((key) => pattern.test(key))];
}

/** Redis's patterns: `*`, `?`, a set such as `[ab]`, and `\` before what stands for itself. */
function patternOf(glob: string): RegExp {
  const itself = (text: string) => text.replace(/[^\w]/g, '\\$&');
  const parts = glob.replace(
    /\\(.)|\[([\w:]+)\]|([*?])|([^\w])/gs,
    (_, quoted?: string, set?: string, wild?: string, other = '') => {
      if (set !== undefined) return `[${set}]`;
      if (wild !== undefined) return wild === '*' ? '.*' : '.';
      return itself(quoted ?? other);
    },
  );
  return new RegExp(`^${parts}$`, 's');
}

/** A key that the tasks know; others are not kept. */
function set({ state }: SimulatedCache, key: string): string {
  if (!takesWrite(state)) throw outOfMemory();
  const place = keyOf(state, key);
  if (place) put(state, place.group, place.key, 1);
  return 'OK';
}

/** What maxmemory-policy may be, in the order in which Redis names them. */
export const policies = [
  ...['volatile-lru', 'volatile-lfu', 'volatile-random', 'volatile-ttl'],
  ...['allkeys-lru', 'allkeys-lfu', 'allkeys-random', 'noeviction'],
] as const;

const configOf = ({ state }: SimulatedCache): Record<string, readonly [string, string]> => ({
  'maxmemory-policy': ['maxmemory-policy', state.policy],
  maxmemory: ['maxmemory', String(state.limit)],
  maxclients: ['maxclients', String(state.maxClients)],
});

/** The policy alone can be set here. */
function configure({ state }: SimulatedCache, [name = '', value = '']: readonly string[]): string {
  const setting = name.toLowerCase();
  if (setting !== 'maxmemory-policy')
    throw new Error(`ERR Unknown option or number of arguments for CONFIG SET - '${name}'`);
  const policy = policies.find((one) => one === value.toLowerCase());
  if (!policy)
    throw new Error(
      `ERR CONFIG SET failed (possibly related to argument '${setting}') - argument(s) must be one of the following: ${policies.join(', ')}`,
    );
  state.policy = policy;
  return 'OK';
}
