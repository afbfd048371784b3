import { expect, it, jest } from '@jest/globals';
import { play } from './harness.ts';

jest.setTimeout(120_000);

const crowdWith = (deployment: object) =>
  play({
    scenario: 'flash-crowd',
    seed: 2,
    circumstances: { deployments: [{ secondsAfterAlarm: 0, ...deployment }] },
  });

it('a bad release that a crowd hides for longer than a quarter of an hour is rolled back when there is room', async () => {
  const { report } = await crowdWith({ bad: true });
  const [first] = report.writes.filter(({ who }) => who === 'rollback');

  expect(report.after.taskDefinition).toBe('buywhere-api:42');
  // It came at 17:05; by then its own first minutes are out of the points that a plan reads.
  expect(String(first?.at) > '2026-10-02T17:20').toBe(true);
});

it('a good one in the same crowd stays', async () => {
  const { report } = await crowdWith({});

  expect(report.writes.filter(({ who }) => who === 'rollback')).toEqual([]);
  expect(report.outcome).toBe('restored');
});
