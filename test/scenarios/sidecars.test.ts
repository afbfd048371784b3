import { expect, it, jest } from '@jest/globals';
import { playBriefly } from './harness.ts';
import { wordsOf } from './table/support.ts';

jest.setTimeout(60_000);

/** A tenfold flash crowd, which three tasks would become twenty for. */
const crowd = (maxConnections: number) =>
  playBriefly({ circumstances: { scenario: 'flash-crowd', sidecars: { maxConnections } } });

it('a scale-out stops where the PgBouncers beside the tasks would take the last connection, and says so', async () => {
  // 1,674 without 3 reserved and 100 of others: 1,571 for tasks of 130 each.
  const { report, sandbox } = await crowd(1674);
  const counts = report.writes.flatMap(({ to }) => (typeof to.desired === 'number' ? [to.desired] : []));
  expect(Math.max(...counts)).toBe(12);
  expect(report.peak?.max).toBe(12);
  const words = wordsOf(sandbox);
  expect(words).toContain('the connection budget allows 12 tasks');
  expect(words).toContain(
    "each task's PgBouncer may open 130 connections (pool 100, reserve 30), and PostgreSQL has 1,571 for them (1,674 without 3 reserved and 100 of others): room for 12 tasks, with one connection left",
  );
  expect(report.writes.filter(({ call }) => call === 'pgbouncer:SET')).toEqual([]);
});

it('a scale-out that PostgreSQL has room for is not held up by them', async () => {
  const { report, sandbox } = await crowd(10_000);
  expect(report.peak?.max).toBe(20);
  expect(wordsOf(sandbox)).not.toContain("each task's PgBouncer");
});

it('an exhausted pool beside each task is no SET: people hear which line belongs into pgbouncer.ini, and what fits', async () => {
  const { report, sandbox } = await playBriefly({
    circumstances: { scenario: 'slow-queries', sidecars: { maxConnections: 1674 } },
    world: () => ({ dbPool: { poolSize: 3, pinnedPerTask: 2 } }),
  });
  expect(report.writes.filter(({ call }) => call === 'pgbouncer:SET')).toEqual([]);
  const words = wordsOf(sandbox);
  expect(words).toContain(
    'PgBouncer runs beside each task, and nothing is set there: a new task begins with what its pgbouncer.ini says.',
  );
  expect(words).toMatch(/default_pool_size = 150 {2}; was 100/);
  expect(words).not.toContain('SET default_pool_size');
});
