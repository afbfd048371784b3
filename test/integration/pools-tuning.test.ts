import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { outcomeText } from '../../shared/format/pools/outcomes.ts';
import { timer } from '../../shared/lambda/step.ts';
import { databases as databasesOf } from '../../shared/pool/console.ts';
import { readInstances, readPostgres } from '../../shared/pool/read.ts';
import { afterLook, reliefOf } from '../../shared/pool/relief.ts';
import { freeSlots } from '../../shared/pool/sessions.ts';
import { tune } from '../../shared/pool/tune.ts';
import {
  type Change,
  changesOf,
  type Held,
  lapsed,
  noted,
  raiseOrders,
  resetOrders,
} from '../../shared/pool/tuning.ts';
import { knownOf, type PoolsSeen, poolVerdict } from '../../shared/pool/verdict.ts';
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
  maxClientConn: 200,
  waitSeconds: 0.05,
  slowSeconds: 1,
};

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
    async sizes() {
      const { instances } = await see();
      return instances.map(({ reading }) => 'value' in reading && reading.value.settings.defaultPoolSize);
    },
    async raise(changes: readonly Change[], held: readonly Held[] = []) {
      const notes = noted(held, changes);
      return { held: notes, outcomes: await tune(pools, '/admin', raiseOrders(changes, notes), tools) };
    },
    reset: (held: readonly Held[]) => tune(pools, '/admin', resetOrders(held), tools),
  };
}

const raiseTo = (port: number, from: number, to: number): Change => ({
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
    const relief = reliefOf(seen, after, limits);
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
      const relief = reliefOf(seen, await pools.see(), limits);
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
    const { instances, postgres } = await pools.see();
    if (!('value' in postgres)) throw new Error('PostgreSQL is unknown');
    const again = lapsed(knownOf(instances), held, postgres.value);
    expect(again).toEqual([raiseTo(second, 2, 6)]);
    const { held: then, outcomes } = await pools.raise(again, held);
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
  });
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
