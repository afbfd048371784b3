import { describe, expect, it } from '@jest/globals';
import type { PoolSetting } from '../../../shared/document/pool-settings.ts';
import { outcomeText } from '../../../shared/format/pools/outcomes.ts';
import type { DatabaseTarget, Resources } from '../../../shared/lambda/context.ts';
import { type PlacedPools, placed } from '../../../shared/pool/topology/places.ts';
import { tune } from '../../../shared/pool/tune.ts';
import type { Order } from '../../../shared/pool/tuning.ts';

const sizes = { defaultPoolSize: 4, minPoolSize: 0, reservePoolSize: 3, maxClientConn: 100 };
const pools = {
  baseline: sizes,
  emergency: sizes,
  heldByOthers: 0,
  instances: [{ host: '10.0.1.5' }, { host: '10.0.2.5', port: 7000, serverName: 'pool.example' }],
  statsSecret: '/app/stats',
  adminSecret: '/app/admin',
};
const [a, b] = ['10.0.1.5:6432', '10.0.2.5:7000'];
const order = (
  instance: string,
  to: number,
  owned: number[],
  setting: PoolSetting = 'default_pool_size',
): Order => ({
  instance,
  setting,
  to,
  owned,
});
const tools = {
  secrets: { read: async (name: string) => (name === '/app/admin' ? 'admin:secret' : 'stats:other') },
  after: () => ({ passed: new Promise<void>(() => {}), cancel: () => {} }),
};

/** Two PgBouncers that do as they are told, and everything that they were asked. */
function consoles(answer?: (host: string, sql: string) => Error | 'ignore' | undefined) {
  const values = new Map(
    ['10.0.1.5', '10.0.2.5'].map((host) => [
      host,
      {
        default_pool_size: '100',
        reserve_pool_size: '30',
        min_pool_size: '20',
        max_client_conn: '1000',
      } as Record<string, string>,
    ]),
  );
  const asked: string[] = [];
  const targets: DatabaseTarget[] = [];
  const connect: Resources['databases']['connect'] = (target, _, work) => {
    targets.push(target);
    const own = values.get(target.host) ?? {};
    return work(async (sql) => {
      asked.push(`${target.host} ${sql}`);
      const said = answer?.(target.host, sql);
      if (said instanceof Error) throw said;
      const [, setting = '', to = ''] = /^SET (\w+) = (\d+)$/.exec(sql) ?? [];
      if (setting && said !== 'ignore') own[setting] = to;
      return sql === 'SHOW CONFIG' ? Object.entries(own).map(([key, value]) => ({ key, value })) : [];
    });
  };
  return { values, asked, targets, connect };
}

const run = (orders: Order[], connect: Resources['databases']['connect'], given: PlacedPools = pools) =>
  tune(given, orders, { ...tools, databases: { connect } }, async () => {});

describe('an order', () => {
  it('reads, sets and reads back, instance by instance, as the admin of the secret', async () => {
    const { connect, asked, targets } = consoles();
    const orders = [order(a, 150, [100]), order(b, 150, [100]), order(a, 2000, [1000], 'max_client_conn')];
    expect(await run(orders, connect)).toEqual([
      { instance: a, setting: 'default_pool_size', to: 150, code: 'set', from: 100 },
      { instance: a, setting: 'max_client_conn', to: 2000, code: 'set', from: 1000 },
      { instance: b, setting: 'default_pool_size', to: 150, code: 'set', from: 100 },
    ]);
    expect(asked).toEqual([
      '10.0.1.5 SHOW CONFIG',
      '10.0.1.5 SET default_pool_size = 150',
      '10.0.1.5 SHOW CONFIG',
      '10.0.1.5 SHOW CONFIG',
      '10.0.1.5 SET max_client_conn = 2000',
      '10.0.1.5 SHOW CONFIG',
      '10.0.2.5 SHOW CONFIG',
      '10.0.2.5 SET default_pool_size = 150',
      '10.0.2.5 SHOW CONFIG',
    ]);
    const where = { database: 'pgbouncer', user: 'admin', password: 'secret', tls: true };
    expect(targets).toEqual([
      { ...where, host: '10.0.1.5', port: 6432, serverName: undefined },
      { ...where, host: '10.0.2.5', port: 7000, serverName: 'pool.example' },
    ]);
  });

  it('given again does nothing', async () => {
    const { connect, asked } = consoles();
    const orders = [order(a, 150, [100])];
    await run(orders, connect);
    asked.length = 0;
    expect(await run(orders, connect)).toMatchObject([{ code: 'already' }]);
    expect(asked).toEqual(['10.0.1.5 SHOW CONFIG']);
  });

  it('never overwrites what a person set', async () => {
    const { connect, values, asked } = consoles();
    values.set('10.0.1.5', {
      default_pool_size: '120',
      reserve_pool_size: '30',
      min_pool_size: '20',
      max_client_conn: '1000',
    });
    expect(await run([order(a, 150, [100])], connect)).toMatchObject([{ code: 'person', is: 120 }]);
    expect(asked).toEqual(['10.0.1.5 SHOW CONFIG']);
  });

  it('is seen to have no effect where PgBouncer only says SET', async () => {
    const { connect } = consoles((_, sql) => (sql.startsWith('SET') ? 'ignore' : undefined));
    expect(await run([order(a, 150, [100])], connect)).toMatchObject([{ code: 'no-effect', is: 100 }]);
  });
});

describe('where something goes wrong', () => {
  const coded = (message: string) => Object.assign(new Error(message), { code: '08P01' });

  it('what was done before is told, what came after is unknown, and the next PgBouncer is tuned all the same', async () => {
    const { connect } = consoles((host, sql) =>
      host === '10.0.1.5' && sql.startsWith('SET reserve') ? coded('Connection terminated') : undefined,
    );
    const orders = [
      order(a, 150, [100]),
      order(a, 40, [30], 'reserve_pool_size'),
      order(a, 2000, [1000], 'max_client_conn'),
      order(b, 150, [100]),
    ];
    const unknown = { cause: 'unreachable', error: 'Error', message: 'Connection terminated' };
    expect(await run(orders, connect)).toMatchObject([
      { instance: a, code: 'set' },
      { instance: a, setting: 'reserve_pool_size', to: 40, code: 'unknown', unknown },
      { instance: a, setting: 'max_client_conn', to: 2000, code: 'unknown', unknown },
      { instance: b, code: 'set' },
    ]);
  });

  it.each([
    ['admin access needed', { cause: 'no-admin-user', user: 'admin' }],
    ['SET failed', { cause: 'failed', message: 'SET failed' }],
  ])('%s changes nothing', async (message, unknown) => {
    const { connect, values } = consoles((_, sql) => (sql.startsWith('SET') ? coded(message) : undefined));
    expect(await run([order(a, 150, [100])], connect)).toMatchObject([{ code: 'unknown', unknown }]);
    expect(values.get('10.0.1.5')).toMatchObject({ default_pool_size: '100' });
  });

  it('an address that is not configured is never connected to', async () => {
    const { connect, targets } = consoles();
    const { instances: _, ...without } = pools;
    const expected = [{ code: 'unknown', unknown: { cause: 'not-configured', lacks: 'instance' } }];
    expect(await run([order('10.0.9.9:6432', 150, [100])], connect)).toMatchObject(expected);
    expect(await run([order(a, 150, [100])], connect, without)).toMatchObject(expected);
    expect(targets).toEqual([]);
  });
});

it.each([
  [{ code: 'set' as const, from: 1000 }, 'a:6432: max_client_conn 1,000 → 2,000'],
  [{ code: 'already' as const }, 'a:6432: max_client_conn is 2,000 already'],
  [{ code: 'person' as const, is: 1500 }, 'a:6432: somebody else set max_client_conn to 1,500, and it stays'],
  [
    { code: 'no-effect' as const, is: 1000 },
    'a:6432: PgBouncer answered SET, but max_client_conn is still 1,000, not 2,000',
  ],
  [
    { code: 'unknown' as const, unknown: { cause: 'no-admin-user' as const, user: 'admin' } },
    'a:6432: whether max_client_conn is 2,000 is unknown: admin is not in admin_users of pgbouncer.ini',
  ],
])('%j is told in one line', (result, text) => {
  expect(outcomeText({ instance: 'a:6432', setting: 'max_client_conn', to: 2000, ...result })).toBe(text);
});

describe('an order for a task of an ECS service', () => {
  const { instances: _, ...others } = pools;
  const tasks = { ...others, instances: { service: 'pgbouncer' } };
  const running = (address: string) => ({ task: address, running: true, address });

  it('that does not run any more is over: its settings went with it', async () => {
    const { connect, asked } = consoles();
    const orders = [order('10.0.9.9:6432', 100, [150]), order(a, 100, [150])];
    const outcomes = await run(orders, connect, placed(tasks, [running('10.0.1.5')]));
    expect(outcomes).toEqual([
      { instance: '10.0.9.9:6432', setting: 'default_pool_size', to: 100, code: 'gone' },
      { instance: a, setting: 'default_pool_size', to: 100, code: 'already' },
    ]);
    expect(outcomes.map(outcomeText)[0]).toBe(
      '10.0.9.9:6432: its task does not run any more, and default_pool_size went with it',
    );
    expect(asked).toEqual(['10.0.1.5 SHOW CONFIG']);
  });

  it('is over as well where none runs at all', async () => {
    const outcomes = await run([order(a, 100, [150])], consoles().connect, placed(tasks, []));
    expect(outcomes).toMatchObject([{ code: 'gone' }]);
  });

  it.each([
    [undefined, 'its address is not known'],
    [{ unknown: { cause: 'throttled' as const, text: 'throttled by AWS' } }, 'throttled by AWS'],
  ])('is open where ECS said %j of them: it may still run', async (found, why) => {
    const outcomes = await run([order(a, 100, [150])], consoles().connect, placed(tasks, found));
    expect(outcomes).toMatchObject([{ code: 'unknown', unknown: { cause: 'no-address' } }]);
    expect(outcomes.map(outcomeText).join()).toContain(why);
  });
});
