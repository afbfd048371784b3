import { InvalidInputError } from '../core/errors.ts';
import type { Reading } from '../core/reading.ts';
import type { Unknown } from '../core/unknown.ts';
import type { AskCache } from '../lambda/context.ts';
import { faultOf, isRefusal } from './faults.ts';
import { memoryOf } from './info.ts';
import type { Stop } from './next-batch.ts';
import { approversNeeded, type PrefixCount } from './relief.ts';
import type { Cache } from './types.ts';

/**
 * What is done to a cache, over a connection that is open. It knows one database of one server: of a cluster each primary is
 * asked by itself.
 */
export interface Session {
  ask: AskCache;
  /** Who is logged in, so that a refusal names them. */
  user: string | undefined;
}

/** For how many keys SCAN looks at a time: about a millisecond in which everybody else waits. */
const keysAtATime = '1000';
/** The cursor with which SCAN begins, and which it gives when it has seen everything. */
const start = '0';

interface Scanned {
  cursor: string;
  keys: readonly string[];
}

const isText = (value: unknown): value is string => typeof value === 'string';

/** The pattern of all keys that begin so. Source: Redis, KEYS: what `*`, `?`, `[` and `\` mean. */
const patternOf = (prefix: string): string => `${prefix.replace(/[*?[\]\\]/g, '\\$&')}*`;

/** @throws InvalidInputError when the prefix is empty, for every key begins so, or the answer has another form */
async function scan(ask: AskCache, prefix: string, from: string): Promise<Scanned> {
  if (prefix === '') throw new InvalidInputError('prefix: must not be empty');
  const answer = await ask('SCAN', from, 'MATCH', patternOf(prefix), 'COUNT', keysAtATime);
  const [cursor, keys] = Array.isArray(answer) ? answer : [];
  if (!isText(cursor) || !Array.isArray(keys) || !keys.every(isText))
    throw new InvalidInputError('SCAN: an answer of another form');
  return { cursor, keys: keys.filter((key) => key.startsWith(prefix)) };
}

/**
 * How many keys begin with each prefix. All are counted side by side, so that each has a count when the time is over: one
 * that is not finished then is a lower bound. While the server's table of keys grows or shrinks, one may count twice.
 * @param isOver asked before each look at some 1,000 keys
 */
export async function countPrefixes(
  { ask, user }: Session,
  prefixes: readonly string[],
  isOver: () => boolean,
): Promise<Reading<readonly PrefixCount[]>> {
  const counts = prefixes.map((prefix) => ({ prefix, keys: 0, finished: false, cursor: start }));
  try {
    while (counts.some(({ finished }) => !finished))
      for (const count of counts.filter(({ finished }) => !finished)) {
        if (isOver()) return { value: counts.map(withoutCursor) };
        const { cursor, keys } = await scan(ask, count.prefix, count.cursor);
        Object.assign(count, { cursor, keys: count.keys + keys.length, finished: cursor === start });
      }
    return { value: counts.map(withoutCursor) };
  } catch (error) {
    return { unknown: faultOf(error, user) };
  }
}

const withoutCursor = ({ prefix, keys, finished }: PrefixCount): PrefixCount => ({ prefix, keys, finished });

/** What goes on around the removal of keys. */
export interface Batches {
  /** Asked before every batch, the first too: one looks at some 1,000 keys and removes those of the prefix. */
  mayGoOn(): Promise<'go-on' | Stop>;
  /** Between a batch that removed keys and the next, so that everybody else gets their turn. */
  pause(): Promise<void>;
}

/** How many keys were removed, and why no more; of a batch that broke off, some may have been removed without an answer. */
export interface Unlinked {
  removed: number;
  ended: { code: 'none-left' | Stop } | { code: 'fault'; unknown: Unknown };
  /** Where a later call goes on; absent where it begins anew, or nothing is left. */
  cursor?: string;
}

/**
 * Removes the keys that begin with a prefix, batch by batch; the server frees their memory in the background. Never throws:
 * what was removed is said in every case. Doing it again goes on with what is left, and from a cursor without looking once more
 * at what was seen: where keys are many, one call would never come to the last of them.
 * @param cluster whether the server is a node of a cluster: it takes no command on keys of several slots
 */
export async function unlinkPrefix(
  { ask, user }: Session,
  { prefix, cluster, from = start }: { prefix: string; cluster: boolean; from?: string | undefined },
  { mayGoOn, pause }: Batches,
): Promise<Unlinked> {
  let [removed, cursor] = [0, from];
  const rest = () => (cursor === start ? {} : { cursor });
  try {
    for (;;) {
      const next = await mayGoOn();
      if (next !== 'go-on') return { removed, ended: { code: next }, ...rest() };
      const found = await scan(ask, prefix, cursor);
      const batch = await unlink(ask, together(found.keys, cluster));
      removed += batch.removed;
      if (batch.fault) throw batch.fault.reason;
      cursor = found.cursor;
      if (cursor === start) return { removed, ended: { code: 'none-left' } };
      if (found.keys.length > 0) await pause();
    }
  } catch (error) {
    return { removed, ended: { code: 'fault', unknown: faultOf(error, user) }, ...rest() };
  }
}

/** The keys that one command may name. */
function together(keys: readonly string[], cluster: boolean): (readonly string[])[] {
  if (cluster) return keys.map((key) => [key]);
  return keys.length > 0 ? [keys] : [];
}

/** Commands one after the other without waiting in between; every answer is waited for, so that none is lost for a fault. */
async function unlink(ask: AskCache, commands: (readonly string[])[]) {
  const answers = await Promise.allSettled(commands.map((keys) => ask('UNLINK', ...keys).then(countIn)));
  return {
    removed: answers.reduce((sum, one) => sum + (one.status === 'fulfilled' ? one.value : 0), 0),
    fault: answers.find((one) => one.status === 'rejected'),
  };
}

function countIn(answer: unknown): number {
  if (typeof answer !== 'number') throw new InvalidInputError('UNLINK: an answer of another form');
  return answer;
}

/** The memory by which a relief is judged. */
export async function readMemory({ ask, user }: Session): Promise<Reading<Cache['memory']>> {
  try {
    return { value: memoryOf(String(await ask('INFO', 'memory'))) };
  } catch (error) {
    return { unknown: faultOf(error, user) };
  }
}

/** Everything is gone, or nothing is; `uncertain` where the answer did not come. */
export type Flushed = { code: 'flushed' } | { code: 'refused' | 'uncertain'; unknown: Unknown };

/**
 * Empties the server: every database of it, sessions and locks too; of a cluster this node. The memory is freed in the
 * background.
 * @param approvers the names of those who approved it
 * @throws InvalidInputError when they are not two different people; then nothing was asked
 */
export async function flush({ ask, user }: Session, approvers: readonly string[]): Promise<Flushed> {
  const people = new Set(approvers.map((name) => name.trim().toLowerCase()).filter((name) => name !== ''));
  if (people.size < approversNeeded.flush)
    throw new InvalidInputError(
      `approvers: FLUSHALL needs ${approversNeeded.flush} different people, got ${people.size}`,
    );
  try {
    await ask('FLUSHALL', 'ASYNC');
    return { code: 'flushed' };
  } catch (error) {
    const unknown = faultOf(error, user);
    return { code: isRefusal(unknown) ? 'refused' : 'uncertain', unknown };
  }
}
