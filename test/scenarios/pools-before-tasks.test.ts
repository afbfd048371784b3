import { describe, expect, it, jest } from '@jest/globals';
import type { Report } from '../../sandbox/report.ts';
import { play } from './harness.ts';
import { wordsOf } from './table/support.ts';

jest.setTimeout(60_000);

const own = ({ writes }: Pick<Report, 'writes'>) =>
  writes.filter(({ who }) => who !== 'application-autoscaling');

describe('a traffic spike in front of pools that three tasks do not fill', () => {
  /** Nine of 16 connections are in use: 56 %, which nobody calls full. */
  const spike = (hooks = {}) =>
    play({
      ...hooks,
      world: (world) => ({ ...world, dbPool: { ...world.dbPool, poolSize: 16, minPoolSize: 0 } }),
    });

  it('raises the pools before it asks for tasks: one plan, one snapshot, both writes, both given back', async () => {
    const { report, sandbox } = await spike();
    const calls = own(report).map(({ who, call }) => `${who} ${call.split(':')[1]}`);
    const [pool, tasks] = [calls.indexOf('tune-pools SET'), calls.indexOf('scale-out UpdateService')];
    expect(pool).toBeGreaterThanOrEqual(0);
    expect(tasks).toBeGreaterThan(pool);
    const { states = [] } = report.executions[0] ?? {};
    expect(states.filter((name) => name === 'Take the snapshot')).not.toEqual([]);
    expect(states).not.toContain('Take the snapshot before the pools');
    const words = wordsOf(sandbox);
    expect(words).toMatch(
      /tasks need more than the pools give \(\d+ of 16 connections in use now\): the pools are raised first/,
    );
    expect(words).toMatch(/PgBouncer default pool size, 10\.0\.1\.5:6432 +16 +150/);
    expect(report.outcome).toBe('restored');
    expect(report.after.pools).toEqual(report.before?.pools);
  });

  it('adds the tasks although the function that raises dies each time', async () => {
    const { report } = await spike({
      hooks: {
        functions: (all: Record<string, unknown>) => ({
          ...all,
          'tune-pools': async () => {
            throw new Error('it dies');
          },
        }),
      },
    });
    expect(own(report).map(({ who }) => who)).toContain('scale-out');
    expect(report.executions[0]?.states).toContain('Raise the pools for the tasks');
  });
});

describe('a traffic spike while PostgreSQL has no slot left', () => {
  it('adds no task, watches, and says what it would take', async () => {
    // The pools keep 85 connections open, twelve are others', three are reserved.
    const { report, sandbox } = await play({
      world: (world) => ({
        ...world,
        dbPool: { ...world.dbPool, poolSize: 100, minPoolSize: 90, maxConnections: 100 },
      }),
    });
    expect(own(report)).toEqual([]);
    expect(wordsOf(sandbox)).toContain('what PostgreSQL has left of its connections allows 3 tasks');
    expect(report.outcome).not.toBe('restored');
  });
});
