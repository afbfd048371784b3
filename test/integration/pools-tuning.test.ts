import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { readPools } from '../../functions/servers/read-pools.ts';
import { tunePools } from '../../functions/servers/tune-pools.ts';
import { parse } from '../../shared/core/schema.ts';
import { type HeldPool, type PoolChange, PoolsRead } from '../../shared/document/pool-settings.ts';
import { outcomeText } from '../../shared/format/pools/outcomes.ts';
import { told } from '../../shared/format/unknown.ts';
import { serviceKey } from '../../shared/incident/service-record.ts';
import { timer } from '../../shared/lambda/step.ts';
import { connectionGuards } from '../../shared/plan/guards/pool-room.ts';
import { databases as databasesOf } from '../../shared/pool/console.ts';
import { readHeld } from '../../shared/pool/held.ts';
import { lookAtPools } from '../../shared/pool/look.ts';
import { readPostgres } from '../../shared/pool/postgres.ts';
import { readInstances } from '../../shared/pool/read.ts';
import { afterLook, queueOf, reliefOf } from '../../shared/pool/relief.ts';
import { roomOf, stillAllowed } from '../../shared/pool/room.ts';
import { freeSlots } from '../../shared/pool/sessions.ts';
import { tune } from '../../shared/pool/tune.ts';
import { backOrders, changesOf, givenBack, noted, raiseOrders } from '../../shared/pool/tuning.ts';
import { poolVerdict } from '../../shared/pool/verdict.ts';
import type { PoolsSeen } from '../../shared/pool/waiting/pools.ts';
import { tuningTrials } from '../../shared/preflight/servers/pools.ts';
import { memoryRecordStore } from '../../shared/store/memory.ts';
import { listening } from '../functions/harness.ts';
import {
  configWith,
  incident,
  plan,
  production,
  record,
  request,
  service,
  view,
} from '../support/builders.ts';
import { certificateFor, host, pause } from './loopback.ts';
import { type Databases, databases, password, requireDatabases, underLoad } from './postgres.ts';

jest.setTimeout(120_000);

let all: Databases;
beforeAll(async () => {
  requireDatabases();
  all = await databases(40);
});
afterAll(() => all?.stop());
afterEach(() => all.clear());

const limits = {
  defaultPoolSize: 20,
  reservePoolSize: 2,
  minPoolSize: 0,
  maxClientConn: 200,
  waitSeconds: 0.05,
  slowSeconds: 1,
};

const always = async () => {};

interface Asked {
  admin?: string;
  tls?: 'none' | 'require';
  serverName?: string;
}

/** What reads and tunes these PgBouncers. */
function poolsOf(
  ports: readonly number[],
  { admin = `admin:${password}`, tls = 'none', serverName }: Asked = {},
) {
  const sizes = { ...limits, minPoolSize: 0 };
  const pools = {
    baseline: sizes,
    emergency: sizes,
    heldByOthers: 0,
    instances: ports.map((port) => ({ host, port, serverName })),
    statsSecret: '/stats',
    adminSecret: '/admin',
    tls,
    database: { host, port: all.port, name: 'app', secret: '/stats', tls: 'none' as const },
  };
  const secrets = { read: async (name: string) => (name === '/admin' ? admin : `watcher:${password}`) };
  const tools = { secrets, databases: databasesOf(), after: timer };
  const see = async (): Promise<PoolsSeen> => ({
    instances: await readInstances(pools, tools),
    postgres: await readPostgres(pools, tools),
  });
  return {
    see,
    pools,
    tools,
    /** What a preflight finds of the rights to set. */
    async tried() {
      const trials = tuningTrials({ ...service, pgbouncer: pools }, tools);
      const trial = trials.find(({ check }) => check === 'address');
      return trial?.try();
    },
    async sizes() {
      const { instances } = await see();
      return instances.map(({ reading }) => 'value' in reading && reading.value.settings.defaultPoolSize);
    },
    async raise(changes: readonly PoolChange[], held: readonly HeldPool[] = []) {
      const notes = noted(held, changes);
      return { held: notes, outcomes: await tune(pools, raiseOrders(changes, notes), tools, always) };
    },
    reset: (held: readonly HeldPool[]) => tune(pools, backOrders(held, givenBack(held)), tools, always),
  };
}

const raiseTo = (port: number, from: number, to: number): PoolChange => ({
  instance: `${host}:${port}`,
  setting: 'default_pool_size',
  from,
  to,
});
const codesOf = (outcomes: readonly { code: string }[]) => outcomes.map(({ code }) => code);

it('a pool that is too small is raised: at least half as much again is served at once, and afterwards it is as before', async () => {
  const port = await all.pool({ default_pool_size: 2 });
  const pools = poolsOf([port]);
  await underLoad(all, [port], 12, async (served) => {
    const rate = async () => {
      const before = served();
      await pause(3000);
      return served() - before;
    };
    const slow = await rate();
    const seen = await pools.see();
    const changes = changesOf(poolVerdict(seen, limits));
    expect(changes).toMatchObject([
      { from: 2, to: 20 },
      { setting: 'reserve_pool_size', to: 2 },
    ]);
    const { held, outcomes } = await pools.raise(changes);
    expect(codesOf(outcomes)).toEqual(['set', 'set']);
    await pause(1000);
    expect(await rate()).toBeGreaterThan(1.5 * slow);
    const after = await pools.see();
    const relief = reliefOf(queueOf(seen.instances, limits), after, limits);
    expect([relief, afterLook(relief, false)]).toEqual(['relieved', 'keep']);
    expect('value' in after.postgres && freeSlots(after.postgres.value)).toBeGreaterThan(0);
    // Given again, nothing is written.
    expect(codesOf((await pools.raise(changes, held)).outcomes)).toEqual(['already', 'already']);
    expect(codesOf(await pools.reset(held))).toEqual(['set', 'set']);
    expect(await pools.sizes()).toEqual([2]);
    expect(codesOf(await pools.reset(held))).toEqual(['already', 'already']);
  });
});

it('a raise that does not help is seen not to, and undone', async () => {
  // A role that PostgreSQL lets in twice: a larger pool gets no further connection.
  const port = await all.pool({ default_pool_size: 2 }, 'user=limited');
  const pools = poolsOf([port]);
  await underLoad(
    all,
    [port],
    8,
    async () => {
      const seen = await pools.see();
      const { held } = await pools.raise([raiseTo(port, 2, 20)]);
      await pause(5000);
      const relief = reliefOf(queueOf(seen.instances, limits), await pools.see(), limits);
      expect([relief, afterLook(relief, true)]).toEqual(['no-better', 'undo']);
      await pools.reset(held);
      expect(await pools.sizes()).toEqual([2]);
    },
    'SELECT pg_sleep(15)',
  );
});

describe('several instances', () => {
  it('get theirs each by itself, also while one is not there', async () => {
    const ports = [await all.pool({ default_pool_size: 2 }), await all.pool({ default_pool_size: 3 })];
    const pools = poolsOf([...ports, 1]);
    const [first = 0, second = 0] = ports;
    const changes = [raiseTo(1, 2, 6), raiseTo(first, 2, 6), raiseTo(second, 3, 6)];
    const { held, outcomes } = await pools.raise(changes);
    expect(codesOf(outcomes)).toEqual(['unknown', 'set', 'set']);
    expect(outcomeText(outcomes[0] as never)).toMatch(
      /^127\.0\.0\.1:1: whether default_pool_size is 6 is unknown: not reachable: .*ECONNREFUSED/,
    );
    expect(await pools.sizes()).toEqual([6, 6, false]);
    await pools.reset(held);
    expect(await pools.sizes()).toEqual([2, 3, false]);
  });

  it('one that restarted has lost its values: they are set again, and on the way back it is back already', async () => {
    const ports = [await all.pool({ default_pool_size: 2 }), await all.pool({ default_pool_size: 2 })];
    const pools = poolsOf(ports);
    const [first = 0, second = 0] = ports;
    const { held } = await pools.raise([raiseTo(first, 2, 6), raiseTo(second, 2, 6)]);
    await all.restart(second);
    expect(await pools.sizes()).toEqual([6, 2]);
    const { held: then, outcomes } = await pools.raise([raiseTo(second, 2, 6)], held);
    expect(codesOf(outcomes)).toEqual(['set']);
    expect(await pools.sizes()).toEqual([6, 6]);
    await all.restart(second);
    expect(codesOf(await pools.reset(then)).toSorted()).toEqual(['already', 'set']);
    expect(await pools.sizes()).toEqual([2, 2]);
  });
});

describe('nothing changes', () => {
  it('where a person has set a value, on the way up and on the way back', async () => {
    const port = await all.pool({ default_pool_size: 2 });
    const pools = poolsOf([port]);
    const { held } = await pools.raise([raiseTo(port, 2, 6)]);
    await all.admin(port, 'SET default_pool_size = 9');
    const up = await pools.raise([raiseTo(port, 6, 20)], held);
    expect(up.outcomes).toMatchObject([{ code: 'person', is: 9 }]);
    expect(await pools.reset(up.held)).toMatchObject([{ code: 'person', is: 9 }]);
    expect(await pools.sizes()).toEqual([9]);
  });

  it.each<[string, Asked, RegExp]>([
    ['for a user who may only read', { admin: `watcher:${password}` }, /watcher is not in admin_users/],
    ['for a user who may not log in', { admin: `guest:${password}` }, /guest is in neither stats_users nor/],
    ['for a wrong password', { admin: 'admin:wrong' }, /user admin or its password is refused/],
    ['for a secret of another form', { admin: password }, /must hold user:password/],
    ['without the TLS that is configured', { tls: 'require' }, /the server has no TLS/],
  ])('%s', async (_, asked, words) => {
    const port = await all.pool({ default_pool_size: 2 });
    const { outcomes } = await poolsOf([port], asked).raise([raiseTo(port, 2, 6)]);
    expect(codesOf(outcomes)).toEqual(['unknown']);
    expect(outcomeText(outcomes[0] as never)).toMatch(words);
    expect(outcomeText(outcomes[0] as never)).not.toContain(password);
    expect(await poolsOf([port]).sizes()).toEqual([2]);
    // A preflight says the same beforehand.
    const found = await poolsOf([port], asked).tried();
    expect(found && 'unknown' in found && told(found.unknown).text).toMatch(words);
  });

  it('when a preflight asks whether it may be set, which it may', async () => {
    const port = await all.pool({ default_pool_size: 2 });
    expect(await poolsOf([port]).tried()).toBeUndefined();
    expect(await poolsOf([port]).sizes()).toEqual([2]);
  });
});

it('the functions raise a pool that is too small, see that it helped, and give it back', async () => {
  const port = await all.pool({ default_pool_size: 2 });
  const { pools, tools, sizes } = poolsOf([port]);
  const config = configWith((_, own) => Object.assign(own, { pgbouncer: pools }));
  const store = memoryRecordStore({ now: () => new Date() });
  const { cluster, service: name } = service;
  const key = serviceKey(cluster, name);
  await store.write(key, record({ lockNumber: incident().lockNumber }), { expected: 'absent' });
  const { log } = listening();
  const context = { ...tools, config, log, store, now: () => new Date(), switch: { isOn: async () => true } };
  const document = { request: request(), incident: incident(), plan: plan({ action: 'relieve-pool' }) };
  await underLoad(all, [port], 12, async () => {
    await pause(1500);
    const read = await readPools.run({ mode: 'look', document }, context);
    expect(read).toMatchObject({ findings: [{ code: 'too-small' }], raises: [{ to: 20 }, { to: 2 }] });
    const raised = await tunePools.run({ mode: 'raise', document }, context);
    expect(codesOf(raised.outcomes)).toEqual(['set', 'set']);
    await pause(5000);
    const change = { pools: raised };
    const relief = await readPools.run(
      { mode: 'verify', document: { ...document, pools: parse(PoolsRead, read), change } },
      context,
    );
    expect(relief).toMatchObject({ relief: 'relieved', next: 'keep' });
    expect(await sizes()).toEqual([20]);
    const back = {
      ...document,
      plan: plan({ approvalRequired: false, pools: givenBack(await readHeld(incident(), store)) }),
    };
    const restored = await tunePools.run({ mode: 'restore', document: back }, context);
    expect(codesOf(restored.outcomes)).toEqual(['set', 'set']);
    expect(await sizes()).toEqual([2]);
    expect(await readHeld(incident(), store)).toEqual([]);
  });
});

describe('what is left for more tasks', () => {
  const roomIn = async ({ see, pools }: ReturnType<typeof poolsOf>) => roomOf(await see(), pools, limits);

  it('is what PgBouncer and PostgreSQL have; a plan ahead of tasks raises it though nobody waits', async () => {
    const port = await all.pool({ default_pool_size: 4, max_client_conn: 100 });
    const { pools, tools, sizes, ...more } = poolsOf([port]);
    await underLoad(all, [port], 3, async () => {
      const room = await roomIn({ pools, tools, sizes, ...more });
      expect(room).toMatchObject({ clients: 3, maxClients: 100, busy: 3, size: 4, within: true });
      expect(room?.freeSlots).toBeGreaterThan(20);
      const ahead = stillAllowed(room?.raises, room);
      expect(ahead.map(({ setting, to }) => [setting, to])).toEqual([
        ['default_pool_size', 20],
        ['reserve_pool_size', 2],
      ]);
      const { held } = await more.raise(ahead);
      expect(await sizes()).toEqual([20]);
      await more.reset(held);
      expect(await sizes()).toEqual([4]);
    });
  });

  it('is nothing where the pools have taken what PostgreSQL lets in: no task more', async () => {
    const port = await all.pool({ default_pool_size: 60 });
    const pools = poolsOf([port]);
    await underLoad(all, [port], 50, async () => {
      const room = await roomIn(pools);
      expect(room).toMatchObject({ freeSlots: 0, within: false, raises: [] });
      const four = view({ desired: 4, running: 4 });
      const guarded = { ...service, pgbouncer: pools.pools };
      expect(connectionGuards(four, guarded, room)).toContainEqual({ guard: 'slots', limit: 4 });
    });
  });
});

it('a pool keeps more connections open once that is raised with its size, and fewer are asked for afterwards', async () => {
  const port = await all.pool({ default_pool_size: 2, min_pool_size: 0, server_idle_timeout: 600 });
  const pools = poolsOf([port]);
  const change = (setting: PoolChange['setting'], from: number, to: number): PoolChange => ({
    instance: `${host}:${port}`,
    setting,
    from,
    to,
  });
  const client = await all.connect({ port });
  await client.query('SELECT 1');
  const open = async () => {
    const { instances } = await pools.see();
    return instances.map(({ reading }) => 'value' in reading && (reading.value.pools[0]?.servers ?? 0));
  };
  const { held, outcomes } = await pools.raise([
    change('default_pool_size', 2, 8),
    change('min_pool_size', 0, 6),
  ]);
  expect(codesOf(outcomes)).toEqual(['set', 'set']);
  await pause(5000);
  expect(await open()).toEqual([6]);
  expect(codesOf(await pools.reset(held))).toEqual(['set', 'set']);
  const { instances } = await pools.see();
  expect(instances).toMatchObject([
    { reading: { value: { settings: { defaultPoolSize: 2, minPoolSize: 0 } } } },
  ]);
});

it('two addresses of one PgBouncer are told as one, and two PgBouncers as two', async () => {
  const ports = [await all.pool({ default_pool_size: 2 }), await all.pool({ default_pool_size: 2 })];
  const [first = 0, second = 0] = ports;
  // A client that stays; a reader alone may be gone before the other address is asked.
  for (const port of ports) await (await all.connect({ port })).query('SELECT 1');
  const lookAt = async (instances: { host: string; port: number }[]) => {
    const { pools, tools } = poolsOf(ports);
    const look = await lookAtPools({ ...pools, instances }, production, tools);
    return look.instances.map(({ reading }) => ('unknown' in reading ? reading.unknown.cause : 'known'));
  };
  expect(
    await lookAt([
      { host, port: first },
      { host: 'localhost', port: first },
    ]),
  ).toEqual(['known', 'same-process']);
  expect(
    await lookAt([
      { host, port: first },
      { host, port: second },
    ]),
  ).toEqual(['known', 'known']);
});

it('is set over TLS by the name in the certificate', async () => {
  const own = certificateFor('pool.example', all.file);
  own.trust();
  const port = await all.pool({
    default_pool_size: 2,
    client_tls_sslmode: 'require',
    client_tls_key_file: own.key,
    client_tls_cert_file: own.certificate,
  });
  const pools = poolsOf([port], { tls: 'require', serverName: 'pool.example' });
  expect(codesOf((await pools.raise([raiseTo(port, 2, 6)])).outcomes)).toEqual(['set']);
  expect(await pools.sizes()).toEqual([6]);
  own.distrust();
});
