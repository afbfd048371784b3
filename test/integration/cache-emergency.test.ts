import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { relieveRedis } from '../../functions/servers/relieve-redis.ts';
import { caches } from '../../shared/cache/connection.ts';
import { tryParse } from '../../shared/core/schema.ts';
import { CacheChange, CachePlan, type CacheReliefPlan } from '../../shared/document/cache-relief.ts';
import { told } from '../../shared/format/unknown.ts';
import { serviceKey } from '../../shared/incident/service-record.ts';
import { timer } from '../../shared/lambda/step.ts';
import { databases as databasesOf } from '../../shared/pool/console.ts';
import { relievingTrials } from '../../shared/preflight/servers/cache.ts';
import { memoryRecordStore } from '../../shared/store/memory.ts';
import { listening } from '../functions/harness.ts';
import { approval, configWith, incident, record, request, service } from '../support/builders.ts';
import { host } from './loopback.ts';
import { type Databases, databases, requireDatabases } from './postgres.ts';
import { password, requireRedis, type Server, type Servers, servers } from './redis.ts';

jest.setTimeout(240_000);

let all: Servers;
let postgres: Databases;
beforeAll(async () => {
  requireRedis();
  requireDatabases();
  all = servers();
  postgres = await databases(40);
});
afterAll(async () => {
  await all?.stop();
  await postgres?.stop();
});

/** The user of docs/permissions.md, for the keys of `cache:` alone. */
const rights =
  'resetkeys ~cache:* -@all +ping +info +slowlog|get +scan +unlink +config|get +config|set +flushall';

/** Writes so many keys of a prefix of this size. */
const write = (server: Server, prefix: string, keys: number, bytes: number) =>
  server.cli(
    'EVAL',
    "for i = 1, ARGV[1] + 0 do redis.pcall('SET', ARGV[2] .. i, ARGV[3]) end",
    ...['0', String(keys), prefix, 'x'.repeat(bytes)],
  );

/** relieve-redis as it runs, on a real cache and a real PostgreSQL. */
async function runsOn(server: Server, { user = rights, mostActiveSessions = 10 } = {}) {
  server.cli('ACL', 'SETUSER', 'reliever', 'on', `>${password}`, ...user.split(' '));
  const config = configWith((_, draft) => {
    Object.assign(draft.pgbouncer ?? {}, {
      database: { host, port: postgres.port, name: 'app', secret: '/pools/reader', tls: 'none' },
    });
    Object.assign(draft, {
      cache: {
        ...{ host, port: server.port, tls: 'none', secret: '/cache/reader' },
        ...{ reliefSecret: '/cache/reliever', mostActiveSessions, prefixes: ['cache:'] },
      },
    });
  });
  const store = memoryRecordStore({ now: () => new Date() });
  const own = incident();
  await store.write(
    serviceKey(service.cluster, service.service),
    record({ lockNumber: own.lockNumber, incidentId: own.id }),
    { expected: 'absent' },
  );
  const context = {
    ...{ config, store, log: listening().log, after: timer, now: () => new Date() },
    switch: { isOn: async () => true },
    secrets: {
      read: async (name: string) => `${name === '/pools/reader' ? 'watcher' : 'reliever'}:${password}`,
    },
    ...{ caches: caches(), databases: databasesOf() },
  };
  const asked = (flush: boolean) =>
    request({ machine: 'redis-emergency', source: 'console', ...(flush ? { flush: true } : {}) });
  const call = (mode: 'plan' | 'policy' | 'unlink' | 'flush', part: object, flush: boolean) =>
    relieveRedis.run({ mode, document: { request: asked(flush), incident: own, ...part } }, context);
  return {
    context,
    config,
    plan: async (part: object = {}, flush = false) => {
      const plan = tryParse(CachePlan, await call('plan', part, flush));
      if (!plan) throw new Error('no plan');
      return plan;
    },
    /** Approved by these people. */
    async relieve(plan: CacheReliefPlan, approvers: string[], part: object = {}) {
      const { code } = plan.relief;
      if (code === 'restore') throw new Error('that is another test');
      const approved = { cachePlan: plan, approval: approval({ planHash: plan.hash, approvers }), ...part };
      const change = tryParse(CacheChange, await call(code, approved, code === 'flush'));
      if (!change) throw new Error('no change');
      return change;
    },
  };
}

const relieving = (plan: CachePlan): CacheReliefPlan => {
  if (plan.action !== 'relieve') throw new Error(JSON.stringify(plan.reasons));
  return plan;
};

describe('redis-emergency on a real cache', () => {
  it('goes from the policy to the keys, and each time writes are taken again', async () => {
    const server = await all.start({ maxmemory: '20mb', 'maxmemory-policy': 'noeviction' });
    write(server, 'session:', 500, 1000);
    write(server, 'cache:', 30_000, 1000);
    const takesWrites = () => server.cli('SET', 'one', 'x'.repeat(10_000));
    expect(takesWrites()).toMatch(/^OOM/);
    const run = await runsOn(server);
    const first = relieving(await run.plan());
    expect(first).toMatchObject({
      relief: { code: 'policy', from: 'noeviction', to: 'allkeys-lru' },
      database: { limit: 10, sessions: 0 },
    });
    const evicts = await run.relieve(first, ['Ada']);
    expect(evicts.done).toMatchObject([{ code: 'policy', worked: true }]);
    expect(takesWrites()).toBe('OK');
    expect(await run.plan({ cachePlan: first, change: { cache: evicts } })).toMatchObject({
      action: 'relieved',
    });
    // Somebody wants every key without a time to live kept, and gives it less memory.
    server.cli('CONFIG', 'SET', 'maxmemory-policy', 'volatile-lru');
    server.cli('CONFIG', 'SET', 'maxmemory', '18mb');
    expect(takesWrites()).toMatch(/^OOM/);
    const second = relieving(await run.plan());
    expect(second.relief).toMatchObject({ code: 'unlink', prefixes: [{ prefix: 'cache:', finished: true }] });
    const removes = await run.relieve(second, ['Ada']);
    expect(removes).toMatchObject({ next: 'verify', done: [{ worked: true }] });
    expect(removes.done[0]?.text).toMatch(/^[\d,]+ keys removed \(cache: [\d,]+\); there is room again$/);
    expect(takesWrites()).toBe('OK');
    expect(Number(server.cli('EVAL', "return #redis.call('KEYS', 'session:*')", '0'))).toBeGreaterThan(0);
  });

  it('removes no key while PostgreSQL works on more than it may', async () => {
    const server = await all.start({ maxmemory: '20mb', 'maxmemory-policy': 'volatile-lru' });
    write(server, 'cache:', 30_000, 1000);
    const run = await runsOn(server, { mostActiveSessions: 0 });
    const busy = await postgres.connect();
    const slow = busy.query('SELECT pg_sleep(8)').catch(() => undefined);
    const plan = relieving(await run.plan());
    expect(plan.database).toEqual({ limit: 0, sessions: 1 });
    const before = server.cli('DBSIZE');
    expect(await run.relieve(plan, ['Ada'])).toMatchObject({ next: 'wait', waits: 1 });
    expect(server.cli('DBSIZE')).toBe(before);
    await slow;
    const change = await run.relieve(plan, ['Ada']);
    expect(change).toMatchObject({ next: 'verify', done: [{ worked: true }] });
  });

  it('flushes for two people, and for one, or one twice, nothing goes', async () => {
    const server = await all.start();
    write(server, 'session:', 1000, 100);
    const run = await runsOn(server);
    const plan = relieving(await run.plan({}, true));
    expect(plan).toMatchObject({ needed: 2, relief: { code: 'flush', keys: 1000 } });
    for (const people of [['Ada'], ['Ada', 'Ada']])
      await expect(run.relieve(plan, people)).rejects.toMatchObject({ name: 'GuardError' });
    expect(server.cli('DBSIZE')).toBe('1000');
    expect(await run.relieve(plan, ['Ada', 'Bo'])).toMatchObject({ done: [{ worked: true }] });
    expect(server.cli('DBSIZE')).toBe('0');
  });

  it('has a preflight that changes nothing, and names the right that is missing', async () => {
    const server = await all.start();
    write(server, 'cache:', 10, 10);
    const tried = async (user: string) => {
      const { config, context } = await runsOn(server, { user });
      const [settings] = Object.values(config.services);
      if (!settings) throw new Error('no service');
      const rows = await Promise.all(
        relievingTrials(settings, context).map(async (trial) => [trial.on, await trial.try()] as const),
      );
      return rows.flatMap(([on, found]) =>
        found && 'unknown' in found && found.unknown ? [`${on}: ${told(found.unknown).text}`] : [],
      );
    };
    expect(await tried(rights)).toEqual([]);
    expect(await tried(rights.replace('+config|set', ''))).toEqual([
      expect.stringMatching(/^127\.0\.0\.1:\d+: .*config\|set/),
    ]);
    expect(await tried(rights.replace('~cache:*', '~page:*'))).toEqual([
      expect.stringMatching(/^127\.0\.0\.1:\d+: .*(keys|access)/),
    ]);
    expect([server.cli('DBSIZE'), server.cli('CONFIG', 'GET', 'maxmemory-policy')]).toEqual([
      '10',
      'maxmemory-policy\nnoeviction',
    ]);
  });
});
