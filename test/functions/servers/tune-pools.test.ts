import { describe, expect, it } from '@jest/globals';
import { tunePools } from '../../../functions/servers/tune-pools.ts';
import { ADMIN, loginOf, simulatedDatabases } from '../../../sandbox/pools/asking.ts';
import { mulberry32 } from '../../../sandbox/world/model/random.ts';
import { createWorld } from '../../../sandbox/world/world.ts';
import type { Changes } from '../../../shared/document/changes.ts';
import type { Plan } from '../../../shared/document/plan.ts';
import type { PoolChange, PoolsTuned } from '../../../shared/document/pool-settings.ts';
import { serviceKey } from '../../../shared/incident/service-record.ts';
import { memoryRecordStore } from '../../../shared/store/memory.ts';
import {
  service as configured,
  configWith,
  incident,
  now,
  plan,
  record,
  request,
  serviceName,
} from '../../support/builders.ts';
import { listening } from '../harness.ts';

const instances = [{ host: '10.0.1.5' }, { host: '10.0.2.5' }];
/** Simulated servers answer before anything else is done: that is in time, and later than it is the second look. */
const soon = () => ({ passed: new Promise<void>((resolve) => setImmediate(resolve)), cancel: () => {} });
const [a, b] = ['10.0.1.5:6432', '10.0.2.5:6432'];

/** Two PgBouncers whose clients wait, an open incident, and the function as it runs. */
async function situation(
  more: { adminSecret?: string; hold?: number; least?: number } = { adminSecret: '/pools/admin' },
) {
  const { hold = 0.08, least = 0, ...secrets } = more;
  const config = configWith((_, service) => {
    if (!service.pgbouncer) throw new Error('no pools');
    Object.assign(service.pgbouncer, {
      emergency: {
        ...service.pgbouncer.emergency,
        defaultPoolSize: 16,
        reservePoolSize: 2,
        minPoolSize: least,
      },
      instances,
      statsSecret: '/pools/stats',
      ...secrets,
      database: { host: '10.0.3.5', name: 'app', secret: '/pools/reader' },
    });
  });
  const { cluster, service: name } = configured;
  let time = Date.parse(now);
  const dbPool = {
    ...{ servers: 2, poolSize: 2, minPoolSize: 0, reservePoolSize: 0, maxConnections: 60 },
    ...{ pinnedPerTask: 0, holdSeconds: hold },
  };
  const world = createWorld({
    now: () => time,
    random: mulberry32(1),
    services: [{ cluster, name, desiredCount: 10, arrivals: () => 60, dbPool }],
  });
  const [simulated] = world.services;
  if (!simulated) throw new Error('no service');
  time += 120_000;
  const store = memoryRecordStore({ now: () => new Date(now) });
  const own = incident();
  const key = serviceKey(cluster, name);
  await store.write(key, record({ lockNumber: own.lockNumber, incidentId: own.id }), { expected: 'absent' });
  let isOn = true;
  const sets: string[] = [];
  const { log } = listening();
  const { connect } = simulatedDatabases(simulated, config.services[serviceName]?.pgbouncer);
  const context = {
    ...{ config, log, store, after: soon },
    now: () => new Date(now),
    switch: { isOn: async () => isOn },
    secrets: { read: async (of: string) => loginOf(of === '/pools/admin' ? ADMIN : 'reader', of) },
    databases: {
      connect: ((target, given, work) => {
        // Each look takes five seconds.
        if (target.database === 'pgbouncer') time += 2500;
        return connect(target, given, (ask) =>
          work((sql) => {
            if (sql.startsWith('SET')) sets.push(`${target.host} ${sql}`);
            return ask(sql);
          }),
        );
      }) as typeof connect,
    },
  };
  const run = (
    mode: PoolsTuned['mode'],
    part: { change?: Changes; pools?: PoolChange[]; action?: Plan['action'] } = {},
  ) => {
    const { change, pools, action = 'relieve-pool' } = part;
    const document = {
      ...{ request: request(), incident: own },
      plan: plan({ action, approvalRequired: false, ...(pools ? { pools } : {}) }),
      ...(change ? { change } : {}),
    };
    return tunePools.run({ mode, document }, context);
  };
  return {
    ...{ context, run, simulated, store, sets },
    sizes: () => simulated.poolSizes.map((sizes) => sizes.default_pool_size),
    held: async () => (await store.read(`pools/${own.id}`))?.body,
    switchOff() {
      isOn = false;
    },
    takeOver: () => store.write(key, record({ lockNumber: own.lockNumber + 1 }), { expected: 1 }),
  };
}

const changeOf = (instance: string, from: number, to: number): PoolChange => ({
  ...{ instance, from, to },
  setting: 'default_pool_size',
});
const codes = ({ outcomes }: PoolsTuned) => outcomes.map(({ code }) => code);
const all = [
  { instance: a, setting: 'default_pool_size', before: 2, set: [16] },
  { instance: b, setting: 'default_pool_size', before: 2, set: [16] },
  { instance: a, setting: 'reserve_pool_size', before: 0, set: [2] },
  { instance: b, setting: 'reserve_pool_size', before: 0, set: [2] },
];

describe('tune-pools raises', () => {
  it('what a look right before it asks for, on each PgBouncer, and notes it first', async () => {
    const { run, sets, sizes, held } = await situation();
    const tuned = await run('raise');
    expect(tuned).toMatchObject({ at: now, mode: 'raise', changed: true });
    expect(tuned.outcomes.map(({ text }) => text)).toEqual([
      `${a}: default_pool_size 2 → 16`,
      `${a}: reserve_pool_size 0 → 2`,
      `${b}: default_pool_size 2 → 16`,
      `${b}: reserve_pool_size 0 → 2`,
    ]);
    expect(sets[0]).toBe('10.0.1.5 SET default_pool_size = 16');
    expect(sizes()).toEqual([16, 16]);
    expect(await held()).toEqual({ held: all });
  });

  it('what each pool keeps open as well, no further than its size, and gives it back', async () => {
    const { run, sets, simulated } = await situation({ adminSecret: '/pools/admin', least: 40 });
    const tuned = await run('raise');
    expect(sets.filter((sql) => sql.startsWith('10.0.1.5'))).toEqual([
      '10.0.1.5 SET default_pool_size = 16',
      '10.0.1.5 SET reserve_pool_size = 2',
      '10.0.1.5 SET min_pool_size = 16',
    ]);
    expect(codes(await run('undo', { change: { pools: tuned } }))).toEqual(Array(6).fill('set'));
    expect(simulated.poolSizes.map((sizes) => sizes.min_pool_size)).toEqual([0, 0]);
  });

  it('once: a repeated call, whose answer was lost, tells the same and sets nothing', async () => {
    const { run, sets } = await situation();
    await run('raise');
    const done = sets.length;
    const again = await run('raise');
    expect(sets).toHaveLength(done);
    expect(again.changed).toBe(true);
    expect(again.outcomes.map(({ code, from, to }) => [code, from, to])).toEqual([
      ['already', 2, 16],
      ['already', 0, 2],
      ['already', 2, 16],
      ['already', 0, 2],
    ]);
  });

  it('nothing while no user for it is configured, nor where clients wait for slow queries', async () => {
    for (const more of [{}, { adminSecret: '/pools/admin', hold: 3 }]) {
      const { run, sets, held } = await situation(more);
      expect(await run('raise')).toMatchObject({ changed: false, outcomes: [] });
      expect(sets).toEqual([]);
      expect(await held()).toBeUndefined();
    }
  });

  it('nothing while the switch is off or another run holds the lock, though it has noted what it was about to', async () => {
    const off = await situation();
    off.switchOff();
    await expect(off.run('raise')).rejects.toMatchObject({ name: 'SwitchedOffError' });
    const late = await situation();
    await late.takeOver();
    await expect(late.run('raise')).rejects.toMatchObject({ name: 'LockLostError' });
    expect([...off.sets, ...late.sets]).toEqual([]);
    expect(await off.held()).toEqual({ held: all });
  });

  it('takes a raise back that has not helped: to what it found, and it is noted no more', async () => {
    const { run, sizes, held, simulated } = await situation();
    const pools = await run('raise');
    simulated.setPool(1, 'default_pool_size', 7);
    const undone = await run('undo', { change: { pools } });
    expect(undone.mode).toBe('undo');
    expect(codes(undone)).toEqual(['set', 'set', 'person', 'set']);
    expect(sizes()).toEqual([2, 7]);
    expect(await held()).toEqual({ held: [all[1]] });
  });
});

describe('tune-pools raises ahead of tasks', () => {
  const ahead = (pools: PoolChange[]) => ({ action: 'scale-out' as const, pools });

  it('what the plan names, although nobody waits', async () => {
    const { run, sets, sizes } = await situation({ adminSecret: '/pools/admin', hold: 0.001 });
    const tuned = await run('raise', ahead([changeOf(a, 2, 8), changeOf(b, 2, 8)]));
    expect(tuned).toMatchObject({ changed: true });
    expect(codes(tuned)).toEqual(['set', 'set']);
    expect(sets).toHaveLength(2);
    expect(sizes()).toEqual([8, 8]);
  });

  it('no further than is configured or than a look right before it allows, and nothing that it does not name', async () => {
    const { run, sizes, held } = await situation();
    await run('raise', ahead([changeOf(a, 2, 40), changeOf('10.0.9.9:6432', 2, 8)]));
    expect(sizes()).toEqual([16, 2]);
    expect(await held()).toEqual({
      held: [{ instance: a, setting: 'default_pool_size', before: 2, set: [16] }],
    });
  });
});

describe('tune-pools gives back', () => {
  const back = [changeOf(a, 16, 2), changeOf(b, 16, 2)];

  it('what the plan names, but not what a person has set since; what has restarted is back already', async () => {
    const { run, sizes, simulated } = await situation();
    await run('raise');
    simulated.restartPool(0);
    simulated.setPool(1, 'default_pool_size', 7);
    const tuned = await run('restore', { pools: back });
    expect(tuned.outcomes.map(({ code, from, is, text }) => [code, from, is, text])).toEqual([
      ['already', 16, undefined, `${a}: default_pool_size is 2 already`],
      ['person', 16, 7, `${b}: somebody else set default_pool_size to 7, and it stays`],
    ]);
    expect(sizes()).toEqual([2, 7]);
  });

  it('only with the approval of that very plan', async () => {
    const { context } = await situation();
    const document = {
      request: request(),
      incident: incident(),
      plan: plan({ approvalRequired: true, pools: back }),
    };
    await expect(tunePools.run({ mode: 'restore', document }, context)).rejects.toMatchObject({
      name: 'GuardError',
    });
  });

  it('and does not end well where it cannot say so', async () => {
    const { run, context } = await situation();
    await run('raise');
    const { pgbouncer } = context.config.services[request().service] ?? {};
    if (!pgbouncer) throw new Error('no pools');
    pgbouncer.instances = [{ host: '10.0.1.5' }];
    await expect(run('restore', { pools: back })).rejects.toMatchObject({
      name: 'UnknownStateError',
      message: `the pools are not given back: ${b}: whether default_pool_size is 2 is unknown: no PgBouncer of this address is configured (pgbouncer.instances)`,
    });
    delete pgbouncer.adminSecret;
    await expect(run('restore', { pools: back })).rejects.toMatchObject({
      message: expect.stringContaining('no user who may set it is configured (pgbouncer.adminSecret)'),
    });
  });
});
