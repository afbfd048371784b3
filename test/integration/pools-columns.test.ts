import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { simulatedDatabases } from '../../sandbox/pools/asking.ts';
import { mulberry32 } from '../../sandbox/world/model/random.ts';
import { createWorld } from '../../sandbox/world/world.ts';
import type { DatabaseTarget } from '../../shared/lambda/context.ts';
import { asking } from '../../shared/pool/console.ts';
import { limitsQuery, sessionsQuery } from '../../shared/pool/sessions.ts';
import { service } from '../support/builders.ts';
import { host } from './loopback.ts';
import { type Databases, databases, password, requireDatabases, versionOfPool } from './postgres.ts';

jest.setTimeout(60_000);

let all: Databases;
let port: number;
beforeAll(async () => {
  requireDatabases();
  all = await databases(40);
  port = await all.pool({ default_pool_size: 3 });
});
afterAll(() => all?.stop());

/** The console has the columns of 1.26; an older PgBouncer lacks these, by command. */
const sinceThen: Record<string, string[]> = {
  'SHOW POOLS': ['load_balance_hosts'],
  'SHOW DATABASES': [
    ...['reserve_pool_size', 'server_lifetime', 'load_balance_hosts'],
    ...['max_client_connections', 'current_client_connections'],
  ],
  'SHOW STATS': ['total', 'avg'].flatMap((of) =>
    ['server_assignment_count', 'client_parse_count', 'server_parse_count', 'bind_count'].map(
      (name) => `${of}_${name}`,
    ),
  ),
};
const isOld = () => Number(versionOfPool().split('.')[1]) < 24;
const lacking = (sql: string) => {
  const logins = ['total_client_login_count', 'avg_client_login_count'];
  return isOld() ? [...(sinceThen[sql] ?? []), ...(sql === 'SHOW STATS' ? logins : [])] : [];
};

const columns = (rows: readonly object[]) => [...new Set(rows.flatMap((row) => Object.keys(row)))].sort();
const real = (sql: string, database = 'pgbouncer', at = port) =>
  asking({ host, port: at, database, user: 'watcher', password, tls: false }, 5000, (ask) => ask(sql));

/** The same question to the sandbox's. */
async function simulated(sql: string, more: Partial<DatabaseTarget> = {}) {
  const world = createWorld({
    now: () => Date.parse('2026-10-02T17:00:00Z'),
    random: mulberry32(1),
    services: [{ cluster: 'main', name: 'api', desiredCount: 3, arrivals: () => 10 }],
  });
  const [played] = world.services;
  if (!played || !service.pgbouncer) throw new Error('no service');
  const place = { host: '10.0.3.5', name: 'app', secret: 'database' };
  const { connect } = simulatedDatabases(played, {
    ...service.pgbouncer,
    instances: [{ host: '10.0.1.5' }],
    database: place,
  });
  const target = { host: '10.0.1.5', port: 6432, database: 'pgbouncer', user: 'reader', tls: false };
  return connect({ ...target, password: 'sandbox-value-of-it', ...more }, 5000, (ask) => ask(sql));
}

describe('the console of the sandbox has the columns of a real one', () => {
  it.each(['SHOW VERSION', 'SHOW POOLS', 'SHOW DATABASES', 'SHOW CONFIG', 'SHOW LISTS', 'SHOW STATS'])(
    '%s',
    async (sql) => {
      const [there, here] = [columns(await real(sql)), columns(await simulated(sql))];
      expect(here.filter((name) => !there.includes(name))).toEqual(lacking(sql).sort());
      const renamed = isOld() && sql === 'SHOW DATABASES' ? ['reserve_pool'] : [];
      expect(there.filter((name) => !here.includes(name))).toEqual(renamed);
    },
  );

  it('settings and lists that the real one has as well', async () => {
    for (const [sql, name] of [
      ['SHOW CONFIG', 'key'],
      ['SHOW LISTS', 'list'],
    ] as const) {
      const known = (await real(sql)).map((row) => row[name]);
      expect(known).toEqual(expect.arrayContaining((await simulated(sql)).map((row) => row[name])));
    }
  });

  it('what can change at run time is what can change there', async () => {
    const there = new Map((await real('SHOW CONFIG')).map(({ key, changeable }) => [key, changeable]));
    for (const { key, changeable } of await simulated('SHOW CONFIG'))
      expect([key, changeable]).toEqual([key, there.get(key)]);
  });
});

it.each([
  ['limits', limitsQuery],
  ['sessions', sessionsQuery],
])('PostgreSQL of the sandbox: its %s have the columns of the real one', async (_, sql) => {
  await all.connect({});
  const there = columns(await real(sql, 'app', all.port));
  expect(columns(await simulated(sql, { host: '10.0.3.5', port: 5432, database: 'app' }))).toEqual(there);
});
