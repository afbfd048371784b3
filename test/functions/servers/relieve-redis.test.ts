import { describe, expect, it } from '@jest/globals';
import { relieveRedis } from '../../../functions/servers/relieve-redis.ts';
import { RELIEVER, simulatedCaches } from '../../../sandbox/cache/asking.ts';
import { loginOf, simulatedDatabases } from '../../../sandbox/pools/asking.ts';
import type { CacheOptions } from '../../../sandbox/world/model/cache.ts';
import { mulberry32 } from '../../../sandbox/world/model/random.ts';
import { createWorld } from '../../../sandbox/world/world.ts';
import { tryParse } from '../../../shared/core/schema.ts';
import {
  CacheChange,
  CachePlan,
  type CacheReliefPlan,
  type ReliefCode,
} from '../../../shared/document/cache-relief.ts';
import type { Approval } from '../../../shared/document/outcome.ts';
import type { Request } from '../../../shared/document/request.ts';
import { serviceKey } from '../../../shared/incident/service-record.ts';
import type { AskCache, Resources } from '../../../shared/lambda/context.ts';
import { memoryRecordStore } from '../../../shared/store/memory.ts';
import {
  approval,
  service as configured,
  configWith,
  incident,
  now,
  record,
  request,
  serviceName,
} from '../../support/builders.ts';
import { listening } from '../harness.ts';

const mebibyte = 1_048_576;
const soon = () => ({ passed: new Promise<void>((resolve) => setImmediate(resolve)), cancel: () => {} });
const noeviction: Partial<CacheOptions> = { limit: 100 * mebibyte, policy: 'noeviction' };
/** Nothing may be evicted, for nothing has a time to live. */
const lasting: Partial<CacheOptions> = {
  limit: 100 * mebibyte,
  policy: 'volatile-lru',
  groups: [{ prefix: 'cache:', keys: 40_000, most: 40_000, bytesPerKey: 7000, expires: false }],
};

/** A service whose cache is like this, an open incident, and the function as it runs. */
async function situation(
  cache: Partial<CacheOptions>,
  more: { mostActiveSessions?: number | undefined; secondsPerCommand?: number } = {},
) {
  const { mostActiveSessions = 60, secondsPerCommand = 0 } = more;
  const config = configWith((_, service) => {
    Object.assign(service.pgbouncer ?? {}, {
      instances: [{ host: '10.0.1.5' }],
      statsSecret: '/pools/stats',
      database: { host: '10.0.3.5', name: 'app', secret: '/pools/reader' },
    });
    Object.assign(service, {
      cache: {
        ...{ host: '10.0.4.5', secret: '/cache/reader', reliefSecret: '/cache/reliever' },
        ...{ mostActiveSessions, prefixes: ['cache:'] },
      },
    });
  });
  const { cluster, service: name } = configured;
  let time = Date.parse(now);
  const world = createWorld({
    now: () => time,
    random: mulberry32(1),
    services: [{ cluster, name, desiredCount: 3, arrivals: () => (secondsPerCommand > 0 ? 0 : 5), cache }],
  });
  const [simulated] = world.services;
  if (!simulated) throw new Error('no service');
  time += 60_000;
  const store = memoryRecordStore({ now: () => new Date(time) });
  const own = incident();
  const key = serviceKey(cluster, name);
  await store.write(key, record({ lockNumber: own.lockNumber, incidentId: own.id }), { expected: 'absent' });
  let isOn = true;
  const sent: string[] = [];
  /** Happens right before a command. */
  const before = new Map<string, () => void>();
  const { log, lines } = listening();
  const settings = config.services[serviceName];
  const caches = simulatedCaches(simulated, settings?.cache);
  const databases = simulatedDatabases(simulated, settings?.pgbouncer);
  const connect: Resources['caches']['connect'] = (target, given, work) =>
    caches.connect(target, given, (ask) => {
      const heard: AskCache = async (command, ...words) => {
        time += secondsPerCommand * 1000;
        before.get(command)?.();
        before.delete(command);
        if (!['PING', 'INFO', 'SLOWLOG', 'SCAN'].includes(command))
          sent.push(`${command} ${words[0] ?? ''}`.trim());
        return ask(command, ...words);
      };
      return work(heard);
    });
  const context = {
    ...{ config, log, store, after: soon },
    now: () => new Date(time),
    switch: { isOn: async () => isOn },
    secrets: { read: async (of: string) => loginOf(of === '/cache/reliever' ? RELIEVER : 'reader', of) },
    caches: { connect },
    databases,
  };
  const call = (mode: 'plan' | ReliefCode, part: object = {}, asked: Partial<Request> = {}) =>
    relieveRedis.run(
      {
        mode,
        document: {
          request: request({ machine: 'redis-emergency', source: 'console', ...asked }),
          incident: own,
          ...part,
        },
      },
      context,
    );
  return {
    ...{ call, sent, before, store, lines },
    state: () => simulated.cache().state,
    async plan(asked: Partial<Request> = {}, part: object = {}): Promise<CacheReliefPlan> {
      const plan = tryParse(CachePlan, await call('plan', part, asked));
      if (plan?.action !== 'relieve')
        throw new Error(`it is ${plan?.action}: ${JSON.stringify(plan?.reasons)}`);
      return plan;
    },
    async change(mode: ReliefCode, part: object, asked: Partial<Request> = {}): Promise<CacheChange> {
      const change = tryParse(CacheChange, await call(mode, part, asked));
      if (!change) throw new Error('no change');
      return change;
    },
    noted: async () => (await store.read(`cache/${cluster}/${name}`))?.body,
    switchOff() {
      isOn = false;
    },
    takeOver: () => store.write(key, record({ lockNumber: own.lockNumber + 1 }), { expected: 1 }),
  };
}

const yes = (plan: CacheReliefPlan, ...approvers: string[]): Approval =>
  approval({ planHash: plan.hash, approvers: approvers.length > 0 ? approvers : ['Ada'] });
const refused = { name: 'GuardError' };

describe('relieve-redis', () => {
  it('does nothing without an approval, or with that of another relief', async () => {
    const one = await situation(noeviction);
    const plan = await one.plan();
    expect(plan.relief.code).toBe('policy');
    for (const approved of [undefined, approval({ approvers: ['Ada'] })])
      await expect(one.call('policy', { cachePlan: plan, approval: approved })).rejects.toMatchObject(
        refused,
      );
    // What was approved is one thing; what stands in the document has been altered since.
    const altered = { ...plan, relief: { ...plan.relief, to: 'allkeys-random' } };
    await expect(one.call('policy', { cachePlan: altered, approval: yes(plan) })).rejects.toMatchObject(
      refused,
    );
    expect(one.sent).toEqual(['CONFIG GET']);
  });

  it('does nothing but what was planned, and nothing in a dry run', async () => {
    const one = await situation(noeviction);
    const plan = await one.plan();
    const approved = { cachePlan: plan, approval: yes(plan) };
    await expect(one.call('flush', approved, { flush: true })).rejects.toMatchObject(refused);
    await expect(one.call('unlink', approved)).rejects.toMatchObject(refused);
    await expect(one.call('policy', approved, { dryRun: true })).rejects.toMatchObject(refused);
    await expect(one.call('policy', { approval: yes(plan) })).rejects.toMatchObject(refused);
    expect(one.state().policy).toBe('noeviction');
  });

  it('sets the policy once it is noted, and tells the same where its answer was lost', async () => {
    const one = await situation(noeviction);
    const plan = await one.plan();
    one.before.set('CONFIG', () => expect(one.sent).toEqual(['CONFIG GET']));
    const approved = { cachePlan: plan, approval: yes(plan) };
    const change = await one.change('policy', approved);
    expect(change).toMatchObject({ next: 'verify', done: [{ code: 'policy', worked: true }] });
    expect(one.state().policy).toBe('volatile-lru');
    expect(await one.noted()).toMatchObject({
      policy: { place: '10.0.4.5:6379', from: 'noeviction', to: 'volatile-lru', incidentId: incident().id },
    });
    const again = await one.change('policy', approved);
    expect(again.done).toMatchObject([{ worked: true, text: 'maxmemory-policy is volatile-lru already' }]);
  });

  it('sets no policy where the cache is not full any more, and notes none', async () => {
    const one = await situation(noeviction);
    const plan = await one.plan();
    one.state().limit = 500 * mebibyte;
    const change = await one.change('policy', { cachePlan: plan, approval: yes(plan) });
    expect(change.done).toMatchObject([{ worked: false }]);
    expect([one.state().policy, await one.noted()]).toEqual(['noeviction', undefined]);
  });

  it('takes a policy that somebody else set to the same for theirs', async () => {
    const one = await situation(noeviction);
    const plan = await one.plan();
    one.state().policy = 'volatile-lru';
    const change = await one.change('policy', { cachePlan: plan, approval: yes(plan) });
    expect([change.done[0]?.worked, await one.noted()]).toEqual([false, undefined]);
  });

  it('writes nothing on a verdict that is unknown', async () => {
    const one = await situation(noeviction);
    const plan = await one.plan();
    one.state().maxClients = 0;
    await expect(one.call('policy', { cachePlan: plan, approval: yes(plan) })).rejects.toMatchObject({
      name: 'UnknownStateError',
    });
    expect([one.state().policy, await one.noted()]).toEqual(['noeviction', undefined]);
  });

  it('writes nothing while the switch is off or another run holds the lock', async () => {
    for (const [stop, name] of [
      ['switchOff', 'SwitchedOffError'],
      ['takeOver', 'LockLostError'],
    ] as const)
      for (const [cache, code] of [
        [noeviction, 'policy'],
        [lasting, 'unlink'],
      ] as const) {
        const one = await situation(cache);
        const plan = await one.plan();
        await one[stop]();
        await expect(one.call(code, { cachePlan: plan, approval: yes(plan) })).rejects.toMatchObject({
          name,
        });
        expect(one.sent.filter((command) => !command.endsWith('GET'))).toEqual([]);
      }
  });
});

describe('a removal of keys', () => {
  it('goes on in the next call where its time is over, with what is left, and ends when there is room', async () => {
    const one = await situation(lasting, { secondsPerCommand: 8 });
    const plan = await one.plan();
    // Nobody waits until every key is counted.
    expect(plan.relief).toMatchObject({ prefixes: [{ prefix: 'cache:', finished: false }] });
    const atFirst = one.state().groups[0]?.count ?? 0;
    let change: CacheChange | undefined;
    const nexts: string[] = [];
    do {
      const part = { cachePlan: plan, approval: yes(plan), ...(change ? { change: { cache: change } } : {}) };
      change = await one.change('unlink', part);
      nexts.push(change.next);
    } while (change.next === 'go-on' && nexts.length < 200);
    expect(nexts.length).toBeGreaterThan(2);
    expect(nexts.at(-1)).toBe('verify');
    const { used, limit, groups } = one.state();
    expect(used / limit).toBeLessThan(0.8);
    expect(change.done).toHaveLength(1);
    const kept = groups[0]?.count ?? 0;
    const [{ removed = [] } = { removed: [] }] = change.done;
    expect(atFirst - (removed[0]?.keys ?? 0)).toBe(kept);
  });

  it('stops between two batches where the lock is lost, and says in the log what was removed', async () => {
    const one = await situation(lasting);
    const plan = await one.plan();
    one.before.set('UNLINK', () => void one.takeOver());
    await expect(one.call('unlink', { cachePlan: plan, approval: yes(plan) })).rejects.toMatchObject({
      name: 'LockLostError',
    });
    expect(one.sent.filter((command) => command.startsWith('UNLINK'))).toHaveLength(1);
    expect(one.lines).toContainEqual([
      'info',
      'keys removed',
      { removed: [{ prefix: 'cache:', keys: expect.any(Number) }] },
    ]);
  });

  it('stops where the cache breaks off, and tells how many keys are gone', async () => {
    const one = await situation(lasting);
    const plan = await one.plan();
    one.before.set('UNLINK', () => {
      one.before.set('INFO', () => {
        throw new Error('Connection is closed.');
      });
    });
    const change = await one.change('unlink', { cachePlan: plan, approval: yes(plan) });
    expect(change.next).toBe('stop');
    expect(change.done[0]?.text).toMatch(
      /^[\d,]+ keys removed \(cache: [\d,]+\); the memory could not be read$/,
    );
  });

  it('waits for a database that is loaded, half an hour in a row at most', async () => {
    const one = await situation(lasting, { mostActiveSessions: 0 });
    const plan = await one.plan();
    const part = { cachePlan: plan, approval: yes(plan) };
    const first = await one.change('unlink', part);
    expect(first).toMatchObject({ next: 'wait', waits: 1 });
    const last = await one.change('unlink', { ...part, change: { cache: { ...first, waits: 30 } } });
    expect(last).toMatchObject({ next: 'stop' });
    expect(one.sent.filter((command) => command.startsWith('UNLINK'))).toEqual([]);
  });
});

describe('a flush', () => {
  const asked = { flush: true } as const;

  it('is planned only where a person names it, and needs two different people', async () => {
    const one = await situation({});
    expect(await one.call('plan')).toMatchObject({ action: 'none' });
    expect(await one.call('plan', {}, { ...asked, source: 'workflow' })).toMatchObject({ action: 'none' });
    const plan = await one.plan(asked);
    expect(plan).toMatchObject({ needed: 2, relief: { code: 'flush', keys: 48_200 } });
    for (const people of [['Ada'], ['Ada', 'Ada']])
      await expect(
        one.call('flush', { cachePlan: plan, approval: yes(plan, ...people) }, asked),
      ).rejects.toMatchObject({ name: 'GuardError', message: expect.stringContaining('1 did') });
    const fewer = { ...plan, needed: 1 };
    await expect(
      one.call('flush', { cachePlan: fewer, approval: yes(plan, 'Ada', 'Bo') }, asked),
    ).rejects.toMatchObject(refused);
    await expect(
      one.call('flush', { cachePlan: plan, approval: yes(plan, 'Ada', 'Bo') }),
    ).rejects.toMatchObject(refused);
    expect(one.sent).toEqual([]);
    const change = await one.change('flush', { cachePlan: plan, approval: yes(plan, 'Ada', 'Bo') }, asked);
    expect(change.done).toMatchObject([{ code: 'flush', worked: true }]);
    expect(one.sent).toEqual(['FLUSHALL ASYNC']);
    // Its answer was lost, and the cache has filled again meanwhile.
    const again = await one.change('flush', { cachePlan: plan, approval: yes(plan, 'Ada', 'Bo') }, asked);
    expect(again.done).toMatchObject([{ worked: false, text: expect.stringContaining('not sent twice') }]);
    expect(one.sent).toEqual(['FLUSHALL ASYNC']);
  });
});

describe('the way back', () => {
  it('is none where nothing was noted; what is back by itself is noted no more', async () => {
    const one = await situation(noeviction);
    expect(await one.call('plan', {}, { restore: true })).toMatchObject({ action: 'none' });
    const plan = await one.plan();
    await one.change('policy', { cachePlan: plan, approval: yes(plan) });
    one.state().policy = 'noeviction';
    const dry = await one.call('plan', {}, { restore: true, dryRun: true });
    expect(dry).toMatchObject({ action: 'none', reasons: [{ code: 'policy-is-back' }] });
    expect(await one.noted()).toMatchObject({ policy: { from: 'noeviction' } });
    await one.call('plan', {}, { restore: true });
    expect(await one.noted()).toEqual({});
  });

  it('is not gone where the memory has filled again since it was approved', async () => {
    const one = await situation(noeviction);
    const plan = await one.plan();
    await one.change('policy', { cachePlan: plan, approval: yes(plan) });
    one.state().limit = 500 * mebibyte;
    const back = await one.plan({ restore: true });
    expect(back.relief).toMatchObject({ code: 'restore', from: 'volatile-lru', to: 'noeviction' });
    one.state().limit = 100 * mebibyte;
    const change = await one.change('restore', { cachePlan: back, approval: yes(back) }, { restore: true });
    expect(change.done).toMatchObject([{ worked: false }]);
    expect(one.state().policy).toBe('volatile-lru');
    one.state().limit = 500 * mebibyte;
    await one.change('restore', { cachePlan: back, approval: yes(back) }, { restore: true });
    expect([one.state().policy, await one.noted()]).toEqual(['noeviction', {}]);
  });
});
