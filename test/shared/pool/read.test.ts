import { describe, expect, it } from '@jest/globals';
import type { DatabaseTarget, Resources } from '../../../shared/lambda/context.ts';
import type { Row } from '../../../shared/pool/columns.ts';
import { readPostgres } from '../../../shared/pool/postgres.ts';
import { readInstances } from '../../../shared/pool/read.ts';
import { type Console, consoles, instance } from './consoles.ts';

const newest = consoles['1.26.1'] as Console;
const sizes = { defaultPoolSize: 4, minPoolSize: 0, reservePoolSize: 3, maxClientConn: 100 };
const pools = {
  baseline: sizes,
  emergency: sizes,
  heldByOthers: 0,
  instances: [{ host: '10.0.1.5' }],
  statsSecret: '/app/stats',
  database: { host: '10.0.0.9', name: 'app', secret: '/app/monitor' },
};
const session = {
  pid: '7',
  datname: 'app',
  usename: 'app',
  application_name: 'worker',
  state: 'active',
  backend_type: 'client backend',
  seconds: '2',
  blocked_by: '',
};
const limits = [
  { name: 'max_connections', setting: '100' },
  { name: 'superuser_reserved_connections', setting: '3' },
];

/** A server that answers what was recorded, and says who connected for how long and what was asked. */
function server(answerTo: (sql: string) => readonly Row[]) {
  const targets: DatabaseTarget[] = [];
  const deadlines: number[] = [];
  const asked: string[] = [];
  const connect: Resources['databases']['connect'] = (target, given, work) => {
    targets.push(target);
    deadlines.push(given);
    return work(async (sql) => {
      asked.push(sql);
      return [...answerTo(sql)];
    });
  };
  return { targets, deadlines, asked, connect };
}
const pgbouncer = (changed: Partial<Record<string, Row[]>> = {}) =>
  server((sql) => {
    const what = sql.replace('SHOW ', '').toLowerCase();
    return changed[what] ?? newest[what as keyof Console];
  });
const postgresql = (sessions: Row[] = [session]) =>
  server((sql) => (sql.includes('pg_settings') ? limits : sql.includes('pg_stat_activity') ? sessions : []));
const refusing =
  (message: string): Resources['databases']['connect'] =>
  () =>
    Promise.reject(new Error(message));
const silent: Resources['databases']['connect'] = () => new Promise(() => {});

/** Secrets by their names, and a deadline that passes only where it is said to. */
function tools(value = 'stats:secret', isLate = false) {
  const [given, read, cancelled]: [number[], string[], number[]] = [[], [], []];
  return {
    given,
    names: read,
    cancelled,
    secrets: {
      read: async (name: string) => {
        read.push(name);
        return value;
      },
    },
    after: (milliseconds: number) => {
      given.push(milliseconds);
      return {
        passed: isLate ? Promise.resolve() : new Promise<void>(() => {}),
        cancel: () => cancelled.push(milliseconds),
      };
    },
  };
}
const unread = {
  secrets: { read: () => Promise.reject(Object.assign(new Error(''), { name: 'ParameterNotFound' })) },
  after: tools().after,
};

describe('every PgBouncer', () => {
  it('is what its console answers, one question after the other', async () => {
    const { connect, asked } = pgbouncer();
    expect(await readInstances(pools, { ...tools(), databases: { connect } })).toEqual([
      { name: '10.0.1.5:6432', reading: { value: instance() } },
    ]);
    expect(asked).toEqual([
      'SHOW VERSION',
      'SHOW POOLS',
      'SHOW DATABASES',
      'SHOW CONFIG',
      'SHOW LISTS',
      'SHOW STATS',
      'SHOW CLIENTS',
    ]);
  });

  it('is asked as the user of the secret, over TLS, for five seconds', async () => {
    const { connect, targets, deadlines } = pgbouncer();
    const used = tools();
    await readInstances(pools, { ...used, databases: { connect } });
    expect(targets).toEqual([
      {
        host: '10.0.1.5',
        port: 6432,
        serverName: undefined,
        database: 'pgbouncer',
        tls: true,
        user: 'stats',
        password: 'secret',
      },
    ]);
    expect(deadlines).toEqual([5000]);
    expect(used).toMatchObject({ names: ['/app/stats'], given: [5000], cancelled: [5000] });
  });

  it('is asked where the configuration says, without TLS where it says none', async () => {
    const { connect, targets } = pgbouncer();
    const instances = [
      { host: 'a', port: 7000, serverName: 'pool.example' },
      { host: 'b', port: 7001 },
    ];
    const read = await readInstances(
      { ...pools, instances, tls: 'none' },
      { ...tools(), databases: { connect } },
    );
    expect(read.map(({ name }) => name)).toEqual(['a:7000', 'b:7001']);
    expect(targets).toMatchObject([
      { host: 'a', port: 7000, serverName: 'pool.example', tls: false },
      { host: 'b', port: 7001, tls: false },
    ]);
  });

  it('is none where none is configured', async () => {
    const { instances: _, statsSecret: __, ...without } = pools;
    expect(await readInstances(without, { ...tools(), databases: { connect: silent } })).toEqual([]);
  });

  it('is known without its statistics, which are only shown', async () => {
    const { connect } = pgbouncer({ stats: [{ database: 'app' }] });
    const [read] = await readInstances(pools, { ...tools(), databases: { connect } });
    expect(read?.reading).toEqual({
      value: instance({
        averageWaits: {
          unknown: {
            cause: 'malformed',
            problem: 'other-format',
            detail: '0.avg_wait_time: is missing; 0.total_server_assignment_count: is missing',
          },
        },
        queryCounts: {
          unknown: {
            cause: 'malformed',
            problem: 'other-format',
            detail: '0.total_query_count: is missing',
          },
        },
      }),
    });
  });

  it('is unknown with the user that it refuses', async () => {
    expect(
      await readInstances(pools, { ...tools(), databases: { connect: refusing('no such user: stats') } }),
    ).toEqual([{ name: '10.0.1.5:6432', reading: { unknown: { cause: 'wrong-password', user: 'stats' } } }]);
  });

  it('is unknown where it says nothing by the deadline', async () => {
    const used = tools('stats:secret', true);
    expect(await readInstances(pools, { ...used, databases: { connect: silent } })).toEqual([
      { name: '10.0.1.5:6432', reading: { unknown: { cause: 'late', seconds: 5 } } },
    ]);
    expect(used.cancelled).toEqual([5000]);
  });

  it('is unknown without its secret', async () => {
    expect(await readInstances(pools, { ...unread, databases: { connect: silent } })).toMatchObject([
      { reading: { unknown: { cause: 'missing', message: 'the SSM parameter /app/stats' } } },
    ]);
  });
});

describe('the secret', () => {
  it.each([
    ['stats:a:b c', 'stats', 'a:b c'],
    ['  stats:secret\n', 'stats', 'secret'],
    ['stats:two\nlines', 'stats', 'two\nlines'],
    ['stats:\nsecret', 'stats', '\nsecret'],
    ['a.long-name:s', 'a.long-name', 's'],
  ])('%j is a user and a password', async (value, user, password) => {
    const { connect, targets } = pgbouncer();
    await readInstances(pools, { ...tools(value), databases: { connect } });
    expect(targets).toMatchObject([{ user, password }]);
  });

  it.each(['secret', ':secret', 'stats:', 'two words:secret', ''])('%j is none', async (value) => {
    const { connect, targets } = pgbouncer();
    const [read] = await readInstances(pools, { ...tools(value), databases: { connect } });
    expect(read?.reading).toEqual({
      unknown: {
        cause: 'malformed',
        problem: 'other-format',
        detail: 'the SSM parameter /app/stats must hold user:password',
      },
    });
    expect(targets).toEqual([]);
  });
});

describe('PostgreSQL', () => {
  it('is what it says of its limits and sessions', async () => {
    const { connect, targets } = postgresql();
    const used = tools('monitor:secret');
    expect(await readPostgres(pools, { ...used, databases: { connect } })).toEqual({
      value: {
        maxConnections: 100,
        reserved: 3,
        connections: 1,
        sessions: [
          {
            pid: 7,
            database: 'app',
            user: 'app',
            application: 'worker',
            state: 'active',
            seconds: 2,
            blockedBy: [],
          },
        ],
      },
    });
    expect(used.names).toEqual(['/app/monitor']);
    expect(targets).toEqual([
      {
        host: '10.0.0.9',
        port: 5432,
        serverName: undefined,
        database: 'app',
        tls: true,
        user: 'monitor',
        password: 'secret',
      },
    ]);
  });

  it('is asked where the configuration says, without TLS where it says none', async () => {
    const { connect, targets } = postgresql();
    const database = { ...pools.database, port: 5433, serverName: 'db.example', tls: 'none' as const };
    await readPostgres({ ...pools, database }, { ...tools(), databases: { connect } });
    expect(targets).toMatchObject([{ port: 5433, serverName: 'db.example', tls: false }]);
  });

  it('is unknown where no direct connection is configured', async () => {
    const { database: _, ...without } = pools;
    expect(await readPostgres(without, { ...tools(), databases: { connect: silent } })).toEqual({
      unknown: { cause: 'not-configured', lacks: 'database' },
    });
  });

  it('is unknown where it hides sessions from the user', async () => {
    const hidden = { ...session, backend_type: null };
    const { connect } = postgresql([session, hidden, hidden]);
    expect(await readPostgres(pools, { ...tools(), databases: { connect } })).toEqual({
      unknown: { cause: 'hidden', sessions: 2 },
    });
  });

  it('is unknown where a column is missing', async () => {
    const { pid: _, ...without } = session;
    expect(
      await readPostgres(pools, { ...tools(), databases: { connect: postgresql([without]).connect } }),
    ).toEqual({
      unknown: { cause: 'malformed', problem: 'other-format', detail: '0.pid: is missing' },
    });
  });

  it('is unknown where it lets nobody in', async () => {
    expect(
      await readPostgres(pools, {
        ...tools(),
        databases: { connect: refusing('sorry, too many clients already') },
      }),
    ).toEqual({
      unknown: { cause: 'full' },
    });
  });
});
