import { describe, expect, it } from '@jest/globals';
import type {
  HeldPool,
  PoolChange,
  PoolOutcome,
  PoolSetting,
} from '../../../shared/document/pool-settings.ts';
import {
  backOrders,
  changesOf,
  decide,
  givenBack,
  madeBefore,
  noted,
  type Order,
  raiseOrders,
  stillHeld,
  undone,
  valueIn,
  withinFiles,
} from '../../../shared/pool/tuning.ts';
import type { Finding } from '../../../shared/pool/verdict.ts';
import type { Waiting } from '../../../shared/pool/waiting/pools.ts';
import { instance } from './consoles.ts';

const change = (
  from: number,
  to: number,
  on = 'a:6432',
  setting: PoolSetting = 'default_pool_size',
): PoolChange => ({
  instance: on,
  setting,
  from,
  to,
});
const held = (
  before: number,
  set: number[],
  on = 'a:6432',
  setting: PoolSetting = 'default_pool_size',
): HeldPool => ({
  instance: on,
  setting,
  before,
  set,
});
const wayBack = (all: readonly HeldPool[]) => backOrders(all, givenBack(all));
const waiting: Waiting = {
  instance: 'a:6432',
  database: 'app',
  user: 'app',
  clients: 8,
  seconds: 2,
  servers: 4,
  size: 4,
};

describe('the changes of a verdict', () => {
  const budget = { pools: 20, direct: 2, limit: 90 };
  const ownSize = { instance: 'a:6432', setting: 'pool_size' as const, database: 'app', from: 4, to: 9 };

  it.each<[string, Finding, PoolChange[]]>([
    [
      'raises for a pool that is too small',
      {
        code: 'too-small',
        pools: [waiting],
        raises: [change(4, 10) as never, change(3, 5, 'a:6432', 'reserve_pool_size') as never],
        budget,
        freeSlots: 80,
      },
      [change(4, 10), change(3, 5, 'a:6432', 'reserve_pool_size')],
    ],
    [
      'room for more clients',
      { code: 'clients-full', instance: 'b:6432', clients: 100, limit: 100, to: 200 },
      [change(100, 200, 'b:6432', 'max_client_conn')],
    ],
    [
      'nothing where more clients would not help',
      { code: 'clients-full', instance: 'b:6432', clients: 100, limit: 100 },
      [],
    ],
    [
      'nothing that SET does not change',
      { code: 'own-size', pools: [waiting], raises: [ownSize], databases: [] },
      [],
    ],
    [
      'nothing of a raise that is in the file',
      { code: 'too-small', pools: [waiting], raises: [ownSize], budget, freeSlots: 80 },
      [],
    ],
    ['nothing where PostgreSQL refuses', { code: 'refused', pools: [waiting], freeSlots: 0 }, []],
  ])('%s', (_, finding, expected) => {
    expect(changesOf([finding])).toEqual(expected);
  });
});

describe('what is noted before the first SET', () => {
  it('is what was there, and what will be', () => {
    expect(noted([], [change(100, 150)])).toEqual([held(100, [150])]);
  });

  it('keeps the first snapshot when it is raised again, and every value that was ours', () => {
    expect(noted([held(100, [150])], [change(150, 180)])).toEqual([held(100, [150, 180])]);
  });

  it('says a value once, the newest last', () => {
    expect(noted([held(100, [150, 180])], [change(100, 150)])).toEqual([held(100, [180, 150])]);
  });

  it('is noted for every change at once', () => {
    const both = [held(100, [150]), held(100, [150], 'b:6432')];
    expect(noted(both, [change(150, 180), change(150, 160, 'b:6432')])).toEqual([
      held(100, [150, 180]),
      held(100, [150, 160], 'b:6432'),
    ]);
  });

  it('leaves other settings and other instances as they are', () => {
    const others = [held(1, [2], 'b:6432'), held(3, [5], 'a:6432', 'reserve_pool_size')];
    expect(noted(others, [change(100, 150)])).toEqual([...others, held(100, [150])]);
  });
});

describe('an order to raise', () => {
  it('may overwrite the snapshot and what this incident set, and nothing larger', () => {
    const notes = [held(100, [150, 180, 160])];
    expect(raiseOrders([change(150, 160)], notes)).toEqual([
      { instance: 'a:6432', setting: 'default_pool_size', to: 160, owned: [100, 150] },
    ]);
  });

  it('may overwrite what was read where nothing is noted', () => {
    expect(raiseOrders([change(100, 150)], [held(1, [2], 'b:6432')])).toMatchObject([{ owned: [100] }]);
  });
});

describe('what a run may raise by itself', () => {
  const all = [{ name: 'a:6432', instance: instance() }];
  const postgres = { maxConnections: 100, reserved: 3, connections: 10, sessions: [] };
  const clients = change(100, 200, 'a:6432', 'max_client_conn');
  const both = [change(4, 10), clients];

  it('is no client more where nobody says how many files a PgBouncer may have open', () => {
    expect(withinFiles(both, all, postgres, undefined)).toEqual([change(4, 10)]);
  });

  it('counts its clients, its pools as they will be, and fifty besides', () => {
    // The pool of ten with its reserve of three.
    expect(withinFiles(both, all, postgres, 200 + 13 + 50)).toEqual(both);
    expect(withinFiles(both, all, postgres, 200 + 13 + 49)).toEqual([change(4, 10)]);
  });
});

describe('what is given back', () => {
  it('is, of a raise that has not helped, what it found: a value of an earlier raise too', () => {
    const outcome = { instance: 'a:6432', setting: 'default_pool_size', text: '' } as const;
    const set: PoolOutcome = { ...outcome, code: 'set', from: 150, to: 180 };
    expect(undone([set])).toEqual([change(180, 150)]);
    expect(backOrders([held(100, [150, 180])], undone([set]))).toEqual([
      { instance: 'a:6432', setting: 'default_pool_size', to: 150, owned: [180] },
    ]);
    expect(undone([{ ...set, code: 'already' }])).toEqual([change(180, 150)]);
    const others: PoolOutcome[] = [
      { ...outcome, code: 'already', to: 180 },
      { ...outcome, code: 'person', from: 150, to: 180, is: 160 },
      { ...outcome, code: 'no-effect', from: 150, to: 180, is: 150 },
      { ...outcome, code: 'unknown', from: 150, to: 180 },
    ];
    expect(undone(others)).toEqual([]);
  });

  it('is nothing that this incident has not noted', () => {
    expect(backOrders([held(100, [150], 'b:6432')], [change(150, 100)])).toEqual([]);
  });

  it('is not noted any more, once it is as before; what stays otherwise is', () => {
    const notes = [held(100, [150, 180]), held(3, [5], 'a:6432', 'reserve_pool_size')];
    const [size, reserve] = notes;
    const outcome = { instance: 'a:6432', setting: 'default_pool_size', text: '' } as const;
    expect(stillHeld(notes, [{ ...outcome, code: 'set', to: 100 }])).toEqual([reserve]);
    expect(stillHeld(notes, [{ ...outcome, code: 'already', to: 100 }])).toEqual([reserve]);
    expect(stillHeld(notes, [{ ...outcome, code: 'set', to: 150 }])).toEqual([
      held(100, [180, 150]),
      reserve,
    ]);
    expect(stillHeld(notes, [{ ...outcome, code: 'gone', to: 100 }])).toEqual([reserve]);
    for (const code of ['person', 'no-effect', 'unknown'] as const)
      expect(stillHeld(notes, [{ ...outcome, code, to: 100 }])).toEqual([size, reserve]);
  });

  it('is what an earlier call has set whose answer was lost', () => {
    const all = [
      { name: 'a:6432', instance: instance({ settings: { ...instance().settings, defaultPoolSize: 10 } }) },
    ];
    expect(madeBefore([held(4, [10])], all)).toEqual([change(4, 10)]);
    expect(madeBefore([held(4, [9])], all)).toEqual([]);
    expect(madeBefore([held(4, [])], all)).toEqual([]);
    expect(madeBefore([held(10, [10])], all)).toEqual([]);
    expect(madeBefore([held(4, [10], 'b:6432')], all)).toEqual([]);
  });
});

it('the way back sets each value to its snapshot, over what this incident set alone', () => {
  expect(wayBack([held(100, [150, 180]), held(3, [5], 'b:6432', 'reserve_pool_size')])).toEqual([
    { instance: 'a:6432', setting: 'default_pool_size', to: 100, owned: [150, 180] },
    { instance: 'b:6432', setting: 'reserve_pool_size', to: 3, owned: [5] },
  ]);
});

it.each<[number, ReturnType<typeof decide>]>([
  [100, 'set'],
  [150, 'set'],
  [180, 'already'],
  [120, 'person'],
  [200, 'person'],
])('where %d is read, a person keeps what is theirs: %s', (is, expected) => {
  const order: Order = { instance: 'a:6432', setting: 'default_pool_size', to: 180, owned: [100, 150] };
  expect(decide(order, is)).toBe(expected);
});

it('each setting has its value', () => {
  const { settings } = instance({
    settings: { defaultPoolSize: 1, reservePoolSize: 2, minPoolSize: 3, maxClientConn: 4 },
  });
  const all: PoolSetting[] = ['default_pool_size', 'reserve_pool_size', 'min_pool_size', 'max_client_conn'];
  expect(all.map((setting) => valueIn(settings, setting))).toEqual([1, 2, 3, 4]);
});
