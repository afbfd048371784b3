import type { CacheRelief, CacheReliefPlan, ReliefCode } from '../../document/cache-relief.ts';
import type { ChangeRow } from '../changes.ts';
import { rounded } from '../numbers.ts';
import { many } from '../pools/words.ts';
import { hitRateText, percent, size } from './words.ts';

/** What a relief is called: as a name, as a question to who approves it, on the button, and what it risks. */
interface ReliefWords {
  name: string;
  question: (of: string) => string;
  approve: string;
  risk: string;
  undo: string;
}

export const reliefWords: Record<ReliefCode, ReliefWords> = {
  policy: {
    name: 'Eviction',
    question: (of) => `Let the cache of ${of} evict keys?`,
    approve: 'Approve eviction',
    risk: 'Keys go that were not used for long: with volatile-lru those with a time to live, with allkeys-lru any of them, sessions and locks too if they are kept here. What goes is read from the database again. No key goes before room is needed.',
    undo: 'By the policy’s way back.',
  },
  unlink: {
    name: 'Removal of keys',
    question: (of) => `Remove keys from the cache of ${of}?`,
    approve: 'Approve removal',
    risk: 'What is removed is read from the database until it is cached again. Keys go in batches; before each the switch, the memory and the database are looked at, and it ends as soon as there is room.',
    undo: 'Not at all: what is removed is made again as it is asked for. The switch stops it between two batches.',
  },
  flush: {
    name: 'Flush',
    question: (of) => `FLUSH the whole cache of ${of}?`,
    approve: 'Approve FLUSHALL',
    risk: 'Everything goes at once, in every database of the server: sessions and locks too. Every read goes to the database until the cache is warm again.',
    undo: 'Not at all: what is gone is made again as it is asked for.',
  },
  restore: {
    name: 'The policy’s way back',
    question: (of) => `Give the cache of ${of} its policy back?`,
    approve: 'Approve the way back',
    risk: 'The cache evicts no more: when its memory is full, writes fail.',
    undo: 'By redis-emergency, started again once the cache is full: it proposes the same policy.',
  },
};

/** The setting by its name in redis.conf. */
const policyLabel = 'maxmemory-policy';

/** Everything that a relief changes, before and after. */
export function reliefRows(relief: CacheRelief): ChangeRow[] {
  switch (relief.code) {
    case 'policy':
    case 'restore':
      return [{ label: policyLabel, from: relief.from, to: relief.to }];
    case 'unlink':
      return relief.prefixes.map(({ prefix, keys, finished }) => ({
        label: `Keys ${prefix}*`,
        from: finished ? rounded(keys) : `at least ${rounded(keys)}`,
        to: 'removed until there is room',
      }));
    case 'flush':
      return [{ label: 'Keys', from: rounded(relief.of.keys), to: '0' }];
  }
}

/** What is at stake, and what the database does now: what an approver has to know besides the change itself. */
export function stakesTexts({ relief, database, place }: CacheReliefPlan): string[] {
  const { of, memory, hitRate, cluster } = relief;
  return [
    `${place}: ${memoryText(memory)}, policy ${memory.policy}; ${many(of.keys, 'key')}, ${rounded(of.expiring)} with a time to live`,
    hitRate
      ? `${hitRateText(hitRate)}: that share of the reads is answered without the database now`
      : 'No read was counted yet: what the loss of keys costs is unknown',
    ...(database ? [databaseText(database)] : []),
    ...(cluster ? ['One node of a cluster: this is of that node alone'] : []),
  ];
}

/** "508 MB of 512 MB in use (99.2 %)"; without a limit the use alone. */
export const memoryText = ({ counted, limit }: Pick<CacheRelief['memory'], 'counted' | 'limit'>): string =>
  limit === 0
    ? `${size(counted)} in use, no maxmemory`
    : `${size(counted)} of ${size(limit)} in use (${percent(counted, limit)})`;

/** What PostgreSQL does now, and from when on it is left alone. */
const databaseText = ({ sessions, limit }: NonNullable<CacheReliefPlan['database']>): string =>
  sessions === undefined
    ? `PostgreSQL’s active sessions are unknown; nothing is removed until they are known (limit ${rounded(limit)})`
    : `PostgreSQL: ${many(sessions, 'active session')}; nothing is removed above ${rounded(limit)}`;
