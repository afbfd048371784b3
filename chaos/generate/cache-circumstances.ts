import type { ChaosIncident } from './incident.ts';

/** A cache in trouble, and what people have done to it: rare circumstances of an incident. */

/** A quiet service with a cache that is too small for its keys, and sessions fill most of it. */
const smallCache = {
  environment: 'production',
  traffic: { factor: 0.5, riseSeconds: 60, holdSeconds: 600 },
  cache: {
    limit: 200 * 1_048_576,
    groups: [
      { prefix: 'session:', keys: 20_000, most: 20_000, bytesPerKey: 8000, expires: false },
      { prefix: 'cache:', keys: 40_000, most: 40_000, bytesPerKey: 1250, expires: true },
    ],
  },
  approver: { answer: 'yes', delaySeconds: 60 },
} as const satisfies Partial<ChaosIncident>;

/** The same, full of keys that do not expire, and no alarm tells of it. */
const fullCache = {
  ...smallCache,
  cache: {
    ...{ limit: smallCache.cache.limit, policy: 'noeviction' },
    groups: smallCache.cache.groups.map((group) => ({ ...group, expires: false })),
  },
  troubles: [
    { kind: 'metric-fault', metric: 'HTTPCode_Target_5XX_Count', fault: 'missing', from: -600, until: 5400 },
  ],
} as const satisfies Partial<ChaosIncident>;

/** A person has it relieved, before any alarm. */
const relieved = (input: object = {}) =>
  ({
    kind: 'start',
    machine: 'redis-emergency',
    at: { atSeconds: 120 },
    input: { requestedBy: 'person', ...input },
  }) as const;

export const cacheCircumstances = {
  /** A job fills a cache that may remove nothing: writes fail, though it answers PING. */
  cacheFull: {
    cache: { policy: 'noeviction' },
    troubles: [{ kind: 'redis-fills', mebibytesPerMinute: 300, from: 200, until: 2400 }],
  },
  /** The cache reads its keys from disk, and is slow once it has them. */
  cacheLoads: {
    troubles: [
      { kind: 'redis-loading', from: 240, until: 700 },
      { kind: 'redis-slow', milliseconds: 1500, everySeconds: 3, from: 700, until: 1800 },
    ],
  },
  /** The cache is gone, and the function that asks it dies each time. */
  cacheUnread: {
    troubles: [{ kind: 'redis-down', from: 240, until: 2400 }],
    faults: [
      { kind: 'crash', function: 'check-redis', call: 1, when: 'before' },
      { kind: 'crash', function: 'check-redis', call: 2, when: 'after' },
    ],
  },
  /** Scenario 65: of a cache that evicts keys are removed until the database has enough to do; once the process dies. */
  cacheUnlinked: {
    ...smallCache,
    troubles: [{ kind: 'slow-queries', factor: 2.5, from: 0, until: 3600 }],
    faults: [relieved(), { kind: 'crash', function: 'relieve-redis', call: 'redis:UNLINK', when: 'after' }],
  },
  /** Scenario 65: the switch is turned off between two batches. */
  cacheSwitchedOff: {
    ...smallCache,
    faults: [
      relieved(),
      {
        kind: 'switch',
        at: { machine: 'redis-emergency', state: 'Remove keys', visit: 1, call: 60 },
        forSeconds: 600,
      },
    ],
  },
  /** Scenario 65: a person wants everything gone. */
  cacheFlushed: { ...smallCache, faults: [relieved({ flush: true })] },
  /** Scenario 65: the policy of a full cache is set once the process that did so has died, and asked back later. */
  cachePolicySet: {
    ...fullCache,
    faults: [
      relieved(),
      { kind: 'crash', function: 'relieve-redis', call: 'redis:CONFIG SET', when: 'after' },
      { ...relieved({ restore: true }), at: { atSeconds: 900 } },
    ],
  },
  /** Invariant 8: while a policy is asked for, somebody sets another one by hand. */
  cachePolicyOfPerson: {
    ...fullCache,
    faults: [
      relieved(),
      {
        kind: 'person',
        at: { machine: 'redis-emergency', state: 'Ask for approval', visit: 1, afterSeconds: 15 },
        change: { setting: 'cache-policy', policy: 'volatile-ttl' },
      },
    ],
  },
} as const satisfies Record<string, Partial<ChaosIncident>>;
