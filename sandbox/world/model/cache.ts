/** The Redis that the tasks use: how much it holds, of what, and what it does when it is full. Memory in bytes. */

const mebibyte = 1_048_576;

/** What Redis itself takes, without a key. */
const ownBytes = 12 * mebibyte;

/** Keys of one prefix. All are of one size; they are named by number, `cache:17`. */
export interface KeyGroupOptions {
  prefix: string;
  /** At the start, where there is room. */
  keys: number;
  /** There are never more. */
  most: number;
  bytesPerKey: number;
  /** They have a time to live, and are written again by whoever misses them. */
  expires: boolean;
}

export interface CacheOptions {
  /** maxmemory; 0 sets none. */
  limit: number;
  /** maxmemory-policy. */
  policy: string;
  maxClients: number;
  /** Of a service like ElastiCache: nobody has CONFIG. */
  managed: boolean;
  /** What is used most in front. */
  groups: readonly KeyGroupOptions[];
}

/** What the tasks read, and make again from the database. */
export const readPrefix = 'cache:';
/** What a job leaves behind, and nobody reads. */
const jobPrefix = 'export:';

export const DEFAULT_CACHE: CacheOptions = {
  limit: 512 * mebibyte,
  policy: 'allkeys-lru',
  maxClients: 10_000,
  managed: false,
  groups: [
    { prefix: readPrefix, keys: 40_000, most: 40_000, bytesPerKey: 7000, expires: true },
    { prefix: 'session:', keys: 8200, most: 8200, bytesPerKey: 4000, expires: true },
    { prefix: jobPrefix, keys: 0, most: 8192, bytesPerKey: 65_536, expires: false },
  ],
};

/** The keys of one prefix: which of its numbers exist. */
export interface KeyGroup extends Omit<KeyGroupOptions, 'keys'> {
  exists: Uint8Array;
  count: number;
  /** Where the next key is written, and where the oldest one is. */
  nextNew: number;
  nextOld: number;
}

/** What has been counted since the start. */
export interface CacheCounters {
  hits: number;
  misses: number;
  evicted: number;
  rejected: number;
  outOfMemory: number;
}

export interface CacheState extends Omit<CacheOptions, 'groups'> {
  groups: readonly KeyGroup[];
  used: number;
  counters: CacheCounters;
  /** Parts of keys that were written and have expired so far. */
  part: { written: number; expired: number; job: number };
  /** A job has written keys that it has not removed yet. */
  jobRuns: boolean;
}

/** Before the world began. */
const earlier: CacheCounters = {
  ...{ hits: 1_840_000, misses: 160_000 },
  ...{ evicted: 0, rejected: 0, outOfMemory: 0 },
};

/** A cache with its keys, as far as the limit lets them in. */
export function createCache({ groups, ...options }: CacheOptions): CacheState {
  const cache: CacheState = {
    ...options,
    groups: groups.map(({ keys: _, ...group }) => ({
      ...group,
      ...{ exists: new Uint8Array(group.most), count: 0, nextNew: 0, nextOld: 0 },
    })),
    used: ownBytes,
    counters: { ...earlier },
    part: { written: 0, expired: 0, job: 0 },
    jobRuns: false,
  };
  groups.forEach(({ keys }, index) => {
    const group = cache.groups[index];
    if (group) for (let key = 0; key < keys && hasRoom(cache); key += 1) writeNext(cache, group);
  });
  return cache;
}

/** Redis refuses or evicts once it has more than its limit, not before a write that goes beyond. */
const hasRoom = ({ used, limit }: CacheState): boolean => limit === 0 || used <= limit;

/** Whether its policy lets it remove a key of this kind. */
const mayEvict = ({ policy }: CacheState, { expires }: KeyGroup): boolean =>
  policy !== 'noeviction' && (expires || policy.startsWith('allkeys-'));

/** The policy, where it allows it, makes room: by the oldest key of what is used least. */
function makeRoom(cache: CacheState): boolean {
  while (!hasRoom(cache)) {
    const victim = cache.groups.findLast((group) => group.count > 0 && mayEvict(cache, group));
    if (!victim) return false;
    removeOldest(cache, victim);
    cache.counters.evicted += 1;
  }
  return true;
}

/** Beyond its limit, and its policy allows it to remove nothing of what is there. */
export const refusesWrites = (cache: CacheState): boolean =>
  !hasRoom(cache) && !cache.groups.some((group) => group.count > 0 && mayEvict(cache, group));

/** Whether a write is taken now, after the policy has made room where it may. */
export function takesWrite(cache: CacheState): boolean {
  const taken = makeRoom(cache);
  if (!taken) cache.counters.outOfMemory += 1;
  return taken;
}

/** Writes a key of the group that is not there, if one is missing and the write is taken. */
export function write(cache: CacheState, group: KeyGroup): void {
  if (group.count < group.most && takesWrite(cache)) writeNext(cache, group);
}

function writeNext(cache: CacheState, group: KeyGroup): void {
  while (group.exists[group.nextNew] === 1) group.nextNew = (group.nextNew + 1) % group.most;
  put(cache, group, group.nextNew, 1);
}

export function removeOldest(cache: CacheState, group: KeyGroup): void {
  if (group.count === 0) return;
  while (group.exists[group.nextOld] === 0) group.nextOld = (group.nextOld + 1) % group.most;
  put(cache, group, group.nextOld, 0);
}

/** Lets one key exist or not. Returns whether that changed anything. */
export function put(cache: CacheState, group: KeyGroup, key: number, exists: 0 | 1): boolean {
  if (group.exists[key] === exists) return false;
  const sign = exists === 1 ? 1 : -1;
  group.exists[key] = exists;
  group.count += sign;
  cache.used += sign * group.bytesPerKey;
  return true;
}

/** Removes all keys of a group. */
export function removeAll(cache: CacheState, group: KeyGroup): void {
  cache.used -= group.count * group.bytesPerKey;
  Object.assign(group, { count: 0, nextNew: 0, nextOld: 0 });
  group.exists.fill(0);
}

/** What the tasks read, and what a job writes. */
export const readGroup = ({ groups }: CacheState): KeyGroup | undefined =>
  groups.find(({ prefix }) => prefix === readPrefix);
export const jobGroup = ({ groups }: CacheState): KeyGroup | undefined =>
  groups.find(({ prefix }) => prefix === jobPrefix);

/** The share of what the tasks read that is there, 0 to 1. */
export function warmth(cache: CacheState): number {
  const read = readGroup(cache);
  return read ? read.count / read.most : 1;
}
