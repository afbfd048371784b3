import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { isManaged, type ReliefSeen, reliefs, widest } from '../../../shared/cache/relief.ts';
import type { Finding } from '../../../shared/cache/verdict.ts';
import type { Unknown } from '../../../shared/core/unknown.ts';
import { cache } from './answers.ts';

const unknown: Unknown = { cause: 'denied', error: 'NOPERM', message: '' };
const memory = { used: 110, counted: 100, limit: 100, policy: 'noeviction' };
const hitRate = { hits: 94, reads: 100, since: 'looks' } as const;
const full = (policy = 'noeviction'): Finding => ({
  code: 'full',
  cache: cache({ memory: { ...memory, policy } }),
  hitRate,
});
const evicting: Finding = {
  code: 'evicting',
  cache: cache({ memory: { ...memory, policy: 'allkeys-lru' } }),
  evicted: 20,
  seconds: 5,
};
const counted = (prefix: string, keys: number, finished = true) => ({ prefix, keys, finished });
const seenOf = (part: Partial<ReliefSeen> = {}): ReliefSeen => ({
  finding: full(),
  cache: { host: 'cache.internal', prefixes: ['cache:', 'page:'] },
  request: { by: 'alarm' },
  policy: { value: 'noeviction' },
  counts: { value: [counted('cache:', 5), counted('page:', 3)] },
  ...part,
});
const stakes = {
  of: { keys: 12, expiring: 4 },
  memory,
  hitRate,
  cluster: false,
};
const policies = { from: 'noeviction', to: 'allkeys-lru' };
const asked = { by: 'person', flush: true } as const;

describe('a full cache', () => {
  it('is relieved by its policy first, then by keys that can be made again', () => {
    expect(reliefs(seenOf())).toStrictEqual({
      reliefs: [
        { code: 'policy', by: 'machine', approvers: 1, ...policies, keys: 12, ...stakes },
        {
          code: 'unlink',
          approvers: 1,
          prefixes: [counted('cache:', 5), counted('page:', 3)],
          ...{ keys: 8, ...stakes },
        },
      ],
      omitted: [{ relief: 'flush', because: 'not-asked-for' }],
    });
  });

  it('is flushed last, by two people, where a person asked for that', () => {
    expect(reliefs(seenOf({ request: asked }))).toMatchObject({
      reliefs: [{ code: 'policy' }, { code: 'unlink' }, { code: 'flush', approvers: 2, keys: 12, ...stakes }],
      omitted: [],
    });
  });

  /** As a document may say it, whatever its type says. */
  const byAlarm: ReliefSeen['request'] = Object.assign({ by: 'alarm' } as const, { flush: true });
  it.each([byAlarm, { by: 'alarm' }, { by: 'person' }, { by: 'person', flush: false }] as const)(
    'is not flushed for %j',
    (request) => {
      expect(reliefs(seenOf({ request }))).toMatchObject({
        reliefs: [{ code: 'policy' }, { code: 'unlink' }],
        omitted: [{ relief: 'flush', because: 'not-asked-for' }],
      });
    },
  );

  it('says of one node that it is one, and nothing of reads that nobody counted', () => {
    const finding: Finding = { code: 'full', cache: cache({ memory, cluster: true }) };
    const { reliefs: found } = reliefs(seenOf({ finding }));
    expect(found[0]).toStrictEqual({
      ...{ code: 'policy', by: 'machine', approvers: 1, ...policies, keys: 12 },
      ...{ of: stakes.of, memory, cluster: true },
    });
  });
});

it('lets only keys with a time to live go where most have one, and counts those alone', () => {
  const of = (expiring: number): Finding => ({ code: 'full', cache: cache({ memory, keys: 12, expiring }) });
  const first = (expiring: number) => reliefs(seenOf({ finding: of(expiring) })).reliefs[0];
  expect(first(6)).toMatchObject({ code: 'policy', to: 'volatile-lru', keys: 6 });
  expect(first(5)).toMatchObject({ code: 'policy', to: 'allkeys-lru', keys: 12 });
});

describe('the policy of a full cache', () => {
  const first = (part: Partial<ReliefSeen>) => {
    const { reliefs: found, ...rest } = reliefs(seenOf(part));
    return [found[0], 'omitted' in rest ? rest.omitted[0] : undefined];
  };
  const host = 'shop.abc.cache.amazonaws.com';

  it.each<[string, Partial<ReliefSeen>, object]>([
    ['where AWS runs it', { cache: { host } }, { because: 'managed' }],
    ['where AWS runs it without CONFIG', { cache: { host }, policy: { unknown } }, { because: 'managed' }],
    ['where CONFIG is refused', { policy: { unknown } }, { because: 'unread', unknown }],
  ])('is a step for a person %s', (_, part, why) => {
    expect(first(part)[0]).toStrictEqual({
      ...{ code: 'policy', by: 'person', ...policies, keys: 12, ...stakes },
      ...why,
    });
  });

  it.each<[string, Partial<ReliefSeen>, string]>([
    ['volatile-ttl', { finding: full('volatile-ttl'), policy: { unknown } }, 'keeps-lasting-keys'],
    ['volatile-lru since', { policy: { value: 'volatile-lru' } }, 'keeps-lasting-keys'],
    ['allkeys-lfu', { finding: full('allkeys-lfu'), policy: { unknown } }, 'evicts-already'],
    ['allkeys-lru since', { policy: { value: 'allkeys-lru' } }, 'evicts-already'],
  ])('stays %s', (_, part, because) => {
    expect(first(part)).toMatchObject([{ code: 'unlink' }, { relief: 'policy', because }]);
  });

  it('is the one that CONFIG says, where INFO said another one before', () => {
    expect(first({ finding: full('allkeys-lru') })[0]).toMatchObject({ code: 'policy', from: 'noeviction' });
  });
});

describe('keys that can be made again', () => {
  const prefixes = ['cache:', 'page:'];
  const unlink = (part: Partial<ReliefSeen>) => {
    const found = reliefs(seenOf(part));
    const omitted = 'omitted' in found ? found.omitted : [];
    return [...found.reliefs, ...omitted].filter(
      (one) => ('code' in one ? one.code : one.relief) === 'unlink',
    );
  };

  it.each<[string, Partial<ReliefSeen>, object]>([
    ['are named by nobody', { cache: { host: 'cache' } }, { because: 'no-prefixes' }],
    ['could not be counted', { counts: { unknown } }, { because: 'not-counted', unknown }],
    [
      'were counted in part',
      { counts: { value: [counted('cache:', 5), counted('item:', 1)] } },
      { because: 'not-counted' },
    ],
    [
      'are not there',
      { counts: { value: [counted('cache:', 0), counted('page:', 0)] } },
      { because: 'no-keys' },
    ],
  ])('are not proposed where they %s', (_, part, why) => {
    expect(unlink(part)).toStrictEqual([{ relief: 'unlink', ...why }]);
  });

  it.each<[string, Partial<ReliefSeen>, number, object[]]>([
    [
      'those that are there',
      { counts: { value: [counted('cache:', 0), counted('page:', 1)] } },
      1,
      [counted('page:', 1)],
    ],
    [
      'those that are not counted to the end',
      { counts: { value: [counted('page:', 0, false), counted('cache:', 7, false)] } },
      7,
      [counted('cache:', 7, false), counted('page:', 0, false)],
    ],
    [
      'no key twice',
      {
        cache: { host: 'cache', prefixes: [...prefixes, 'cache:user:', 'page:'] },
        counts: { value: [counted('cache:user:', 2), counted('cache:', 5), counted('page:', 3)] },
      },
      8,
      [counted('cache:', 5), counted('page:', 3)],
    ],
    [
      'none that the configuration does not name',
      { counts: { value: [counted('session:', 9), counted('cache:', 5), counted('page:', 3)] } },
      8,
      [counted('cache:', 5), counted('page:', 3)],
    ],
  ])('are proposed: %s', (_, part, keys, found) => {
    expect(unlink(part)).toMatchObject([{ code: 'unlink', keys, prefixes: found }]);
  });
});

it('a cache that evicts is relieved of keys that can be made again, and keeps its policy', () => {
  const own = { ...memory, policy: 'allkeys-lru' };
  const { hitRate: _, ...rest } = stakes;
  expect(reliefs(seenOf({ finding: evicting, policy: { value: 'noeviction' } }))).toStrictEqual({
    reliefs: [
      {
        ...{ code: 'unlink', approvers: 1, keys: 8 },
        ...{ prefixes: [counted('cache:', 5), counted('page:', 3)], ...rest, memory: own },
      },
    ],
    omitted: [
      { relief: 'policy', because: 'not-full' },
      { relief: 'flush', because: 'not-asked-for' },
    ],
  });
});

it.each<[Finding, string]>([
  [{ code: 'ok', cluster: false }, 'nothing-wrong'],
  [{ code: 'loading' }, 'loads-by-itself'],
  [{ code: 'refusing' }, 'clients-not-memory'],
  [{ code: 'read-only', because: 'snapshot' }, 'takes-no-writes'],
  [{ code: 'slow', commands: [] }, 'commands-not-memory'],
  [{ code: 'unreachable', unknown }, 'not-reached'],
  [{ code: 'unknown', what: 'cache', unknown }, 'not-known'],
])('%j is relieved by nothing, even where a person asked for a flush', (finding, none) => {
  expect(reliefs(seenOf({ finding, request: asked }))).toStrictEqual({ reliefs: [], none });
});

it.each([
  ['shop.abc.cache.amazonaws.com', undefined, true],
  ['SHOP.abc.cache.AmazonAWS.com.', undefined, true],
  ['shop.abc.cache.amazonaws.com.cn', undefined, true],
  ['10.0.0.1', 'shop.abc.cache.amazonaws.com', true],
  ['10.0.0.1', undefined, false],
  ['shop.amazonaws.com.example', undefined, false],
  ['amazonaws.comecn', undefined, false],
  ['notamazonaws.com', undefined, false],
  ['cache.internal', 'amazonaws.com', false],
])('%s with the certificate of %s: AWS runs it is %s', (host, serverName, expected) => {
  expect(isManaged({ host, serverName })).toBe(expected);
});

it('of prefixes, each is kept once, and none within another one', () => {
  expect(widest(['b:', 'a:x:', 'a:', 'b:', 'a', 'c'])).toEqual(['b:', 'a', 'c']);
  expect(widest([])).toEqual([]);
});

it('a flush is proposed to nobody but the person who named it, and always to two', () => {
  const any = fc.record({
    finding: fc.constantFrom<Finding>(full(), full('allkeys-lru'), evicting, { code: 'ok', cluster: false }),
    request: fc.constantFrom<ReliefSeen['request']>({ by: 'alarm' }, { by: 'person' }, asked),
    policy: fc.constantFrom<ReliefSeen['policy']>({ value: 'noeviction' }, { unknown }),
    counts: fc.constantFrom<ReliefSeen['counts']>({ value: [counted('cache:', 1)] }, { unknown }),
  });
  fc.assert(
    fc.property(any, (part) => {
      const found = reliefs(seenOf(part)).reliefs.filter(({ code }) => code === 'flush');
      if (part.request !== asked) expect(found).toEqual([]);
      for (const one of found) expect(one).toMatchObject({ approvers: 2 });
    }),
  );
});
