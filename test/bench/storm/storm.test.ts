import { expect, it, jest } from '@jest/globals';
import { createBuckets, floorSeconds, limitOf, limits } from '../../../bench/storm/limits.ts';
import { play } from '../../../bench/storm/play.ts';

jest.setTimeout(120_000);

it('a bucket lets its burst through at once, then its rate, and counts what it refuses', () => {
  let now = 0;
  const { take, taken, refused } = createBuckets(() => now);
  const name = 'ECS service modify';
  const through = () => Array.from({ length: 100 }, () => take(name)).filter(Boolean).length;
  expect(through()).toBe(limits[name].burst);
  now = 2000;
  expect(through()).toBe(2 * limits[name].perSecond);
  expect([taken.get(name), refused.get(name)]).toEqual([60, 140]);
});

it('a limit that slows down says how long a call has to wait', () => {
  const { owe } = createBuckets(() => 0, 0.1);
  const waits = Array.from({ length: 88 }, () => owe('state transitions'));
  expect([waits[79], waits[87]]).toEqual([0, 100]);
});

it.each([
  [1000, 1, 190],
  [100, 0.1, 190],
  [50, 1, 0],
])('%d updates of services need at the share %d of the limits %d s', (calls, share, seconds) => {
  expect(floorSeconds('ECS service modify', calls, share)).toBeCloseTo(seconds);
});

it('calls without a documented rate have no limit', () => {
  expect(limitOf('application-autoscaling', 'PutScalingPolicy')).toBeUndefined();
  expect(limitOf('ecs', 'DescribeServices')).toBe('ECS service read');
});

it('a small storm loses nobody, and AWS refuses calls in it', async () => {
  const played = await play(10, 0.01);
  expect(played.lost).toEqual([]);
  expect(played.recovered + played.needless).toBe(10);
  expect(played.refused.get('ECS service read')).toBeGreaterThan(0);
  const asked = played.byHarm.reduce((sum, { count }) => sum + count, 0);
  expect(asked + played.watched).toBe(10);
});
