import type { ServiceConfig } from '../config/service.ts';
import type { Reading } from '../core/reading.ts';
import type { Unknown } from '../core/unknown.ts';
import type { Cache } from './types.ts';
import type { Finding, FindingFacts, HitRate } from './verdict.ts';

type Configured = NonNullable<ServiceConfig['cache']>;

/** What lets a cache make room by itself: those keys go first that were not used for long. */
export type EvictingPolicy = 'volatile-lru' | 'allkeys-lru';

/**
 * Keys with a time to live would go by themselves: where most have one, those alone need to go, and sessions and locks stay. Pure.
 */
export const evictingPolicyFor = ({ keys, expiring }: Pick<Cache, 'keys' | 'expiring'>): EvictingPolicy =>
  expiring * 2 >= keys ? 'volatile-lru' : 'allkeys-lru';

/** How many different people have to approve what a machine does: what empties everything takes two. */
export const approversNeeded = { policy: 1, unlink: 1, flush: 2 } as const;

/** How many keys begin so, in the database that was asked; at least so many where the count was not finished. */
export interface PrefixCount {
  prefix: string;
  keys: number;
  finished: boolean;
}

/** What an approver has to see: what may go, in what memory, and how many reads find their key now. */
export interface Stakes {
  /** How many keys may go; at least so many where a prefix was not counted to its end. */
  keys: number;
  /** How many keys there are, and how many of them have a time to live. */
  of: Pick<Cache, 'keys' | 'expiring'>;
  memory: Cache['memory'];
  /** Absent where no read was counted yet. */
  hitRate?: HitRate;
  /** It is one node of a cluster, and all of this is of that node alone. */
  cluster: boolean;
}

type Policies = { from: string; to: EvictingPolicy };

/** One relief, with what it puts at stake. What a person types needs no approver here. */
export type Relief = Stakes &
  (
    | ({ code: 'policy'; by: 'machine'; approvers: number } & Policies)
    | ({ code: 'policy'; by: 'person'; because: 'managed' } & Policies)
    | ({ code: 'policy'; by: 'person'; because: 'unread'; unknown: Unknown } & Policies)
    | { code: 'unlink'; approvers: number; prefixes: readonly PrefixCount[] }
    | { code: 'flush'; approvers: number }
  );

/** The closed list of why a relief is not among those that there are. */
export type Omission =
  | { relief: 'policy'; because: 'not-full' | 'evicts-already' | 'keeps-lasting-keys' }
  | { relief: 'unlink'; because: 'no-prefixes' | 'no-keys' }
  | { relief: 'unlink'; because: 'not-counted'; unknown?: Unknown }
  | { relief: 'flush'; because: 'not-asked-for' };

/** The closed list of why nothing is relieved at all: by the verdict's first finding. */
const noRelief = {
  ok: 'nothing-wrong',
  loading: 'loads-by-itself',
  refusing: 'clients-not-memory',
  'read-only': 'takes-no-writes',
  slow: 'commands-not-memory',
  unreachable: 'not-reached',
  unknown: 'not-known',
} as const satisfies Record<Exclude<Finding['code'], 'full' | 'evicting'>, string>;

export type NoRelief = (typeof noRelief)[keyof typeof noRelief];

/** Who asked. Only a person may name the flush; an alarm never does. */
export type Request = { by: 'alarm' } | { by: 'person'; flush?: boolean };

/** What the reliefs follow from. */
export interface ReliefSeen {
  /** The verdict's first. */
  finding: Finding;
  cache: Configured;
  request: Request;
  /** What CONFIG GET says of the policy now; unknown where it is not allowed. */
  policy: Reading<string>;
  counts: Reading<readonly PrefixCount[]>;
}

/** The mildest first. Those that are not among them stand beside, each with its reason. */
export type Reliefs =
  | { reliefs: readonly Relief[]; omitted: readonly Omission[] }
  | { reliefs: readonly []; none: NoRelief };

type Relievable = { [Code in 'full' | 'evicting']: { code: Code } & FindingFacts[Code] }['full' | 'evicting'];

/** AWS runs it: there is no CONFIG, but a parameter group. Its names are told from others by their domain. */
export const isManaged = ({ host, serverName = '' }: Pick<Configured, 'host' | 'serverName'>): boolean =>
  [host, serverName].some((name) => /\.amazonaws\.com(\.cn)?\.?$/i.test(name));

/** What would relieve the cache, the mildest first, and what each costs. Pure. Source: runbook, Redis Cache Emergency. */
export function reliefs(seen: ReliefSeen): Reliefs {
  const { finding } = seen;
  if (finding.code !== 'full' && finding.code !== 'evicting')
    return { reliefs: [], none: noRelief[finding.code] };
  const all = [policy(finding, seen), unlink(finding, seen), flush(finding, seen)];
  return {
    reliefs: all.filter((one) => 'code' in one),
    omitted: all.filter((one) => 'relief' in one),
  };
}

const stakes = ({ cache, hitRate }: Relievable, keys: number): Stakes => ({
  keys,
  of: { keys: cache.keys, expiring: cache.expiring },
  memory: cache.memory,
  ...(hitRate ? { hitRate } : {}),
  cluster: cache.cluster,
});

function policy(finding: Relievable, { cache, policy: read }: ReliefSeen): Relief | Omission {
  const omitted = (because: (Omission & { relief: 'policy' })['because']) =>
    ({ relief: 'policy', because }) as const;
  if (finding.code !== 'full') return omitted('not-full');
  const from = 'value' in read ? read.value : finding.cache.memory.policy;
  // Who chose one of these wants the keys without a time to live kept.
  if (from.startsWith('volatile-')) return omitted('keeps-lasting-keys');
  if (from !== 'noeviction') return omitted('evicts-already');
  const { keys, expiring } = finding.cache;
  const to = evictingPolicyFor(finding.cache);
  const relief = {
    code: 'policy',
    from,
    to,
    ...stakes(finding, to === 'volatile-lru' ? expiring : keys),
  } as const;
  if (isManaged(cache)) return { ...relief, by: 'person', because: 'managed' };
  if ('unknown' in read) return { ...relief, by: 'person', because: 'unread', unknown: read.unknown };
  return { ...relief, by: 'machine', approvers: approversNeeded.policy };
}

function unlink(finding: Relievable, { cache, counts }: ReliefSeen): Relief | Omission {
  const relief = 'unlink';
  const prefixes = widest(cache.prefixes ?? []);
  if (prefixes.length === 0) return { relief, because: 'no-prefixes' };
  if ('unknown' in counts) return { relief, because: 'not-counted', unknown: counts.unknown };
  const counted = prefixes.flatMap((prefix) => counts.value.find((one) => one.prefix === prefix) ?? []);
  // Nobody approves what was not counted.
  if (counted.length < prefixes.length) return { relief, because: 'not-counted' };
  const found = counted.filter(({ keys, finished }) => keys > 0 || !finished);
  if (found.length === 0) return { relief, because: 'no-keys' };
  const keys = found.reduce((sum, one) => sum + one.keys, 0);
  return {
    code: relief,
    approvers: approversNeeded.unlink,
    prefixes: found,
    ...stakes(finding, keys),
  };
}

const flush = (finding: Relievable, { request }: ReliefSeen): Relief | Omission =>
  request.by === 'person' && request.flush
    ? { code: 'flush', approvers: approversNeeded.flush, ...stakes(finding, finding.cache.keys) }
    : { relief: 'flush', because: 'not-asked-for' };

/** Each once, and none whose keys another one has too, so that no key is counted twice. Pure. */
export const widest = (prefixes: readonly string[]): string[] =>
  [...new Set(prefixes)].filter(
    (prefix, _, all) => !all.some((other) => other !== prefix && prefix.startsWith(other)),
  );
