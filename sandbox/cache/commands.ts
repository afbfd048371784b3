import type { SimulatedCache } from '../world/model/types.ts';

/** What Redis 7 refuses, in its own words. Source: its sources, and test/integration/cache-contract.test.ts. */

/** What the reader of docs/permissions.md may ask. */
const reading = ['ping', 'info', 'slowlog|get'];
/** And what relieves a cache. */
const relieving = ['scan', 'unlink', 'dbsize', 'set', 'flushall', 'config|get', 'config|set'];

/** By how many words each may be followed; what changes keys, and what may take memory for it. */
const known: Readonly<Record<string, { least: number; most?: number; writes?: true; grows?: true }>> = {
  ping: { least: 0, most: 1 },
  info: { least: 0 },
  'slowlog|get': { least: 0, most: 1 },
  dbsize: { least: 0, most: 0 },
  scan: { least: 1 },
  unlink: { least: 1, writes: true },
  set: { least: 2, writes: true, grows: true },
  flushall: { least: 0, most: 1, writes: true },
  'config|get': { least: 1 },
  'config|set': { least: 2 },
};
/** Commands of two words. */
const containers = ['config', 'slowlog'];

/** While it loads. */
const answersLoading = ['info', 'slowlog|get', 'config|get', 'config|set'];

/** How Redis names a command in what it refuses: `unlink`, `config|get`. */
export function nameOf(command: string, words: readonly string[]): string {
  const name = command.toLowerCase();
  const [second] = words;
  return containers.includes(name) && second !== undefined ? `${name}|${second.toLowerCase()}` : name;
}

/** How a command stands in the record of calls and writes: `redis:UNLINK`, `redis:CONFIG SET`. */
export const callOf = (command: string, words: readonly string[]): string =>
  `redis:${nameOf(command, words).toUpperCase().replace('|', ' ')}`;

interface Asked {
  cache: SimulatedCache;
  user: string;
  mayRelieve: boolean;
}

/** @throws Error as Redis refuses the command to this user now, before it looks at its words */
export function refuse({ cache, user, mayRelieve }: Asked, command: string, words: readonly string[]): void {
  const name = nameOf(command, words);
  const { managed } = cache.state;
  const rule = known[name];
  if (managed && name.startsWith('config')) throw unknown(command, words);
  if (!rule && containers.includes(name)) throw wrongNumber(name);
  if (!rule) throw unknown(command, words);
  const given = words.length - (name.includes('|') ? 1 : 0);
  if (given < rule.least || given > (rule.most ?? Number.POSITIVE_INFINITY)) throw wrongNumber(name);
  if (![...reading, ...(mayRelieve ? relieving : [])].includes(name))
    throw new Error(`NOPERM User ${user} has no permissions to run the '${name}' command`);
  if (cache.readOnly === 'snapshot' && (rule.writes || name === 'ping')) throw new Error(misconfigured);
  if (cache.readOnly === 'replica' && rule.writes)
    throw new Error("READONLY You can't write against a read only replica.");
  if (cache.loading && !answersLoading.includes(name))
    throw new Error('LOADING Redis is loading the dataset in memory');
}

const unknown = (command: string, words: readonly string[]): Error =>
  new Error(
    `ERR unknown command '${command}', with args beginning with: ${words.map((word) => `'${word}' `).join('')}`,
  );
const wrongNumber = (name: string): Error => new Error(`ERR wrong number of arguments for '${name}' command`);

const misconfigured =
  "MISCONF Redis is configured to save RDB snapshots, but it's currently unable to persist to disk. Commands that may modify the data set are disabled, because this instance is configured to report errors during writes if RDB snapshotting fails (stop-writes-on-bgsave-error option). Please check the Redis logs for details about the RDB error.";

export const syntaxError = (): Error => new Error('ERR syntax error');
export const outOfMemory = (): Error => new Error("OOM command not allowed when used memory > 'maxmemory'.");
