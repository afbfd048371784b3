import { describe, expect, it } from '@jest/globals';
import type { Series } from '../../../shared/metrics/series.ts';
import { wholeMinutes } from '../../../shared/metrics/whole-minutes.ts';
import { now, secondsLater } from '../../support/builders.ts';

/** Minutes that began so many seconds ago, with their counts, read with a delay of a minute. */
function kept(...points: [secondsAgo: number, count: number][]) {
  const series: Series = {
    source: 'CloudWatch',
    points: points.map(([ago, value]) => ({ at: new Date(secondsLater(-ago)), value })),
  };
  const read = wholeMinutes(series, new Date(now), 60);
  return 'points' in read ? read.points.map(({ value }) => value) : undefined;
}

describe('the newest minute of a sum', () => {
  it.each<[string, [number, number][], number[]]>([
    [
      'lower, and not over yet',
      [
        [90, 600],
        [30, 200],
      ],
      [600],
    ],
    [
      'lower, and over for less than the delay',
      [
        [179, 600],
        [119, 200],
      ],
      [600],
    ],
    [
      'lower, and over for as long as CloudWatch takes',
      [
        [180, 600],
        [120, 200],
      ],
      [600, 200],
    ],
    [
      'higher already: the whole can only be more',
      [
        [90, 600],
        [30, 900],
      ],
      [600, 900],
    ],
    ['the only one there is', [[30, 200]], [200]],
    [
      'two that may be incomplete',
      [
        [130, 600],
        [70, 500],
        [10, 20],
      ],
      [600],
    ],
  ])('%s', (_, points, expected) => {
    expect(kept(...points)).toEqual(expected);
  });

  it('what is unknown stays so', () => {
    const unknown: Series = { source: 'CloudWatch', unknown: { cause: 'no-points' } };
    expect(wholeMinutes(unknown, new Date(now), 60)).toBe(unknown);
  });
});
