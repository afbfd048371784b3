import { describe, expect, it, jest } from '@jest/globals';
import { play } from '../harness.ts';
import { wordsOf } from './support.ts';

jest.setTimeout(60_000);

describe('scenario 63: PostgreSQL has no slots left', () => {
  it('raises no pool, adds no task and says so', async () => {
    // Twenty connections of the pool, twelve of others, and three that are reserved.
    const { report, sandbox } = await play({
      scenario: 'pool-too-small',
      world: ({ dbPool }) => ({ dbPool: { ...dbPool, maxConnections: 35 } }),
    });
    expect(report.writes.filter(({ who }) => who !== 'application-autoscaling')).toEqual([]);
    expect(report.after.pools).toEqual(report.before?.pools);
    expect(wordsOf(sandbox)).toContain('PostgreSQL refuses connections');
    expect(wordsOf(sandbox)).toContain('A larger pool would not help.');
  });
});

describe('scenario 64: a PgBouncer restarts or is set by a person', () => {
  const sets = (writes: readonly { call: string; who: string; to: Record<string, unknown> }[]) =>
    writes.filter(({ call, who }) => call === 'pgbouncer:SET' && who === 'tune-pools');

  it('is set again, and given back to what it was at first', async () => {
    const { report } = await play({
      scenario: 'pool-too-small',
      async meanwhile({ time, world, service }) {
        const simulated = world.service(service.cluster, service.service);
        await time.runUntil(() => simulated?.poolSizes[0]?.default_pool_size === 150, 3_600_000);
        simulated?.restartPool(0);
      },
    });
    // Both sizes up, up again, and back.
    expect(sets(report.writes)).toHaveLength(9);
    expect(report.outcome).toBe('restored');
    expect(report.after.pools).toEqual(report.before?.pools);
  });
});
