import type { Reading } from '../core/reading.ts';
import type { Unknown } from '../core/unknown.ts';
import type { Cache, Counters, SlowCommand } from './types.ts';

/** How often a read found its key: between the two looks where enough was read, otherwise since the server started. */
export interface HitRate {
  hits: number;
  reads: number;
  since: 'looks' | 'start';
}

/** The closed list of what may be wrong with a cache, each with its facts. */
export type FindingFacts = {
  /** It answers nothing but that it reads its keys from disk. */
  loading: { secondsLeft?: number };
  /** Nobody further gets in; `rejected` new connections were refused between the looks. */
  refusing: { clients?: { connected: number; limit?: number }; rejected?: number };
  /** Writes fail, while it answers PING; `refused` commands between the looks, where that was seen. */
  full: { cache: Cache; refused?: number; hitRate?: HitRate };
  /** It takes no write: a replica, or one that cannot save its snapshot. */
  'read-only':
    | { because: 'replica'; host: string; port: number }
    | { because: 'snapshot' | 'append-only-file' | 'no-replica' };
  /** Full, and keys are removed to make room for new ones. */
  evicting: { cache: Cache; evicted: number; seconds: number; hitRate?: HitRate };
  /** Commands of the last minutes kept everybody else waiting. */
  slow: { commands: readonly SlowCommand[] };
  unreachable: { unknown: Unknown };
  unknown: {
    what: 'cache' | 'ping' | 'slowlog' | 'out-of-memory' | 'maxclients' | 'growth';
    unknown: Unknown;
  };
  ok: { cluster: boolean };
};

/** One thing that is wrong with a cache, or that nothing is. */
export type Finding = {
  [Code in keyof FindingFacts]: { code: Code } & FindingFacts[Code];
}[keyof FindingFacts];

/** What was read, and the same some seconds before where growth matters. */
export interface CacheSeen {
  reading: Reading<Cache>;
  before?: { reading: Reading<Cache>; secondsAgo: number };
}

/** A command of this length is felt by every client: Redis does one after the other. */
export const longMilliseconds = 100;
/** Older ones say nothing of now. */
const recentSeconds = 300;
/** Fewer reads say nothing of the rate. */
const enoughReads = 20;

const isAtLimit = ({ memory: { counted, limit } }: Cache): boolean => limit > 0 && counted >= limit;

/** Whether something was counted, so that a second look says whether it still happens. */
export function needsSecondLook(reading: Reading<Cache>): boolean {
  if ('unknown' in reading || reading.value.loading) return false;
  const { evicted, rejected, outOfMemory } = reading.value.counters;
  return evicted > 0 || rejected > 0 || ('value' in outOfMemory && outOfMemory.value > 0);
}

/** A counter that is lower than before began again with the server. */
const growth = (now: number, before: number): number => (now >= before ? now - before : now);

const growthIfRead = (now: Reading<number>, before: Reading<number>): number | undefined =>
  'value' in now && 'value' in before ? growth(now.value, before.value) : undefined;

interface Growth {
  evicted: number;
  rejected: number;
  outOfMemory: number | undefined;
  hits: number;
  misses: number;
}

function growthOf(now: Counters, before: Counters): Growth {
  return {
    evicted: growth(now.evicted, before.evicted),
    rejected: growth(now.rejected, before.rejected),
    outOfMemory: growthIfRead(now.outOfMemory, before.outOfMemory),
    hits: growth(now.hits, before.hits),
    misses: growth(now.misses, before.misses),
  };
}

/** Undefined where nothing was read at all. */
function hitRateOf({ counters }: Cache, grown: Growth | undefined): HitRate | undefined {
  const lately = grown ? grown.hits + grown.misses : 0;
  if (grown && lately >= enoughReads) return { hits: grown.hits, reads: lately, since: 'looks' };
  const reads = counters.hits + counters.misses;
  return reads === 0 ? undefined : { hits: counters.hits, reads, since: 'start' };
}

/** What is wrong with a cache, the cause that has to go first in front. Pure. Source: runbook, Redis Cache Emergency. */
export function cacheVerdict({ reading, before }: CacheSeen): [Finding, ...Finding[]] {
  if ('unknown' in reading) return [unread(reading.unknown)];
  const cache = reading.value;
  if (cache.loading) return [{ code: 'loading', ...cache.loading }];
  const grown =
    before && 'value' in before.reading ? growthOf(cache.counters, before.reading.value.counters) : undefined;
  const rate = hitRateOf(cache, grown);
  const hitRate = rate ? { hitRate: rate } : {};
  const [first, ...more] = [
    ...refusing(cache, grown),
    ...readOnly(cache),
    ...full(cache, grown, hitRate),
    ...(grown && before && grown.evicted > 0
      ? [{ code: 'evicting' as const, cache, evicted: grown.evicted, seconds: before.secondsAgo, ...hitRate }]
      : []),
    ...slow(cache),
    ...unknowns(cache, before),
  ];
  return first ? [first, ...more] : [{ code: 'ok', cluster: cache.cluster }];
}

function unread(unknown: Unknown): Finding {
  switch (unknown.cause) {
    case 'clients-full':
      return { code: 'refusing' };
    case 'unreachable':
    case 'late':
      return { code: 'unreachable', unknown };
    default:
      return { code: 'unknown', what: 'cache', unknown };
  }
}

function refusing({ clients: { connected, limit } }: Cache, grown: Growth | undefined): Finding[] {
  const most = 'value' in limit ? limit.value : undefined;
  const rejected = grown?.rejected ?? 0;
  // This reader is one of them, and the last one.
  if (rejected === 0 && connected < (most ?? Number.POSITIVE_INFINITY)) return [];
  return [
    {
      code: 'refusing',
      clients: { connected, ...(most === undefined ? {} : { limit: most }) },
      ...(rejected > 0 ? { rejected } : {}),
    },
  ];
}

const unsaved = { 'snapshot-failed': 'snapshot', 'append-failed': 'append-only-file' } as const;

function readOnly({ replicaOf, ping, lacksReplicas }: Cache): Finding[] {
  if (replicaOf) return [{ code: 'read-only', because: 'replica', ...replicaOf }];
  if ('value' in ping && ping.value !== 'ok') return [{ code: 'read-only', because: unsaved[ping.value] }];
  return lacksReplicas ? [{ code: 'read-only', because: 'no-replica' }] : [];
}

/** Whether its policy has nothing that it may remove. */
const evictsNothing = ({ memory: { policy }, expiring }: Cache): boolean =>
  policy === 'noeviction' || (policy.startsWith('volatile-') && expiring === 0);

/** Under any policy where commands are refused now; from the limit on where nothing may be removed. */
function full(cache: Cache, grown: Growth | undefined, hitRate: { hitRate?: HitRate }): Finding[] {
  const refused = grown?.outOfMemory ?? 0;
  if (refused === 0 && !(evictsNothing(cache) && isAtLimit(cache))) return [];
  return [{ code: 'full', cache, ...(refused > 0 ? { refused } : {}), ...hitRate }];
}

function slow({ slow: commands }: Cache): Finding[] {
  if ('unknown' in commands) return [];
  const long = commands.value.filter(
    ({ milliseconds, secondsAgo }) => milliseconds >= longMilliseconds && secondsAgo <= recentSeconds,
  );
  return long.length > 0 ? [{ code: 'slow', commands: long }] : [];
}

/** What was asked and not answered: nothing is ok without it. */
function unknowns(cache: Cache, before: CacheSeen['before']): Finding[] {
  const parts: (readonly [FindingFacts['unknown']['what'], Reading<unknown>])[] = [
    ['ping', cache.ping],
    ['slowlog', cache.slow],
    ['maxclients', cache.clients.limit],
    ['out-of-memory', cache.counters.outOfMemory],
    ...(before ? [['growth', before.reading] as const] : []),
  ];
  return parts.flatMap(([what, part]) =>
    'unknown' in part ? [{ code: 'unknown' as const, what, unknown: part.unknown }] : [],
  );
}
