import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Raise } from '../../../shared/pool/budget.ts';
import type { Instance, Seen } from '../../../shared/pool/types.ts';
import { type Finding, poolVerdict } from '../../../shared/pool/verdict.ts';
import type { PoolsSeen } from '../../../shared/pool/waiting/pools.ts';
import { anyLimits, anySeen, readable } from './any-seen.ts';
import {
  counted,
  database,
  limits,
  one,
  pool,
  postgres,
  session,
  short,
  unknown,
  verdict,
} from './pools-seen.ts';

const rows: [string, Partial<PoolsSeen>, object[]][] = [
  [
    'a full pool, free slots and nothing that hangs: raised',
    {},
    [
      {
        code: 'too-small',
        raises: [
          { from: 4, to: 10 },
          { from: 3, to: 5 },
        ],
        budget: { pools: 15, direct: 2, limit: 97 },
      },
    ],
  ],
  [
    'nobody waits',
    { instances: [one({ pools: [{ ...pool, clientsWaiting: 0 }] })] },
    [{ code: 'ok', instances: 1 }],
  ],
  [
    'a wait of no account',
    { instances: [one({ pools: [{ ...pool, waitSeconds: 0.05 }] })] },
    [{ code: 'ok' }],
  ],
  [
    'a wait that just counts',
    { instances: [one({ pools: [{ ...pool, waitSeconds: 0.1 }] })] },
    [{ code: 'too-small' }],
  ],
  [
    'a leaked transaction',
    { postgres: { value: { ...postgres, sessions: [session({ state: 'idle in transaction' })] } } },
    [{ code: 'leaked', hold: { sessions: [{ application: 'worker', seconds: 60 }] } }],
  ],
  ['a slow query', { postgres: { value: { ...postgres, sessions: [session({})] } } }, [{ code: 'slow' }]],
  [
    'a lock, behind a queue of two',
    {
      postgres: {
        value: {
          ...postgres,
          sessions: [
            session({ pid: 1, blockedBy: [2] }),
            session({ pid: 2, blockedBy: [3] }),
            session({ pid: 3, user: 'owner', state: 'idle in transaction' }),
          ],
        },
      },
    },
    [{ code: 'locked', hold: { sessions: [{ pid: 1 }, { pid: 2 }], blockers: [{ pid: 3 }] } }],
  ],
  [
    'a long query of somebody else is no reason',
    { postgres: { value: { ...postgres, sessions: [session({ user: 'report' })] } } },
    [{ code: 'too-small' }],
  ],
  [
    'one long query among forty connections is no reason',
    {
      instances: [one({ pools: [{ ...pool, servers: 40 }] })],
      postgres: { value: { ...postgres, connections: 41, sessions: [session({})] } },
    },
    [{ code: 'too-small' }],
  ],
  [
    'PostgreSQL full, as it says itself',
    { postgres: { unknown: { cause: 'full' } } },
    [{ code: 'refused', pools: [] }],
  ],
  [
    'PostgreSQL full, by its count',
    { instances: [one({ pools: [short] })], postgres: { value: { ...postgres, connections: 97 } } },
    [{ code: 'refused', freeSlots: 0, pools: [{ servers: 2, size: 4 }] }],
  ],
  [
    'a short pool that does not grow',
    { instances: [one({ pools: [short] })], before: [one({ pools: [short] })] },
    [{ code: 'refused', pools: [{ servers: 2, size: 4, clients: 8 }] }],
  ],
  [
    'a short pool that grows',
    { instances: [one({ pools: [short] })], before: [one({ pools: [{ ...short, servers: 1 }] })] },
    [{ code: 'filling' }],
  ],
  [
    'a short pool beside one that is full: what PostgreSQL refuses one it refuses the other',
    {
      instances: [one({ pools: [short] }), one({}, 'b:6432')],
      before: [one({ pools: [short] }), one({}, 'b:6432')],
    },
    [{ code: 'refused' }],
  ],
  [
    'a paused database',
    { instances: [one({ databases: [{ ...database, paused: true }] })] },
    [{ code: 'paused' }],
  ],
  [
    'a limit of the database',
    { instances: [one({ databases: [{ ...database, maxConnections: 5 }] })] },
    [{ code: 'database-limit', limit: 5 }],
  ],
  [
    'a limit of the database that is not reached',
    { instances: [one({ databases: [{ ...database, maxConnections: 6 }] })] },
    [{ code: 'too-small' }],
  ],
  [
    'a size of its own',
    { instances: [one({ databases: [{ ...database, poolSize: 3 }] })] },
    [{ code: 'own-size', raises: [{ setting: 'pool_size', database: 'app', from: 3, to: 10 }] }],
  ],
  [
    'no more clients',
    { instances: [one({ clients: 100, pools: [] })] },
    [{ code: 'clients-full', clients: 100, limit: 100, to: 200 }],
  ],
  [
    'no more clients, while those that are in wait',
    { instances: [one({ clients: 100 })] },
    [{ code: 'clients-full' }, { code: 'too-small' }],
  ],
  [
    'no more clients, while those of another instance wait',
    { instances: [one({ clients: 100, pools: [] }), one({}, 'b:6432')] },
    [{ code: 'clients-full', instance: 'a:6432', to: 200 }, { code: 'too-small' }],
  ],
  [
    'no budget',
    { postgres: { value: { ...postgres, maxConnections: 12 } } },
    [{ code: 'no-room', because: 'budget', budget: { pools: 7, direct: 2, limit: 9 } }],
  ],
  [
    'the configured size is reached',
    {
      instances: [
        one({
          settings: { defaultPoolSize: 10, reservePoolSize: 5, minPoolSize: 0, maxClientConn: 100 },
          databases: [],
        }),
      ],
    },
    [{ code: 'filling' }],
  ],
  [
    'an instance is unknown',
    { instances: [one(), { name: 'b:6432', reading: { unknown } }] },
    [
      { code: 'no-room', because: 'unread' },
      { code: 'unknown', what: 'instance', name: 'b:6432', pools: [], unknown },
    ],
  ],
  [
    'every instance is unknown',
    { instances: [{ name: 'b:6432', reading: { unknown } }] },
    [{ code: 'unknown' }],
  ],
  [
    'PostgreSQL is unknown while clients wait',
    { postgres: { unknown } },
    [{ code: 'unknown', what: 'postgresql', name: 'PostgreSQL', pools: [{ clients: 8 }] }],
  ],
  [
    'PostgreSQL is unknown while nobody waits',
    { instances: [one({ pools: [] })], postgres: { unknown } },
    [{ code: 'ok' }],
  ],
];

describe('the verdict', () => {
  it.each(rows)('%s', (_, part, expected) => {
    expect(verdict(part)).toMatchObject(expected);
    expect(verdict(part)).toHaveLength(expected.length);
  });

  it('says where the size for emergencies is reached', () => {
    const settings = { defaultPoolSize: 4, reservePoolSize: 3, minPoolSize: 0, maxClientConn: 100 };
    expect(verdict({ instances: [one({ settings })] }, { ...limits, defaultPoolSize: 4 })).toMatchObject([
      { code: 'no-room', because: 'configured' },
    ]);
  });

  it('blames the budget where the size for emergencies is reached on one instance alone', () => {
    const settings = { defaultPoolSize: 10, reservePoolSize: 5, minPoolSize: 0, maxClientConn: 100 };
    const reached = one({ settings, pools: [], databases: [] }, 'b:6432');
    const value = { ...postgres, maxConnections: 12 };
    expect(verdict({ instances: [one(), reached], postgres: { value } })).toMatchObject([
      { code: 'no-room', because: 'budget' },
    ]);
  });

  it('counts no free slots where PostgreSQL has not said how many there are', () => {
    expect(verdict({ postgres: { unknown: { cause: 'full' } } })).toStrictEqual([
      { code: 'refused', pools: [] },
    ]);
  });

  it('lets in no more clients while those that are in wait', () => {
    expect(verdict({ instances: [one({ clients: 100 })] })[0]).not.toHaveProperty('to');
  });

  it('counts all connections as others where the databases are on two servers', () => {
    const elsewhere = { ...database, name: 'other', host: '10.0.0.8' };
    const both = { pools: [pool, { ...pool, database: 'other' }], databases: [database, elsewhere] };
    expect(verdict({ instances: [one(both)] })).toMatchObject([{ code: 'too-small', budget: { direct: 6 } }]);
  });
});

const raisesOf = (findings: readonly Finding[]): Raise[] =>
  findings.flatMap((finding) => ('raises' in finding ? finding.raises : []));

/** The budget again, by other means: every pool as it would be once all the lines have been typed. */
function mostAfter(instances: readonly Seen<Instance>[], raises: readonly Raise[]): number {
  let sum = 0;
  for (const { name, reading } of instances) {
    if ('unknown' in reading) throw new Error('raised blindly');
    const { settings, databases, pools } = reading.value;
    const to = (setting: string, of?: string) =>
      raises.find((raise) => raise.instance === name && raise.setting === setting && raise.database === of)
        ?.to;
    const sizeOf = (of: string) => {
      const known = databases.find((each) => each.name === of);
      const follows = !known || known.poolSize === settings.defaultPoolSize;
      const followsReserve = !known || known.reservePoolSize === settings.reservePoolSize;
      const size = follows ? (to('default_pool_size') ?? settings.defaultPoolSize) : known.poolSize;
      const reserve = followsReserve
        ? (to('reserve_pool_size') ?? settings.reservePoolSize)
        : known.reservePoolSize;
      return (to('pool_size', of) ?? size) + reserve;
    };
    for (const { database: of } of pools) sum += sizeOf(of);
    // A first client makes a pool of it.
    const used = new Set(pools.map((pool) => pool.database));
    for (const each of databases) if (!each.disabled && !used.has(each.name)) sum += sizeOf(each.name);
  }
  return sum;
}

describe('whatever is seen', () => {
  it('nothing is proposed beyond the budget, the configured sizes or what there was', () => {
    let proposed = 0;
    fc.assert(
      fc.property(anySeen(readable), anyLimits, (given, most) => {
        const raises = raisesOf(poolVerdict(given, most));
        if (raises.length === 0) return;
        proposed += 1;
        if ('unknown' in given.postgres) throw new Error('raised blindly');
        const { maxConnections, reserved, connections } = given.postgres.value;
        const pooled = given.instances
          .flatMap(({ reading }) => ('value' in reading ? reading.value.pools : []))
          .reduce((sum, { servers }) => sum + servers, 0);
        const direct = Math.max(0, connections - pooled);
        expect(mostAfter(given.instances, raises) + direct).toBeLessThanOrEqual(maxConnections - reserved);
        for (const { setting, from, to } of raises) {
          expect(to).toBeGreaterThan(from);
          expect(to).toBeLessThanOrEqual(
            setting === 'reserve_pool_size' ? most.reservePoolSize : most.defaultPoolSize,
          );
          if (setting === 'min_pool_size') expect(to).toBeLessThanOrEqual(most.minPoolSize);
        }
      }),
      { numRuns: 20_000 },
    );
    expect(proposed).toBeGreaterThan(100);
  });

  it('no pool is called too small whose queries are slow', () => {
    let slow = 0;
    fc.assert(
      fc.property(anySeen(readable), anyLimits, (given, most) => {
        const before = given.instances.map(({ name, reading }) =>
          'value' in reading ? one({ ...reading.value, queryCounts: counted(0) }, name) : { name, reading },
        );
        const findings = poolVerdict({ ...given, before, secondsBetween: 5 }, most);
        const of = (codes: string[]) =>
          findings.flatMap((each) => (codes.includes(each.code) && 'pools' in each ? each.pools : []));
        const slowOnes = of(['slow-on-average']);
        slow += slowOnes.length;
        for (const pool of of(['too-small', 'own-size', 'no-room']))
          expect(slowOnes).not.toContainEqual(pool);
      }),
      { numRuns: 5000 },
    );
    expect(slow).toBeGreaterThan(5);
  });

  it('nothing is raised where PostgreSQL refuses connections', () => {
    fc.assert(
      fc.property(anySeen(readable), anyLimits, (given, most) => {
        const findings = poolVerdict({ ...given, before: given.instances }, most);
        if (!findings.some(({ code }) => code === 'refused')) return;
        expect(raisesOf(findings)).toEqual([]);
        for (const finding of findings) expect(finding).not.toHaveProperty('to');
      }),
      { numRuns: 1000 },
    );
  });
});
