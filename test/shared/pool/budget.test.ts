import { describe, expect, it } from '@jest/globals';
import { budgetOf, defaultRaises, ownRaise } from '../../../shared/pool/budget.ts';
import type { Database, Instance } from '../../../shared/pool/types.ts';
import { instance } from './consoles.ts';

/** One pool of 4 with a reserve of 3, and 4 connections up. */
const database = instance().databases[0] as Database;
const at = (part: Partial<Instance> = {}, name = 'a:6432') => ({ name, instance: instance(part) });
const sized = (defaultPoolSize: number, reservePoolSize: number, name: string) =>
  at(
    {
      settings: { defaultPoolSize, reservePoolSize, minPoolSize: 0, maxClientConn: 100 },
      databases: [{ ...database, poolSize: defaultPoolSize, reservePoolSize }],
    },
    name,
  );
/** PostgreSQL with room for so many connections of the pools, two that come past them, and one that stays free. */
const room = (connections: number, ours = 4) => ({
  maxConnections: connections + 6,
  reserved: 3,
  connections: ours + 2,
  sessions: [],
});
const other = { ...database, name: 'other', poolSize: 9, reservePoolSize: 2 };

describe('the budget', () => {
  it('counts a database that nobody uses with the size of its own, unless it is disabled', () => {
    expect(budgetOf([at({ databases: [database, other] })], room(90))).toEqual({
      pools: 18,
      direct: 2,
      limit: 93,
    });
    const disabled = { ...other, disabled: true };
    expect(budgetOf([at({ databases: [database, disabled] })], room(90)).pools).toBe(7);
  });

  it('takes a raise for the database that it names alone', () => {
    const both = [at({ databases: [{ ...database, poolSize: 5 }, other] })];
    const raise = { instance: 'a:6432', setting: 'pool_size' as const, database: 'app', from: 5, to: 8 };
    expect(budgetOf(both, room(90), [raise]).pools).toBe(8 + 3 + 9 + 2);
  });

  it('knows whose connections are whose where only databases that nobody uses are elsewhere', () => {
    const elsewhere = ['10.0.0.7', '10.0.0.8'].map((host) => ({ ...other, name: host, host }));
    expect(budgetOf([at({ databases: [database, ...elsewhere] })], room(90)).direct).toBe(2);
  });
});

describe('the default sizes', () => {
  const most = { defaultPoolSize: 10, reservePoolSize: 5, minPoolSize: 0 };

  it('take what there is but the last connection, the reserve what the size leaves', () => {
    const raise = (setting: string, from: number, to: number) => ({ instance: 'a:6432', setting, from, to });
    const size = (to: number) => raise('default_pool_size', 4, to);
    expect(defaultRaises([at()], room(15), most)).toEqual([size(10), raise('reserve_pool_size', 3, 5)]);
    expect(defaultRaises([at()], room(14), most)).toEqual([size(10), raise('reserve_pool_size', 3, 4)]);
    expect(defaultRaises([at()], room(13), most)).toEqual([size(10)]);
    expect(defaultRaises([at()], room(12), most)).toEqual([size(9)]);
    expect(defaultRaises([at()], room(7), most)).toEqual([]);
  });

  it('are raised where they are lower, and left where they are higher', () => {
    const all = [sized(4, 1, 'a:6432'), sized(8, 4, 'b:6432')];
    expect(defaultRaises(all, room(6 + 1 + 8 + 4, 8), most)).toEqual([
      { instance: 'a:6432', setting: 'default_pool_size', from: 4, to: 6 },
    ]);
    expect(defaultRaises(all, room(8 + 3 + 8 + 4, 8), { ...most, defaultPoolSize: 8 })).toEqual([
      { instance: 'a:6432', setting: 'default_pool_size', from: 4, to: 8 },
      { instance: 'a:6432', setting: 'reserve_pool_size', from: 1, to: 3 },
    ]);
  });
});

describe('what a pool keeps open', () => {
  const kept = (minPoolSize: number, connections: number) =>
    defaultRaises([at()], room(connections), { defaultPoolSize: 10, reservePoolSize: 3, minPoolSize })
      .filter(({ setting }) => setting === 'min_pool_size')
      .map(({ from, to }) => [from, to]);

  it('is raised with the size, as far as is configured, and never above the size', () => {
    expect(kept(6, 13)).toEqual([[1, 6]]);
    expect(kept(10, 13)).toEqual([[1, 10]]);
    expect(kept(20, 13)).toEqual([[1, 10]]);
    expect(kept(20, 12)).toEqual([[1, 9]]);
  });

  it('stays where it is as high, or where the size cannot be raised', () => {
    expect(kept(1, 13)).toEqual([]);
    expect(kept(20, 7)).toEqual([]);
  });

  it('takes nothing of the budget, since it is within the size', () => {
    const raises = defaultRaises([at()], room(13), {
      defaultPoolSize: 10,
      reservePoolSize: 3,
      minPoolSize: 10,
    });
    const sizes = raises.filter(({ setting }) => setting !== 'min_pool_size');
    expect(raises).toHaveLength(sizes.length + 1);
    expect(budgetOf([at()], room(13), raises)).toEqual(budgetOf([at()], room(13), sizes));
  });
});

describe('the size of a database', () => {
  const own = [at({ databases: [{ ...database, poolSize: 5 }] })];
  const where = { instance: 'a:6432', database: 'app', from: 5 };

  it('takes what there is but the last connection, and no more than is configured', () => {
    const raise = (to: number) => ({ ...where, setting: 'pool_size', to });
    expect(ownRaise(own, room(9 + 3), 20, where, [])).toEqual(raise(9));
    expect(ownRaise(own, room(90), 20, where, [])).toEqual(raise(20));
    expect(ownRaise(own, room(5 + 3), 20, where, [])).toBeUndefined();
  });
});
