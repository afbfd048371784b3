import { describe, expect, it } from '@jest/globals';
import { poolAdvice } from '../../../shared/format/pools/findings.ts';
import { instanceLines, postgresText } from '../../../shared/format/pools/seen.ts';
import type { Database, Pool, Session } from '../../../shared/pool/types.ts';
import type { Finding } from '../../../shared/pool/verdict.ts';
import { instance } from '../pool/consoles.ts';

const waiting = {
  instance: '10.0.1.5:6432',
  database: 'app',
  user: 'api',
  clients: 30,
  seconds: 2.44,
  servers: 10,
  size: 10,
};
const pools = [waiting, { ...waiting, instance: '10.0.1.6:6432', clients: 1, seconds: 0.3 }];
const short = [{ ...waiting, servers: 3 }];
const worker: Session = {
  pid: 4711,
  database: 'app',
  user: 'api',
  application: 'worker',
  state: 'idle in transaction',
  seconds: 190,
  blockedBy: [],
};
const slow: Session = { ...worker, application: '', state: 'active', seconds: 12, pid: 9 };
const budget = { pools: 45, direct: 12, limit: 97 };
const console5 = 'psql -h 10.0.1.5 -p 6432 -U ADMIN pgbouncer';
/** What ends every transaction that hangs, for a person to decide. */
const endingAll = [
  'Or all of them, and those to come: PgBouncer ends what is idle in a transaction for over 30 s, a long migration as well. Note what SHOW CONFIG says before, and set it back afterwards.',
  console5,
  '  SHOW CONFIG;',
  '  SET idle_transaction_timeout = 30;',
];
const raise = (
  setting: 'default_pool_size' | 'reserve_pool_size',
  from: number,
  to: number,
  name = '10.0.1.5:6432',
) => ({
  instance: name,
  setting,
  from,
  to,
});
const many = '30 clients wait for app/api on 10.0.1.5:6432 (longest 2.4 s), and those of 1 more pool';
const one = '30 clients wait for app/api on 10.0.1.5:6432 (longest 2.4 s)';

const beside = { maxConnections: 600, reserved: 3, pool: 100, reserve: 30, others: 100, tasks: 3 };
const besideTasks =
  'PgBouncer runs beside each task, and nothing is set there: a new task begins with what its pgbouncer.ini says.';
const limit =
  "The limit: each task's PgBouncer may open 130 connections (pool 100, reserve 30), and PostgreSQL has 497 for them (600 without 3 reserved and 100 of others): room for 3 tasks, with one connection left.";

const said: [Finding, string, string[]][] = [
  [
    { code: 'sidecar', budget: beside, tasks: 3, freeSlots: 40, to: 135 },
    besideTasks,
    [
      limit,
      'Now it has 40 free slots.',
      'Where clients wait, no transaction hangs and queries are fast, 3 tasks may have a larger one: in pgbouncer.ini of the task definition, which takes a deployment:',
      '  default_pool_size = 135  ; was 100',
    ],
  ],
  [
    { code: 'sidecar', budget: beside, tasks: 4 },
    besideTasks,
    [limit, 'No larger pool fits 4 tasks: first find what holds the connections, or raise max_connections.'],
  ],
  [{ code: 'ok', instances: 1 }, 'ok: no client waits on the one instance', []],
  [{ code: 'ok', instances: 2 }, 'ok: no client waits on any of 2 instances', []],
  [
    {
      code: 'too-small',
      pools,
      raises: [
        raise('default_pool_size', 10, 20),
        raise('default_pool_size', 10, 20, '10.0.1.6:6432'),
        raise('reserve_pool_size', 3, 5),
      ],
      budget,
      freeSlots: 57,
    },
    `Pool too small: ${many}, every connection is taken, and PostgreSQL has 57 free slots and nothing that hangs.`,
    [
      console5,
      '  SET default_pool_size = 20;  -- was 10',
      '  SET reserve_pool_size = 5;  -- was 3',
      '  SHOW CONFIG;',
      'psql -h 10.0.1.6 -p 6432 -U ADMIN pgbouncer',
      '  SET default_pool_size = 20;  -- was 10',
      '  SHOW CONFIG;',
      'A RELOAD or a restart throws SET away: what shall last belongs into pgbouncer.ini.',
      '  default_pool_size = 20',
      '  reserve_pool_size = 5',
      'Budget then: all pools with their reserves 45 + direct 12 = 57 of 97 connections',
    ],
  ],
  [
    { code: 'no-room', pools, budget, because: 'budget' },
    `Pool too small: ${many}. Not raised: PostgreSQL has no connections left to give to every pool.`,
    ['Budget: all pools with their reserves 45 + direct 12 = 57 of 97 connections'],
  ],
  [
    { code: 'no-room', pools, budget, because: 'configured' },
    `Pool too small: ${many}. Not raised: the size for emergencies in the configuration is reached.`,
    ['Budget: all pools with their reserves 45 + direct 12 = 57 of 97 connections'],
  ],
  [
    { code: 'no-room', pools, budget, because: 'unread' },
    `Pool too small: ${many}. Not raised: an instance is unknown, and its share of the budget with it.`,
    [],
  ],
  [
    {
      code: 'own-size',
      pools: [waiting],
      raises: [{ instance: '10.0.1.5:6432', setting: 'pool_size', database: 'app', from: 10, to: 20 }],
      databases: instance().databases.slice(0, 1),
    },
    `Pool too small: ${one}. The database has a pool_size of its own, which SET does not change.`,
    [
      'In pgbouncer.ini of 10.0.1.5:6432, under [databases], in the line of app (its pool_size was 10):',
      '  pool_size=20',
      console5,
      '  RELOAD;  -- throws away every SET',
    ],
  ],
  [
    { code: 'own-size', pools: [waiting], raises: [], databases: [] },
    `Pool too small: ${one}. The database has a pool_size of its own, which SET does not change. The budget leaves no room to raise it.`,
    [],
  ],
  [
    { code: 'leaked', pools: [waiting], hold: { kind: 'leaked', sessions: [worker], blockers: [] } },
    `Leaked transactions: ${one}, and 1 connection is idle in an open transaction. Not raised: they would take more connections, too.`,
    [
      'worker (user api, pid 4711): idle in transaction for 3 min',
      'SELECT pg_terminate_backend(4711);',
      ...endingAll,
    ],
  ],
  [
    {
      code: 'leaked',
      pools: [waiting],
      hold: { kind: 'leaked', sessions: [1, 2, 3, 4, 5].map((pid) => ({ ...worker, pid })), blockers: [] },
    },
    `Leaked transactions: ${one}, and 5 connections are idle in an open transaction. Not raised: they would take more connections, too.`,
    [
      ...[1, 2, 3].map((pid) => `worker (user api, pid ${pid}): idle in transaction for 3 min`),
      'and 2 more',
      'SELECT pg_terminate_backend(1);',
      ...endingAll,
    ],
  ],
  [
    {
      code: 'locked',
      pools: [waiting],
      hold: { kind: 'locked', sessions: [slow, slow], blockers: [worker] },
    },
    `Locks: ${one}, and 2 queries wait for a lock. Not raised: more connections would wait as well.`,
    [
      'held by worker (user api, pid 4711): idle in transaction for 3 min',
      'SELECT pg_terminate_backend(4711);',
    ],
  ],
  [
    { code: 'slow', pools: [waiting], hold: { kind: 'slow', sessions: [slow], blockers: [] } },
    `Slow queries: ${one}, and 1 query runs for over 5 s. Not raised: PostgreSQL would get still more work.`,
    ['no application name (user api, pid 9): active for 12 s'],
  ],
  [
    { code: 'refused', pools: short, freeSlots: 0 },
    `PostgreSQL refuses connections: ${one}; it has 3 of 10 connections. A larger pool would not help.`,
    ['SELECT usename, application_name, state, count(*)', 'FROM pg_stat_activity GROUP BY 1, 2, 3;'],
  ],
  [
    { code: 'refused', pools: short, freeSlots: 1 },
    `PgBouncer gets no more connections, although PostgreSQL has 1 free slot: ${one}; it has 3 of 10 connections. A larger pool would not help.`,
    ["PgBouncer's log says why: the login, a CONNECTION LIMIT, max_user_connections."],
  ],
  [
    { code: 'refused', pools: [] },
    'PostgreSQL refuses connections: no client waits. A larger pool would not help.',
    ['SELECT usename, application_name, state, count(*)', 'FROM pg_stat_activity GROUP BY 1, 2, 3;'],
  ],
  [
    { code: 'filling', pools: short },
    `PgBouncer is opening connections: ${one}; it has 3 of 10 connections. Look again.`,
    [],
  ],
  [
    { code: 'paused', pools: [{ ...waiting, database: 'My "app"' }] },
    'Paused: 30 clients wait for My "app"/api on 10.0.1.5:6432 (longest 2.4 s). Somebody has stopped this database in PgBouncer.',
    [console5, '  RESUME "My ""app""";'],
  ],
  [
    { code: 'clients-full', instance: '10.0.1.5:6432', clients: 1000, limit: 1000, to: 2000 },
    'Clients are refused: 10.0.1.5:6432 has 1,000 of max_client_conn 1,000.',
    [
      'First see that its limit of open files allows it (PgBouncer logs it at the start).',
      console5,
      '  SET max_client_conn = 2000;  -- was 1000',
      '  SHOW CONFIG;',
    ],
  ],
  [
    { code: 'clients-full', instance: '10.0.1.5:6432', clients: 1000, limit: 1000 },
    'Clients are refused: 10.0.1.5:6432 has 1,000 of max_client_conn 1,000. Not raised: relieve the pools first, or the configured size is reached.',
    [],
  ],
  [
    { code: 'database-limit', pools: [waiting], limit: 10 },
    `All 10 connections that PgBouncer allows this database are taken: ${one}. A larger pool has no effect below max_db_connections.`,
    ['SHOW DATABASES;'],
  ],
  [
    {
      code: 'unknown',
      what: 'instance',
      name: '10.0.1.6:6432',
      pools: [],
      unknown: { cause: 'late', seconds: 5 },
    },
    '10.0.1.6:6432 is unknown, and nothing is raised without its share of the budget.',
    [],
  ],
  [
    {
      code: 'unknown',
      what: 'postgresql',
      name: 'PostgreSQL',
      pools: [waiting],
      unknown: { cause: 'not-configured', lacks: 'database' },
    },
    `${one}. Why is unknown, so nothing is raised: PostgreSQL: no direct connection is configured (pgbouncer.database)`,
    [],
  ],
];

const longer = { ...worker, pid: 4712, application: 'report', seconds: 600 };
const [database] = instance().databases as [Database];
const linesOf = (finding: Finding) =>
  poolAdvice(finding).lines.map((line) => ('say' in line ? line.say : line.type));

describe('a finding in words', () => {
  it.each(said)('%j', (finding, text, lines) => {
    const advice = poolAdvice(finding);
    expect(advice.text).toBe(text);
    expect(linesOf(finding)).toEqual(lines);
  });

  it('names the pool whose client waits longest, and what it has', () => {
    const last = { ...waiting, clients: 1, seconds: 12, servers: 1, size: 4 };
    const middle = { ...waiting, seconds: 10 };
    expect(poolAdvice({ code: 'filling', pools: [waiting, middle, last] }).text).toBe(
      'PgBouncer is opening connections: 1 client waits for app/api on 10.0.1.5:6432 (longest 12 s), and those of 2 more pools; it has 1 of 4 connections. Look again.',
    );
    expect(poolAdvice({ code: 'paused', pools: [waiting, middle] }).text).toContain('(longest 10 s)');
  });

  it('names the session that lasts longest first, and ends that one', () => {
    const hold = { kind: 'leaked' as const, sessions: [worker, longer], blockers: [] };
    expect(linesOf({ code: 'leaked', pools: [waiting], hold })).toEqual([
      'report (user api, pid 4712): idle in transaction for 10 min',
      'worker (user api, pid 4711): idle in transaction for 3 min',
      'SELECT pg_terminate_backend(4712);',
      ...endingAll,
    ]);
  });

  it('ends nobody where nobody is known to hold the lock', () => {
    const hold = { kind: 'locked' as const, sessions: [slow], blockers: [] };
    const advice = poolAdvice({ code: 'locked', pools: [waiting], hold });
    expect(advice.text).toBe(
      `Locks: ${one}, and 1 query waits for a lock. Not raised: more connections would wait as well.`,
    );
    expect(advice.lines).toEqual([]);
  });

  it('counts slow queries', () => {
    const hold = { kind: 'slow' as const, sessions: [slow, slow], blockers: [] };
    expect(poolAdvice({ code: 'slow', pools: [waiting], hold }).text).toBe(
      `Slow queries: ${one}, and 2 queries run for over 5 s. Not raised: PostgreSQL would get still more work.`,
    );
  });

  it('says of queries that are slow on average how long they take, and how to see which', () => {
    const advice = poolAdvice({ code: 'slow-on-average', pools: [waiting], seconds: 2.4 });
    expect(advice.text).toBe(
      `Slow queries: ${one}, and a query takes 2.4 s on average. Not raised: PostgreSQL would get still more work.`,
    );
    expect(advice.lines).toEqual([
      { type: 'SELECT pid, now() - query_start AS age, wait_event_type, left(query, 60)' },
      { type: "FROM pg_stat_activity WHERE state = 'active' ORDER BY age DESC LIMIT 5;" },
    ]);
  });

  it.each([
    ['app', 'app'],
    ['_a', '_a'],
    ['app_2', 'app_2'],
    ['a', 'a'],
    ['App', '"App"'],
    ['2app', '"2app"'],
    ['app-2', '"app-2"'],
  ])('resumes %s as %s', (name, written) => {
    const finding: Finding = { code: 'paused', pools: [{ ...waiting, database: name }] };
    expect(linesOf(finding)).toEqual([console5, `  RESUME ${written};`]);
  });

  it('names the line of the database that it raises, and takes no word of the server into it', () => {
    const odd = { ...database, name: "other host=evil.example connect_query='x'", host: 'db.invalid' };
    const raised = { instance: '10.0.1.5:6432', setting: 'pool_size' as const, from: 10, to: 20 };
    const finding = (name: string): Finding => ({
      code: 'own-size',
      pools: [waiting],
      raises: [{ ...raised, database: name }],
      databases: [database, odd],
    });
    expect(linesOf(finding(odd.name)).slice(1)).toEqual([
      '  pool_size=20',
      'psql -h 10.0.1.5 -p 6432 -U ADMIN pgbouncer',
      '  RELOAD;  -- throws away every SET',
    ]);
    expect(linesOf(finding('gone'))).toEqual([]);
  });

  it('types an IPv6 address without its brackets, which psql does not take', () => {
    const finding: Finding = { code: 'paused', pools: [{ ...waiting, instance: '[2001:db8::1]:6432' }] };
    expect(linesOf(finding)[0]).toBe('psql -h 2001:db8::1 -p 6432 -U ADMIN pgbouncer');
  });
});

describe('what was read in words', () => {
  it('is a line for each instance and one for each pool', () => {
    expect(instanceLines({ name: '10.0.1.5:6432', reading: { value: instance() } })).toEqual([
      '10.0.1.5:6432, PgBouncer 1.26.1: 10 of 100 clients',
      '  app/app: 8 waiting, longest 1.3 s, mean 814 ms; 2 of 4 connections busy',
    ]);
    const calm = instance({
      averageWaits: { unknown: { cause: 'late' } },
      pools: instance().pools.map((pool) => ({ ...pool, clientsWaiting: 0 })),
      databases: [],
    });
    expect(instanceLines({ name: 'a:1', reading: { value: calm } })[1]).toBe(
      '  app/app: 0 waiting; 2 of 4 connections busy',
    );
  });

  it('gives each pool the size and the mean wait of its own database', () => {
    const [pool] = instance().pools as [Pool];
    const value = instance({
      pools: [pool, { ...pool, database: 'other' }, { ...pool, database: 'third', waitSeconds: 9.9 }],
      databases: [database, { ...database, name: 'other', poolSize: 9 }],
      averageWaits: {
        value: [
          { database: 'app', seconds: 0.5 },
          { database: 'other', seconds: 0.002 },
        ],
      },
    });
    expect(instanceLines({ name: 'a:1', reading: { value } }).slice(1)).toEqual([
      '  app/app: 8 waiting, longest 1.3 s, mean 500 ms; 2 of 4 connections busy',
      '  other/app: 8 waiting, longest 1.3 s, mean 2 ms; 2 of 9 connections busy',
      '  third/app: 8 waiting, longest 9.9 s; 2 of 4 connections busy',
    ]);
  });

  it('says why an instance or PostgreSQL is unknown', () => {
    const reading = { unknown: { cause: 'wrong-password', user: 'stats' } } as const;
    expect(instanceLines({ name: 'a:1', reading })).toEqual([
      'a:1 unknown: user stats or its password is refused',
    ]);
    expect(postgresText(reading)).toBe('unknown: user stats or its password is refused');
  });

  it('counts the slots of PostgreSQL that are free for anybody', () => {
    const value = { maxConnections: 100, reserved: 3, connections: 45, sessions: [] };
    expect(postgresText({ value })).toBe('52 of 97 slots free');
    expect(postgresText({ value: { ...value, sessions: [worker, slow] } })).toBe(
      '52 of 97 slots free; 1 idle in transaction for over 5 s',
    );
  });
});
