import { describe, expect, it } from '@jest/globals';
import { largerPool, sidecarBudget } from '../../../../shared/pool/topology/sidecar.ts';
import { pools } from '../../../support/builders.ts';

/** Pools of 8 with a reserve of 2, beside tasks in front of a PostgreSQL with 100 slots, of which others hold 17. */
const sidecar = {
  ...pools,
  baseline: { defaultPoolSize: 8, minPoolSize: 0, reservePoolSize: 2, maxClientConn: 100 },
  heldByOthers: 17,
  topology: 'sidecar' as const,
  postgresql: { maxConnections: 100, reserved: 3 },
};

describe('a PgBouncer beside each task', () => {
  it.each([
    // 100 - 3 - 17 = 80 connections, ten a task; the last one is nobody's.
    [100, 7],
    [101, 8],
    [110, 8],
    [20, 0],
    [1, 0],
  ])('in front of %i connections leaves room for %i tasks', (maxConnections, tasks) => {
    const budget = sidecarBudget({ ...sidecar, postgresql: { maxConnections, reserved: 3 } });
    expect(budget).toMatchObject({ tasks, pool: 8, reserve: 2, others: 17 });
  });

  it("leaves room by PostgreSQL's own word, where it has been asked", () => {
    const said = { maxConnections: 61, reserved: 3 };
    expect(sidecarBudget(sidecar, said)).toMatchObject({ ...said, tasks: 4 });
  });

  it('has no budget where there is none beside the tasks', () => {
    const { topology: _, ...central } = sidecar;
    expect(sidecarBudget(central)).toBeUndefined();
    expect(sidecarBudget({ ...central, topology: 'central' })).toBeUndefined();
    expect(sidecarBudget(undefined)).toBeUndefined();
  });

  it.each([
    // 79 connections for five tasks are 15 each: a pool of 13.
    [5, 50, 13],
    [5, 12, 12],
    [7, 50, 9],
    [8, 50, undefined],
    [5, 8, undefined],
    [0, 200, 77],
  ])('may have beside %i tasks, where people allow %i, a pool of %s', (tasks, most, to) => {
    const budget = sidecarBudget(sidecar);
    if (!budget) throw new Error('no budget');
    expect(largerPool(budget, tasks, most)).toBe(to);
  });
});
