import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ADMIN, loginOf, simulatedDatabases } from '../../../sandbox/pools/asking.ts';
import type { ServiceOptions } from '../../../sandbox/world/model/options.ts';
import { mulberry32 } from '../../../sandbox/world/model/random.ts';
import { createWorld } from '../../../sandbox/world/world.ts';
import type { HeldPool } from '../../../shared/document/pool-settings.ts';
import { timer } from '../../../shared/lambda/step.ts';
import { readPostgres } from '../../../shared/pool/postgres.ts';
import { readInstances } from '../../../shared/pool/read.ts';
import { queueOf, reliefOf } from '../../../shared/pool/relief.ts';
import { tune } from '../../../shared/pool/tune.ts';
import { backOrders, changesOf, givenBack, noted, raiseOrders } from '../../../shared/pool/tuning.ts';
import { poolVerdict } from '../../../shared/pool/verdict.ts';
import type { PoolsSeen } from '../../../shared/pool/waiting/pools.ts';
import { service as settings } from '../../support/builders.ts';

const host = '10.0.1.5';
const limits = {
  defaultPoolSize: 16,
  reservePoolSize: 2,
  minPoolSize: 0,
  maxClientConn: 400,
  waitSeconds: 0.05,
  slowSeconds: 1,
};
const size = { maxClientConn: 300, minPoolSize: 0, reservePoolSize: 0 };

/** A service of ten tasks behind so many PgBouncers, looked at and tuned by the product's own code. */
function pools(more: Partial<ServiceOptions> = {}, instances = [{ host }, { host: '10.0.2.5' }]) {
  const { dbPool, ...options } = more;
  let now = Date.parse('2026-10-02T17:00:00Z');
  const world = createWorld({
    now: () => now,
    random: mulberry32(1),
    services: [
      {
        cluster: 'main',
        name: 'api',
        desiredCount: 10,
        arrivals: () => 60,
        ...options,
        dbPool: {
          servers: instances.length,
          poolSize: 2,
          minPoolSize: 0,
          reservePoolSize: 0,
          maxClientConnections: 300,
          maxConnections: 60,
          pinnedPerTask: 0,
          holdSeconds: 0.08,
          ...dbPool,
        },
      },
    ],
  });
  const [service] = world.services;
  if (!service) throw new Error('no service');
  const configured = {
    ...{ ...settings.pgbouncer, baseline: { ...size, defaultPoolSize: 2 }, heldByOthers: 0 },
    emergency: { ...size, defaultPoolSize: 16 },
    instances,
    statsSecret: 'stats',
    adminSecret: 'admin',
    tls: 'none' as const,
    database: { host: '10.0.3.5', name: 'app', secret: 'database', tls: 'none' as const },
  };
  const read = async (name: string) => loginOf(name === 'admin' ? ADMIN : 'reader', name);
  const databases = simulatedDatabases(service, configured);
  const { connect } = databases;
  const tools = { secrets: { read }, databases, after: timer };
  const see = async (): Promise<PoolsSeen> => ({
    instances: await readInstances(configured, tools),
    postgres: await readPostgres(configured, tools),
  });
  const always = async () => {};
  const setBy = (adminSecret: string, held: readonly HeldPool[]) =>
    tune({ ...configured, adminSecret }, backOrders(held, givenBack(held)), tools, always);
  return {
    service,
    connect,
    see,
    setBy,
    pass(seconds: number) {
      now += seconds * 1000;
    },
    sizes: async () =>
      (await see()).instances.map(
        ({ reading }) => 'value' in reading && reading.value.settings.defaultPoolSize,
      ),
    verdict: async () => poolVerdict(await see(), limits),
    /** What is to be raised, noted and raised. */
    async relieve() {
      const changes = changesOf(poolVerdict(await see(), limits));
      const held = noted([], changes);
      return { held, outcomes: await tune(configured, raiseOrders(changes, held), tools, always) };
    },
    ask: (sql: string, user = ADMIN) =>
      connect(
        { host, port: 6432, database: 'pgbouncer', user, password: 'sandbox-value-of-it', tls: false },
        1000,
        (ask) => ask(sql),
      ),
  };
}

describe('a simulated pool that is too small', () => {
  it('is raised on each PgBouncer, relieves within half a minute, and goes back to the snapshot', async () => {
    const all = pools();
    all.pass(120);
    const before = await all.see();
    expect(poolVerdict(before, limits)[0].code).toBe('too-small');

    const { held, outcomes } = await all.relieve();
    expect(outcomes.map(({ code, setting }) => [code, setting])).toEqual([
      ['set', 'default_pool_size'],
      ['set', 'reserve_pool_size'],
      ['set', 'default_pool_size'],
      ['set', 'reserve_pool_size'],
    ]);
    all.pass(30);
    expect(reliefOf(queueOf(before.instances, limits), await all.see(), limits)).toBe('relieved');
    expect(await all.sizes()).toEqual([16, 16]);

    expect((await all.setBy('admin', held)).map(({ code }) => code)).toEqual(['set', 'set', 'set', 'set']);
    expect(await all.sizes()).toEqual([2, 2]);
  });

  it('is back at its file once a PgBouncer has restarted, and the other one is not', async () => {
    const all = pools();
    all.pass(120);
    await all.relieve();
    all.service.restartPool(0);
    expect(await all.sizes()).toEqual([2, 16]);
  });

  it('is not raised where PostgreSQL has no slot left', async () => {
    // The least size alone would take more than there is.
    const all = pools({ dbPool: { maxConnections: 18, minPoolSize: 20 } });
    all.pass(120);
    const [{ code }] = await all.verdict();
    const { postgres } = await all.see();
    expect(code).toBe('refused');
    // Who reads needs a slot, too.
    expect(postgres).toEqual({ unknown: { cause: 'full' } });
    expect(await all.relieve()).toEqual({ held: [], outcomes: [] });
  });
});

describe('a simulated pool that more connections do not help', () => {
  it('names who leaves transactions open', async () => {
    const held = { kind: 'connections-held', connections: 3, from: 60, until: 3600 } as const;
    const all = pools({ troubles: [held] });
    all.pass(120);
    const [first] = await all.verdict();
    expect(first).toMatchObject({
      code: 'leaked',
      hold: { sessions: [{ application: 'batch', seconds: 60 }, {}, {}] },
    });
  });

  it('is not raised for queries that are slow on average, though none is long', async () => {
    const slow = { kind: 'slow-queries', factor: 20, from: 60, until: 3600 } as const;
    const all = pools({ troubles: [slow] });
    all.pass(120);
    const before = (await all.see()).instances;
    all.pass(60);
    const [first] = poolVerdict({ ...(await all.see()), before, secondsBetween: 60 }, limits);
    expect(first).toMatchObject({ code: 'slow-on-average', seconds: expect.closeTo(1.6, 1) });
  });

  it('names slow queries', async () => {
    const slow = { kind: 'slow-queries', factor: 200, from: 60, until: 3600 } as const;
    const all = pools({ troubles: [slow] });
    all.pass(120);
    expect((await all.verdict())[0].code).toBe('slow');
  });

  it('is unknown while the database is down, and its consoles answer', async () => {
    const all = pools({ troubles: [{ kind: 'database-down', from: 60, until: 3600 }] });
    all.pass(120);
    const { instances, postgres } = await all.see();
    expect(instances.every(({ reading }) => 'value' in reading)).toBe(true);
    expect(postgres).toMatchObject({ unknown: { cause: 'unreachable' } });
  });
});

it('no pool is larger than it may be, and PostgreSQL never has more sessions than slots, whatever is set', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.record({
        ...{ poolSize: fc.integer({ min: 1, max: 60 }), minPoolSize: fc.integer({ min: 0, max: 60 }) },
        ...{
          maxConnections: fc.integer({ min: 20, max: 80 }),
          pinnedPerTask: fc.integer({ min: 0, max: 3 }),
        },
      }),
      fc.integer({ min: 0, max: 90 }),
      fc.array(fc.tuple(fc.integer({ min: 0, max: 1 }), fc.integer({ min: 1, max: 90 })), { maxLength: 4 }),
      async (dbPool, held, sets) => {
        const troubles = [{ kind: 'connections-held', connections: held, from: 5, until: 3600 }] as const;
        const all = pools({ dbPool, troubles });
        for (const [server, to] of [[0, dbPool.poolSize] as const, ...sets]) {
          all.service.setPool(server, 'default_pool_size', to);
          all.pass(20);
          const { instances, postgres } = await all.see();
          const { busy, pinned, held: kept, idle, directConnections: others } = all.service.databasePools();
          const sessions = Math.round(busy) + pinned + kept.connections + idle + others;
          const slots = dbPool.maxConnections - 3;
          expect(sessions).toBeLessThanOrEqual(slots);
          expect(postgres).toMatchObject(
            sessions < slots ? { value: { connections: sessions } } : { unknown: { cause: 'full' } },
          );
          const seen = instances.flatMap(({ reading }) => ('value' in reading ? [reading.value] : []));
          const active = seen.flatMap((one) => one.pools).reduce((sum, one) => sum + one.serversActive, 0);
          const allowed = seen.reduce((sum, one) => sum + one.settings.defaultPoolSize, 0);
          // Shares of two are rounded.
          expect(active).toBeLessThanOrEqual(allowed + 1);
        }
      },
    ),
    { numRuns: 60 },
  );
});

describe('the console of a simulated PgBouncer', () => {
  it('refuses what the real one refuses, in its words', async () => {
    const { ask, sizes } = pools();
    await expect(ask('SET default_pool_size = 9', 'reader')).rejects.toThrow('admin access needed');
    await expect(ask('SET nonsense = 1')).rejects.toThrow('SET failed');
    await expect(ask("SET default_pool_size = 'abc'")).rejects.toThrow('SET failed');
    await expect(ask('SET default_pool_size = -5')).rejects.toThrow('invalid command');
    await expect(ask('SELECT 1')).rejects.toThrow('invalid command');
    expect(await sizes()).toEqual([2, 2]);
  });

  it('answers SET for a setting that cannot change, and keeps its value', async () => {
    const { ask } = pools();
    expect(await ask('SET listen_port = 17000')).toEqual([]);
    expect(await ask('SHOW CONFIG')).toContainEqual({
      key: 'listen_port',
      value: '6432',
      default: '6432',
      changeable: 'no',
    });
  });

  it('is nowhere but at its address, and takes its own password', async () => {
    const { connect } = pools();
    const target = { host, port: 6432, database: 'pgbouncer', user: 'reader', tls: false };
    const show = (more: Partial<typeof target> & { password: string }) =>
      connect({ ...target, ...more }, 1000, (ask) => ask('SHOW VERSION'));
    await expect(show({ password: 'x' })).rejects.toThrow('password authentication failed');
    await expect(show({ password: 'sandbox-value-of-x', port: 6433 })).rejects.toThrow('ECONNREFUSED');
    expect(await show({ password: 'sandbox-value-of-x' })).toEqual([{ version: 'PgBouncer 1.26.1' }]);
  });
});
