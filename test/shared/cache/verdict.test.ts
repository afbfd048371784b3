import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Cache, Counters } from '../../../shared/cache/types.ts';
import { type CacheSeen, cacheVerdict, needsSecondLook } from '../../../shared/cache/verdict.ts';
import type { Reading } from '../../../shared/core/reading.ts';
import type { Unknown } from '../../../shared/core/unknown.ts';
import { cache } from './answers.ts';

const counted = (part: Partial<Counters>): Cache => cache({ counters: { ...cache().counters, ...part } });
const full = { used: 100, counted: 100, limit: 100, policy: 'noeviction' };
const two = (now: Cache, before: Cache): CacheSeen => ({
  reading: { value: now },
  before: { reading: { value: before }, secondsAgo: 5 },
});
const one = (now: Cache): CacheSeen => ({ reading: { value: now } });
const unknown: Unknown = { cause: 'denied', error: 'NOPERM', message: '' };

const rows: [string, CacheSeen, object[]][] = [
  ['nothing is wrong', one(cache()), [{ code: 'ok' }]],
  ['no limit of memory', one(cache({ memory: { ...full, limit: 0 } })), [{ code: 'ok' }]],
  ['full under noeviction', one(cache({ memory: full })), [{ code: 'full' }]],
  ['one byte below it', one(cache({ memory: { ...full, counted: 99 } })), [{ code: 'ok' }]],
  [
    'at its limit, and evicting is allowed',
    one(cache({ memory: { ...full, policy: 'allkeys-lru' } })),
    [{ code: 'ok' }],
  ],
  [
    'writes are refused under any policy',
    two(counted({ outOfMemory: { value: 9 } }), counted({ outOfMemory: { value: 4 } })),
    [{ code: 'full', refused: 5, hitRate: { hits: 90, reads: 100, since: 'start' } }],
  ],
  [
    'writes were refused once',
    two(counted({ outOfMemory: { value: 9 } }), counted({ outOfMemory: { value: 9 } })),
    [{ code: 'ok' }],
  ],
  [
    'it evicts, with the hit rate of now',
    two(counted({ evicted: 30, hits: 120, misses: 80 }), counted({ evicted: 10 })),
    [{ code: 'evicting', evicted: 20, seconds: 5, hitRate: { hits: 30, reads: 100, since: 'looks' } }],
  ],
  ['it evicted once', two(counted({ evicted: 30 }), counted({ evicted: 30 })), [{ code: 'ok' }]],
  [
    'a counter that began again with the server',
    two(counted({ evicted: 3 }), counted({ evicted: 1000 })),
    [{ code: 'evicting', evicted: 3 }],
  ],
  [
    'clients are refused between the looks',
    two(counted({ rejected: 8 }), counted({ rejected: 2 })),
    [{ code: 'refusing', rejected: 6 }],
  ],
  [
    'this reader was the last who got in',
    one(cache({ clients: { connected: 5, limit: { value: 5 } } })),
    [{ code: 'refusing', clients: { connected: 5, limit: 5 } }],
  ],
  ['this reader did not get in', { reading: { unknown: { cause: 'clients-full' } } }, [{ code: 'refusing' }]],
  [
    'it loads, whatever else',
    one(cache({ loading: { secondsLeft: 3 }, memory: full })),
    [{ code: 'loading', secondsLeft: 3 }],
  ],
  [
    'a replica',
    one(cache({ replicaOf: { host: 'a', port: 1 } })),
    [{ code: 'read-only', because: 'replica', host: 'a' }],
  ],
  [
    'a failed snapshot',
    one(cache({ ping: { value: 'snapshot-failed' } })),
    [{ code: 'read-only', because: 'snapshot' }],
  ],
  [
    'an append-only file that cannot be written',
    one(cache({ ping: { value: 'append-failed' } })),
    [{ code: 'read-only', because: 'append-only-file' }],
  ],
  [
    'too few replicas to write',
    one(cache({ lacksReplicas: true })),
    [{ code: 'read-only', because: 'no-replica' }],
  ],
  [
    'at its limit under volatile-lru, and no key may go',
    one(cache({ memory: { ...full, policy: 'volatile-lru' }, expiring: 0 })),
    [{ code: 'full' }],
  ],
  [
    'at its limit under volatile-lru, and one key may go',
    one(cache({ memory: { ...full, policy: 'volatile-lru' }, expiring: 1 })),
    [{ code: 'ok' }],
  ],
  [
    'a slow command, and one that is long ago',
    one(
      cache({
        slow: {
          value: [
            { command: 'KEYS', milliseconds: 100, secondsAgo: 300 },
            { command: 'KEYS', milliseconds: 900, secondsAgo: 301 },
            { command: 'GET', milliseconds: 99, secondsAgo: 1 },
          ],
        },
      }),
    ),
    [{ code: 'slow', commands: [{ milliseconds: 100 }] }],
  ],
  ['no answer', { reading: { unknown: { cause: 'late', seconds: 5 } } }, [{ code: 'unreachable' }]],
  ['no right', { reading: { unknown } }, [{ code: 'unknown', what: 'cache' }]],
  ['no right to a part', one(cache({ slow: { unknown } })), [{ code: 'unknown', what: 'slowlog' }]],
  [
    'the first look counts something, the second one is refused',
    { ...two(cache(), cache()), reading: { unknown: { cause: 'clients-full' } } },
    [{ code: 'refusing' }],
  ],
];

it.each(rows)('%s', (_, seen, expected) => {
  const found = cacheVerdict(seen);
  expect(found).toMatchObject(expected);
  expect(found).toHaveLength(expected.length);
});

it.each<[Partial<Counters>, boolean]>([
  [{}, false],
  [{ evicted: 1 }, true],
  [{ rejected: 1 }, true],
  [{ outOfMemory: { value: 1 } }, true],
  [{ outOfMemory: { unknown } }, false],
  [{ outOfMemory: { value: 0 } }, false],
])('counted %j: a second look is %s', (part, expected) => {
  expect(needsSecondLook({ value: counted(part) })).toBe(expected);
});

it('a cache that could not be read, or that loads, is looked at once', () => {
  expect(needsSecondLook({ unknown })).toBe(false);
  expect(needsSecondLook({ value: { ...counted({ evicted: 1 }), loading: {} } })).toBe(false);
});

const notCounted = { outOfMemory: { unknown } };

it.each<[string, CacheSeen, object[]]>([
  [
    'out of clients, and the limit is unknown',
    two(
      { ...counted({ rejected: 3 }), clients: { connected: 5, limit: { unknown } } },
      counted({ rejected: 1 }),
    ),
    [
      { code: 'refusing', clients: { connected: 5 }, rejected: 2 },
      { code: 'unknown', what: 'maxclients', unknown },
    ],
  ],
  [
    'at the limit of clients, and nobody was refused',
    one(cache({ clients: { connected: 5, limit: { value: 5 } } })),
    [{ code: 'refusing', clients: { connected: 5, limit: 5 } }],
  ],
  [
    'a limit of clients that is unknown is none that is reached',
    one(cache({ clients: { connected: 5, limit: { unknown } } })),
    [{ code: 'unknown', what: 'maxclients', unknown }],
  ],
  [
    'full, and no command was refused',
    one(cache({ memory: full })),
    [
      {
        code: 'full',
        cache: cache({ memory: full }),
        hitRate: { hits: 90, reads: 100, since: 'start' },
      },
    ],
  ],
  [
    'full, and no key was ever read',
    one({ ...counted({ hits: 0, misses: 0 }), memory: full }),
    [{ code: 'full', cache: { ...counted({ hits: 0, misses: 0 }), memory: full } }],
  ],
  [
    'refused commands that were not counted before are no growth',
    two(counted({ outOfMemory: { value: 5 } }), counted(notCounted)),
    [{ code: 'ok', cluster: false }],
  ],
  [
    'refused commands that are not counted any more are unknown',
    two(counted(notCounted), counted({ outOfMemory: { value: 5 } })),
    [{ code: 'unknown', what: 'out-of-memory', unknown }],
  ],
  ['PING was not answered', one(cache({ ping: { unknown } })), [{ code: 'unknown', what: 'ping', unknown }]],
  [
    'the other look failed',
    { ...one(cache()), before: { reading: { unknown }, secondsAgo: 5 } },
    [{ code: 'unknown', what: 'growth', unknown }],
  ],
  [
    'the connection is refused',
    { reading: { unknown: { cause: 'unreachable', error: 'Error', message: '' } } },
    [{ code: 'unreachable', unknown: { cause: 'unreachable', error: 'Error', message: '' } }],
  ],
])('%s, with these facts and no others', (_, seen, expected) => {
  expect(cacheVerdict(seen)).toStrictEqual(expected);
});

it.each([
  [20, { hits: 5, reads: 20, since: 'looks' }],
  [19, { hits: 95, reads: 119, since: 'start' }],
])('the hit rate of %i reads between the looks', (reads, hitRate) => {
  const before = counted({});
  const now = counted({ evicted: 1, hits: 95, misses: 10 + reads - 5 });
  expect(cacheVerdict(two(now, before))).toMatchObject([{ code: 'evicting', hitRate }]);
});

describe('whatever is seen', () => {
  const number = fc.nat({ max: 50 });
  const reading = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<Reading<T>> =>
    fc.oneof({ weight: 9, arbitrary: value.map((one) => ({ value: one })) }, fc.constant({ unknown }));
  const anyCache: fc.Arbitrary<Cache> = fc
    .record({
      ping: reading(fc.constantFrom('ok' as const, 'snapshot-failed' as const)),
      memory: fc.record({
        ...{ used: number, counted: number, limit: number },
        policy: fc.constantFrom('noeviction', 'allkeys-lru', 'volatile-lru'),
      }),
      clients: fc.record({ connected: number, limit: reading(number) }),
      counters: fc.record({
        ...{ evicted: number, hits: number, misses: number, rejected: number },
        outOfMemory: reading(number),
      }),
      slow: reading(
        fc.array(
          fc.record({
            command: fc.constant('GET'),
            milliseconds: number.map((n) => n * 4),
            secondsAgo: number,
          }),
          {
            maxLength: 2,
          },
        ),
      ),
    })
    .map(cache);
  const anySeen: fc.Arbitrary<CacheSeen> = fc.record(
    {
      reading: reading(anyCache),
      before: fc.record({ reading: reading(anyCache), secondsAgo: fc.constant(5) }),
    },
    { requiredKeys: ['reading'] },
  );

  it('it is ok only where everything was read and nothing is wrong', () => {
    let ok = 0;
    fc.assert(
      fc.property(anySeen, (seen) => {
        const found = cacheVerdict(seen);
        if (!found.some(({ code }) => code === 'ok')) return;
        ok += 1;
        expect(found).toHaveLength(1);
        if ('unknown' in seen.reading) throw new Error('ok, and nothing was read');
        const { ping, memory, clients, counters, slow } = seen.reading.value;
        expect([ping, clients.limit, counters.outOfMemory, slow].every((part) => 'value' in part)).toBe(true);
        expect(ping).toEqual({ value: 'ok' });
        if (memory.policy === 'noeviction' && memory.limit > 0)
          expect(memory.counted).toBeLessThan(memory.limit);
      }),
      { numRuns: 5000 },
    );
    expect(ok).toBeGreaterThan(0);
  });

  it('it is full wherever memory is used up under noeviction, or writes are refused more and more', () => {
    fc.assert(
      fc.property(anySeen, (seen) => {
        if ('unknown' in seen.reading) return;
        const { memory, counters } = seen.reading.value;
        const before = seen.before && 'value' in seen.before.reading ? seen.before.reading.value : undefined;
        const [now, then] = [counters.outOfMemory, before?.counters.outOfMemory];
        const grows = then !== undefined && 'value' in now && 'value' in then && now.value > then.value;
        const isFull = memory.policy === 'noeviction' && memory.limit > 0 && memory.counted >= memory.limit;
        if (isFull || grows) expect(cacheVerdict(seen).map(({ code }) => code)).toContain('full');
      }),
      { numRuns: 5000 },
    );
  });
});
