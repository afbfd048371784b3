import { describe, expect, it } from '@jest/globals';
import type { Row } from '../../../shared/pool/columns.ts';
import {
  averageWaitsOf,
  clientsOf,
  databasesOf,
  instanceOf,
  poolsOf,
  queryCountsOf,
  settingsOf,
} from '../../../shared/pool/rows.ts';
import { type Console, consoles } from './consoles.ts';

describe.each(Object.entries(consoles))(
  'the console of PgBouncer %s',
  (version, { stats: _, ...answers }) => {
    const averageWaits = { value: [{ database: 'app', seconds: 0.814 }] };
    const queryCounts = { value: [{ database: 'app', queries: 0 }] };
    const read = (changed: Partial<Console>) =>
      instanceOf({ ...answers, averageWaits, queryCounts, ...changed });

    it('gives the same record as every other version', () => {
      expect(read({})).toEqual({
        version,
        settings: { defaultPoolSize: 4, reservePoolSize: 3, minPoolSize: 1, maxClientConn: 100 },
        clients: 10,
        pools: [
          {
            database: 'app',
            user: 'app',
            clientsActive: 2,
            clientsWaiting: 8,
            waitSeconds: 1.25,
            servers: 4,
            serversActive: 2,
            serversLogin: 1,
          },
        ],
        databases: [
          {
            name: 'app',
            host: '10.0.0.9',
            port: 5432,
            database: 'app',
            forceUser: null,
            poolSize: 4,
            reservePoolSize: 3,
            maxConnections: 0,
            currentConnections: 5,
            paused: false,
            disabled: false,
          },
        ],
        averageWaits: { value: [{ database: 'app', seconds: 0.814 }] },
        queryCounts,
      });
    });

    it.each(['cl_waiting', 'sv_active', 'sv_login', 'maxwait', 'maxwait_us'])(
      'is no pool without %s, instead of one with zero',
      (column) => {
        const without = answers.pools.map((row) =>
          Object.fromEntries(Object.entries(row).filter(([name]) => name !== column)),
        );
        expect(() => poolsOf(without)).toThrow(`${column}: is missing`);
        const faulty = (value: unknown) => answers.pools.map((row) => ({ ...row, [column]: value }));
        for (const value of ['', '-1', 'many', null, Number.NaN, -1])
          expect(() => poolsOf(faulty(value))).toThrow(column);
      },
    );
  },
);

it('asks for a reserve under either of its names', () => {
  const [row = {}] = consoles['1.18.0']?.databases ?? [];
  const { reserve_pool: _, ...without } = row;
  expect(() => databasesOf([without])).toThrow('reserve_pool_size: is missing');
});

it('takes numbers as numbers and as text', () => {
  const [row = {}] = consoles['1.18.0']?.pools ?? [];
  expect(poolsOf([{ ...row, cl_waiting: 8, maxwait: 1, maxwait_us: 250_000 }])).toEqual(poolsOf([row]));
});

it('counts every server connection that is up, whatever it does', () => {
  const [row = {}] = consoles['1.18.0']?.pools ?? [];
  const up = { sv_active: 1, sv_active_cancel: 20, sv_being_canceled: 300, sv_idle: 4000 };
  expect(poolsOf([{ ...row, ...up, sv_used: 50_000, sv_tested: 600_000 }])).toMatchObject([
    { servers: 654_321, serversActive: 1 },
  ]);
});

it('sees a database that is paused or disabled', () => {
  const [row = {}] = consoles['1.18.0']?.databases ?? [];
  expect(databasesOf([{ ...row, paused: '1' }])).toMatchObject([{ paused: true, disabled: false }]);
  expect(databasesOf([{ ...row, disabled: '1' }])).toMatchObject([{ paused: false, disabled: true }]);
});

it.each(['1.24.1', '1.26.1'])('takes the mean wait of PgBouncer %s', (version) => {
  expect(averageWaitsOf(consoles[version]?.stats ?? [])).toEqual([{ database: 'app', seconds: 0.814 }]);
});

it('takes no wait per second for a mean: an old PgBouncer does not count how often it gave a connection', () => {
  expect(() => averageWaitsOf(consoles['1.18.0']?.stats ?? [])).toThrow(
    'total_server_assignment_count: is missing',
  );
});

it.each(Object.keys(consoles))('takes how many queries of PgBouncer %s have ended', (version) => {
  const [row] = consoles[version]?.stats ?? [];
  const counted = { ...row, total_query_count: '12' };
  expect(queryCountsOf([counted, { ...counted, database: 'pgbouncer' }])).toEqual([
    { database: 'app', queries: 12 },
  ]);
  expect(() => queryCountsOf([{ ...row, total_query_count: null }])).toThrow('total_query_count');
});

it('leaves the console itself out of the statistics', () => {
  const row = { database: 'app', avg_wait_time: '500000', total_server_assignment_count: '9' };
  expect(averageWaitsOf([{ ...row, database: 'pgbouncer' }, row])).toEqual([
    { database: 'app', seconds: 0.5 },
  ]);
});

it('takes its own name off the version, and nothing else', () => {
  const { stats, ...answers } = consoles['1.26.1'] as Console;
  const read = (version: Row[]) =>
    instanceOf({
      ...answers,
      averageWaits: { value: averageWaitsOf(stats) },
      queryCounts: { value: queryCountsOf(stats) },
      version,
    }).version;
  expect(read([{ version: 'pgbouncer 1.18.0' }])).toBe('1.18.0');
  expect(read([{ version: 'Patched PgBouncer 1.18.0' }])).toBe('Patched PgBouncer 1.18.0');
  expect(() => read([])).toThrow('version: is missing');
});

it('names what a list or the settings lack', () => {
  expect(() => clientsOf([{ list: 'pools', items: '1' }])).toThrow('used_clients: is missing');
  expect(() => settingsOf([{ key: 'default_pool_size', value: '20' }])).toThrow('reserve_pool_size');
});
