import { describe, expect, it } from '@jest/globals';
import type { Cache } from '../../../shared/cache/types.ts';
import type { Finding } from '../../../shared/cache/verdict.ts';
import { cacheAdvice, type Place } from '../../../shared/format/cache/findings.ts';
import { cacheLines } from '../../../shared/format/cache/seen.ts';
import { size } from '../../../shared/format/cache/words.ts';
import { cache } from '../cache/answers.ts';

const place: Place = {
  ...{ host: 'cache.internal', port: 6379, tls: true, login: true, managed: false },
  prefixes: ['cache:', 'page:'],
};
const full = {
  code: 'full' as const,
  cache: cache({ memory: { used: 2048 ** 2, counted: 2048 ** 2, limit: 2048 ** 2, policy: 'noeviction' } }),
  refused: 12,
  hitRate: { hits: 94, reads: 100, since: 'looks' as const },
};
const unknown = { cause: 'late', seconds: 5 } as const;

const sentences: [Finding, string][] = [
  [{ code: 'ok', cluster: false }, 'ok: it answers, and says of nothing that would keep reads or writes out'],
  [
    { code: 'ok', cluster: true },
    'ok: it answers, and says of nothing that would keep reads or writes out; of a cluster, this node alone was asked',
  ],
  [
    { code: 'loading', secondsLeft: 12 },
    'Loading: it reads its keys from disk and answers nothing else, for about 12 s more. Wait: a restart begins anew.',
  ],
  [
    { code: 'loading' },
    'Loading: it reads its keys from disk and answers nothing else. Wait: a restart begins anew.',
  ],
  [{ code: 'refusing' }, 'Clients are refused: maxclients is reached. More tasks make it worse.'],
  [
    { code: 'refusing', clients: { connected: 5, limit: 5 }, rejected: 7 },
    'Clients are refused: maxclients 5 is reached, 5 clients are connected, 7 refused between two looks. More tasks make it worse.',
  ],
  [
    { code: 'refusing', clients: { connected: 1 } },
    'Clients are refused: maxclients is reached, 1 client is connected. More tasks make it worse.',
  ],
  [
    { code: 'full', cache: full.cache },
    'Full: writes fail although it answers PING: 4 MB of 4 MB in use, policy noeviction.',
  ],
  [
    full,
    'Full: writes fail although it answers PING: 4 MB of 4 MB in use, policy noeviction; 12 commands refused between two looks.',
  ],
  [
    { code: 'read-only', because: 'replica', host: '10.0.0.1', port: 6379 },
    'Read-only: this is a replica, and writes go to 10.0.0.1:6379. The address of the tasks, or that of the configuration, is the wrong one, or there was a fail-over.',
  ],
  [
    { code: 'read-only', because: 'snapshot' },
    'Read-only: its last snapshot failed, so it refuses writes. Its log says why; mostly the disk is full.',
  ],
  [
    {
      code: 'evicting',
      cache: cache(),
      evicted: 1,
      seconds: 5,
      hitRate: { hits: 1, reads: 3, since: 'start' },
    },
    'Evicting: 1 key removed in 5 s to make room (policy noeviction), hit rate 33.3 % since the server started. Usual for a full cache; too small where the hit rate falls.',
  ],
  [
    { code: 'evicting', cache: cache(), evicted: 2, seconds: 5 },
    'Evicting: 2 keys removed in 5 s to make room (policy noeviction). Usual for a full cache; too small where the hit rate falls.',
  ],
  [
    {
      code: 'slow',
      commands: [
        { command: 'SORT', milliseconds: 200, secondsAgo: 40 },
        { command: 'KEYS', milliseconds: 363, secondsAgo: 12 },
        { command: 'SCAN', milliseconds: 363, secondsAgo: 30 },
        { command: 'GET', milliseconds: 101, secondsAgo: 1 },
      ],
    },
    'Slow: 4 commands of 100 ms and more, and everybody waited: KEYS took 363 ms, 12 s ago.',
  ],
  [
    { code: 'slow', commands: [{ command: 'KEYS', milliseconds: 363, secondsAgo: 12 }] },
    'Slow: 1 command of 100 ms and more, and everybody waited: KEYS took 363 ms, 12 s ago.',
  ],
  [
    { code: 'unreachable', unknown },
    'Unreachable, and the tasks may see the same: look at the server, its security group and its name.',
  ],
  [{ code: 'unknown', what: 'cache', unknown }, 'What is wrong with it is unknown.'],
  [{ code: 'unknown', what: 'slowlog', unknown }, 'Slow commands are unknown: no answer within 5 s'],
];

describe('what is wrong with a cache, in words', () => {
  it.each(sentences)('%j', (finding, text) => {
    expect(cacheAdvice(finding, place).text).toBe(text);
  });

  it('proposes nothing but what is gentle and says what it costs, and FLUSHALL never', () => {
    for (const [finding] of sentences)
      for (const managed of [true, false])
        for (const line of cacheAdvice(finding, { ...place, managed }).lines)
          if ('type' in line) expect(line.type).not.toMatch(/FLUSH|REPLICAOF|SHUTDOWN/i);
  });
});

const lines = (finding: Finding, part: Partial<Place> = {}) =>
  cacheAdvice(finding, { ...place, ...part }).lines.map((line) =>
    'say' in line ? line.say : `> ${line.type}`,
  );

describe('what is proposed for a full cache', () => {
  it('is the policy first, then memory, then the keys that may go', () => {
    expect(lines(full)).toEqual([
      '1. Let it evict (policy was noeviction). Cost: keys go that were not used for long, sessions and locks too if they are kept here.',
      '> redis-cli -h cache.internal -p 6379 --tls --user ADMIN --askpass',
      '>   CONFIG SET maxmemory-policy allkeys-lru',
      'To keep it over a restart, in redis.conf: maxmemory-policy allkeys-lru',
      '2. More memory, if the host has it free (INFO memory: total_system_memory). Cost: none in hits.',
      '> redis-cli -h cache.internal -p 6379 --tls --user ADMIN --askpass',
      '>   CONFIG SET maxmemory 5242880',
      '3. Remove keys that can be made again, counted first. Cost: they are read from the database until then (hit rate 94 % now).',
      '> read -rs REDISCLI_AUTH; export REDISCLI_AUTH',
      ...['cache:', 'page:'].flatMap((prefix) => [
        `> redis-cli -h cache.internal -p 6379 --tls --user ADMIN --scan --pattern '${prefix}*' | awk 'index($0, "${prefix}") == 1' | wc -l`,
        `> redis-cli -h cache.internal -p 6379 --tls --user ADMIN --scan --pattern '${prefix}*' | awk 'index($0, "${prefix}") == 1' |`,
        ">   tr '\\n' '\\0' | xargs -0 -n 500 redis-cli -h cache.internal -p 6379 --tls --user ADMIN UNLINK",
      ]),
      'Not FLUSHALL: it empties everything, sessions too, and every read goes to the database (hit rate 94 % now).',
    ]);
  });

  it('is a line of the parameter group where AWS runs it, which has no CONFIG', () => {
    const said = lines(full, { managed: true });
    expect(said.slice(0, 7)).toEqual([
      '1. Let it evict (policy was noeviction). Cost: keys go that were not used for long, sessions and locks too if they are kept here.',
      '> aws elasticache modify-cache-parameter-group \\',
      '>   --cache-parameter-group-name GROUP --parameter-name-values \\',
      '>   ParameterName=maxmemory-policy,ParameterValue=allkeys-lru',
      '2. More memory: a larger node. Cost: a fail-over, and money.',
      '> aws elasticache modify-replication-group --apply-immediately \\',
      '>   --replication-group-id GROUP --cache-node-type LARGER',
    ]);
    expect(said.join('\n')).not.toContain('CONFIG');
  });

  it.each<[Partial<Cache>, string, string | undefined]>([
    [{ keys: 10, expiring: 5 }, 'noeviction', 'volatile-lru'],
    [{ keys: 10, expiring: 4 }, 'noeviction', 'allkeys-lru'],
    [{ keys: 10, expiring: 9 }, 'volatile-lru', 'allkeys-lru'],
    [{ keys: 10, expiring: 0 }, 'allkeys-lfu', undefined],
  ])('of %j under %s is the policy %s', (part, policy, proposed) => {
    const finding: Finding = { ...full, cache: cache({ ...part, memory: { ...full.cache.memory, policy } }) };
    const found = /CONFIG SET maxmemory-policy (\S+)/.exec(lines(finding).join('\n'))?.[1];
    expect(found).toBe(proposed);
  });

  it('is typed on each primary of a cluster, which takes no keys of several slots', () => {
    const said = lines({ ...full, cache: { ...full.cache, cluster: true } }).join('\n');
    expect(said).toContain('counted first, on each primary.');
    expect(said).toMatch(/xargs -0 -n 1 redis-cli .* UNLINK/);
  });

  it('is more memory than is in use, where that is above its limit', () => {
    const memory = { ...full.cache.memory, counted: 8 * 1024 ** 2 };
    expect(lines({ ...full, cache: { ...full.cache, memory } })).toContain(
      '>   CONFIG SET maxmemory 10485760',
    );
  });

  it('begins with memory where it evicts already', () => {
    const memory = { ...full.cache.memory, policy: 'allkeys-lru' };
    expect(lines({ ...full, cache: { ...full.cache, memory } })[0]).toMatch(/^1\. More memory/);
  });

  it('removes the keys without a login where there is none, and says that no read was counted', () => {
    const { hitRate: _, ...unread } = full;
    expect(lines(unread, { prefixes: ['page:'], login: false, tls: false }).slice(-5)).toEqual([
      '3. Remove keys that can be made again, counted first. Cost: they are read from the database until then (no read was counted yet).',
      `> redis-cli -h cache.internal -p 6379 --scan --pattern 'page:*' | awk 'index($0, "page:") == 1' | wc -l`,
      `> redis-cli -h cache.internal -p 6379 --scan --pattern 'page:*' | awk 'index($0, "page:") == 1' |`,
      ">   tr '\\n' '\\0' | xargs -0 -n 500 redis-cli -h cache.internal -p 6379 UNLINK",
      'Not FLUSHALL: it empties everything, sessions too, and every read goes to the database (no read was counted yet).',
    ]);
  });

  it('is no key where none is named that may go', () => {
    expect(lines(full, { prefixes: [] }).slice(-2)).toEqual([
      '3. Remove keys that can be made again: none is named in the configuration (cache.prefixes).',
      'Not FLUSHALL: it empties everything, sessions too, and every read goes to the database (hit rate 94 % now).',
    ]);
  });

  it('says what a policy for keys with a time to live costs', () => {
    expect(lines({ ...full, cache: { ...full.cache, keys: 4, expiring: 4 } })[0]).toBe(
      '1. Let it evict (policy was noeviction). Cost: only keys with a time to live go, those first that were not used for long; it lasts while such keys are left.',
    );
  });
});

const login = '> redis-cli -h cache.internal -p 6379 --tls --user ADMIN --askpass';

describe('what is proposed', () => {
  const leaks =
    '1. Restart the tasks that leak connections, or give each a smaller pool. Cost: none in hits. Whose they are (addr, idle), once one gets in:';
  const snapshot: Finding = { code: 'read-only', because: 'snapshot' };
  const evicting: Finding = { code: 'evicting', cache: full.cache, evicted: 1, seconds: 5 };
  const unlimited = cache({ memory: { ...full.cache.memory, limit: 0 } });

  it.each<[string, Finding, Partial<Place>, string[]]>([
    [
      'where clients are refused',
      { code: 'refusing' },
      {},
      [
        ...[leaks, login, '>   CLIENT LIST'],
        ...['2. End idle ones. Cost: they connect anew.', '>   CONFIG SET timeout 300'],
      ],
    ],
    [
      'where clients are refused, and AWS runs it',
      { code: 'refusing' },
      { managed: true },
      [
        ...[leaks, login, '>   CLIENT LIST'],
        '2. End idle ones: timeout 300 in the parameter group. Cost: they connect anew.',
      ],
    ],
    [
      'for a replica',
      { code: 'read-only', because: 'replica', host: '10.0.0.1', port: 6379 },
      {},
      [login, '>   INFO replication'],
    ],
    [
      'after a failed snapshot',
      snapshot,
      {},
      [
        ...['1. Make room on its disk, then:', login, '>   BGSAVE'],
        '2. Writes at once. Cost: none in hits; what was written since is lost with a restart.',
        '>   CONFIG SET stop-writes-on-bgsave-error no',
      ],
    ],
    ['after a failed snapshot, where AWS runs it', snapshot, { managed: true }, []],
    [
      'while it evicts',
      evicting,
      {},
      [
        'More memory, if the host has it free (INFO memory: total_system_memory). Cost: none in hits.',
        ...[login, '>   CONFIG SET maxmemory 5242880'],
      ],
    ],
    ['while it evicts, and has no limit any more', { ...evicting, cache: unlimited }, {}, []],
    [
      'for slow commands',
      { code: 'slow', commands: [{ command: 'KEYS', milliseconds: 363, secondsAgo: 12 }] },
      {},
      ['Which keys, and who asked:', login, '>   SLOWLOG GET 32'],
    ],
    ['where it is ok', { code: 'ok', cluster: false }, {}, []],
    ['while it loads', { code: 'loading' }, {}, []],
    ['where it is unreachable', { code: 'unreachable', unknown }, {}, []],
    ['where it is unknown', { code: 'unknown', what: 'cache', unknown }, {}, []],
  ])('%s', (_, finding, part, expected) => {
    expect(lines(finding, part)).toEqual(expected);
  });

  it.each([
    ['ping', 'PING is'],
    ['slowlog', 'Slow commands are'],
    ['out-of-memory', 'Whether writes fail is'],
    ['maxclients', 'How many clients it takes is'],
    ['growth', 'Whether it still goes on is'],
  ] as const)('and what is unknown of %s, in words', (what, text) => {
    expect(cacheAdvice({ code: 'unknown', what, unknown }, place).text).toBe(
      `${text} unknown: no answer within 5 s`,
    );
  });
});

describe('a size', () => {
  it.each([
    [1024 ** 3, '1 GB'],
    [2.5 * 1024 ** 3, '2.5 GB'],
    [512 * 1024 ** 2, '512 MB'],
  ])('%i is %s', (bytes, text) => {
    expect(size(bytes)).toBe(text);
  });
});

describe('the cache as it is', () => {
  it('has its memory, its clients, its keys and its hit rate', () => {
    expect(cacheLines('cache.internal:6379', { value: cache() })).toEqual([
      'cache.internal:6379, Redis 7.0.15: 3 of 10,000 clients',
      '  0.897 MB of 3 MB in use (29.9 %), policy noeviction',
      '  12 keys, 4 with a time to live; hit rate 90 % since the server started',
    ]);
  });

  it('has no limits where none is set or known, and no hit rate where nothing was read', () => {
    const whole = cache();
    const seen = {
      ...whole,
      memory: { ...whole.memory, limit: 0 },
      clients: { connected: 1, limit: { unknown } },
      counters: { ...whole.counters, hits: 0, misses: 0 },
    };
    expect(cacheLines('a:1', { value: seen })).toEqual([
      'a:1, Redis 7.0.15: 1 client',
      '  0.897 MB in use, no maxmemory, policy noeviction',
      '  12 keys, 4 with a time to live',
    ]);
  });

  it('is only named while it loads, and unknown with its cause', () => {
    expect(cacheLines('a:1', { value: cache({ loading: {} }) })).toEqual(['a:1, Redis 7.0.15']);
    expect(cacheLines('a:1', { unknown })).toEqual(['a:1 unknown: no answer within 5 s']);
  });
});
