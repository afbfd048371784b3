import { describe, expect, it } from '@jest/globals';
import type { Unknown } from '../../../shared/core/unknown.ts';
import { known, moving, type Point, slopePerMinute } from '../../../shared/metrics/series.ts';
import { now, secondsLater } from '../../support/builders.ts';

const point = (seconds: number, value = 50): Point => ({ at: new Date(secondsLater(seconds)), value });
const judged = (points: Point[], zeroIsImplausible?: boolean) =>
  known(points, 'CloudWatch', {
    now: new Date(now),
    maxAgeSeconds: 300,
    ...(zeroIsImplausible === undefined ? {} : { zeroIsImplausible }),
  });
const noTime: Point = { at: new Date(Number.NaN), value: 50 };

describe('a series', () => {
  it.each<[string, Point[], Point[]]>([
    ['of one fresh point', [point(-60)], [point(-60)]],
    ['that ends just in time', [point(-600), point(-300)], [point(-600), point(-300)]],
    ['with zeros', [point(-60, 0)], [point(-60, 0)]],
    ['that ends with NaN', [point(-120), point(-60, Number.NaN)], [point(-120)]],
    ['with an infinite point', [point(-120), point(-60, Number.POSITIVE_INFINITY)], [point(-120)]],
    ['with a negative point', [point(-120), point(-60, -1)], [point(-120)]],
    ['of a clock that is five minutes fast', [point(300)], [point(300)]],
    ['with a point of the future', [point(-60), point(301)], [point(-60)]],
    ['with the same point twice', [point(-120), point(-60), point(-60)], [point(-120), point(-60)]],
    ['with two values of one time', [point(-120), point(-60, 40), point(-60, 90)], [point(-120)]],
    ['that is not in order', [point(-60), point(-120)], [point(-120), point(-60)]],
    ['with a point of no time', [point(-60), noTime], [point(-60)]],
  ])('%s is known', (_, points, usable) => {
    expect(judged(points)).toEqual({ source: 'CloudWatch', points: usable });
  });

  it.each<[string, Point[], Unknown]>([
    ['without points', [], { cause: 'no-points' }],
    ['of NaN', [point(-60, Number.NaN)], { cause: 'implausible', every: 'value' }],
    ['that ended too long ago', [point(-301)], { cause: 'stale', ageSeconds: 301 }],
    [
      'that ended in NaN',
      [point(-301), point(-60, Number.NaN)],
      { cause: 'stale', ageSeconds: 301, newer: 'value' },
    ],
    ['of the future', [point(301)], { cause: 'implausible', every: 'time' }],
    ['of no time', [noTime], { cause: 'implausible', every: 'time' }],
  ])('%s is unknown', (_, points, unknown) => {
    expect(judged(points)).toEqual({ source: 'CloudWatch', unknown });
  });

  it('takes a zero for no value where it is implausible', () => {
    expect(judged([point(-120), point(-60, 0)], true)).toMatchObject({ points: [point(-120)] });
    expect(judged([point(-60, 0)], true)).toMatchObject({
      unknown: { cause: 'implausible', every: 'zero' },
    });
    expect(judged([point(-60, 0), point(-30, Number.NaN)], true)).toMatchObject({
      unknown: { cause: 'implausible', every: 'value' },
    });
    const old = (...newer: Point[]) => judged([point(-301), ...newer], true);
    expect(old(point(-60, 0))).toMatchObject({ unknown: { cause: 'stale', newer: 'zero' } });
    expect(old(point(-60, 0), point(-30, Number.NaN))).toMatchObject({ unknown: { newer: 'value' } });
    expect(judged([point(-60, 0)], false)).toMatchObject({ points: [point(-60, 0)] });
  });
});

describe('the slope of a series', () => {
  const slope = (...points: Point[]) => slopePerMinute({ source: 'CloudWatch', points });

  it('is what a minute adds, fitted to the newest four points', () => {
    expect(slope(point(-120, 100), point(-60, 130), point(0, 160))).toBe(30);
    expect(slope(point(-120, 10), point(-60, 40), point(0, 10))).toBe(0);
    expect(slope(point(-180, 1), point(-120, 2), point(-60, 4), point(0, 5))).toBe(1.4);
    expect(slope(point(-240, 900), point(-180, 4), point(-120, 3), point(-60, 2), point(0, 1))).toBe(-1);
    expect(slope(point(-120, 0), point(0, 1))).toBe(0.5);
    expect(slope(point(-180, 0), point(0, 1))).toBe(0.333);
  });

  it('counts the time between points, not their number', () => {
    expect(slope(point(-180, 0), point(-60, 20), point(0, 30))).toBe(10);
  });

  it('needs two points of different times', () => {
    expect(slope()).toBeUndefined();
    expect(slope(point(0))).toBeUndefined();
    expect(slope(point(0, 1), point(0, 2))).toBeUndefined();
    expect(slopePerMinute({ source: 'CloudWatch', unknown: { cause: 'no-points' } })).toBeUndefined();
  });
});

describe('a series that never moves', () => {
  it.each<[string, number, boolean]>([
    ['less than a busy metric has', 9.9, true],
    ['as much as makes it busy', 10, false],
    ['just below its cap', 99.9, false],
    ['at its cap', 100, true],
  ])('is plausible or not: %s, %d', (_, value, plausible) => {
    const points = [-300, -240, -180, -120, -60].map((seconds) => point(seconds, value));
    const series = moving({ source: 'CloudWatch', points }, { from: 10, below: 100 });
    expect('points' in series).toBe(plausible);
  });
});
