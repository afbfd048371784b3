import { describe, expect, it } from '@jest/globals';
import { perSeries, type SeriesName } from '../../../shared/config/metric-catalogue.ts';
import { overBothGroups } from '../../../shared/metrics/both-groups.ts';
import type { Series } from '../../../shared/metrics/series.ts';
import { now, secondsLater } from '../../support/builders.ts';

const minute = (ago: number) => new Date(secondsLater(-60 * ago, now));
const series = (points: Record<number, number>): Series => ({
  source: 'CloudWatch',
  points: Object.entries(points)
    .map(([ago, value]) => ({ at: minute(Number(ago)), value }))
    .toSorted((a, b) => a.at.getTime() - b.at.getTime()),
});
const idle: Series = { source: 'CloudWatch', unknown: { cause: 'no-points' } };
const denied: Series = {
  source: 'CloudWatch',
  unknown: { cause: 'denied', error: 'Forbidden', message: '' },
};
const read = (part: Partial<Record<SeriesName, Series>>) => perSeries((name) => part[name] ?? idle);
const both = (name: SeriesName, mine: Series, other: Series) =>
  overBothGroups(read({ [name]: mine }), read({ [name]: other }))[name];

describe('metrics of two target groups between which ECS moves the traffic', () => {
  it('requests are the sum, minute by minute', () => {
    const [blue, green] = [series({ 3: 900, 2: 600 }), series({ 2: 300, 1: 910 })];
    expect(both('requestRatePerMinute', blue, green)).toEqual(series({ 3: 900, 2: 900, 1: 910 }));
  });

  it.each(['latencyP95Seconds', 'latencyP99Seconds', 'latencyAverageSeconds', 'requestsPerTarget'] as const)(
    '%s is the worse',
    (name) => {
      const [blue, green] = [series({ 2: 0.2, 1: 3 }), series({ 2: 0.4, 1: 0.3 })];
      expect(both(name, blue, green)).toEqual(series({ 2: 0.4, 1: 3 }));
    },
  );

  it('the error rate is that of all requests; without their number the worse', () => {
    const errors = (requests: Series) =>
      overBothGroups(
        read({ errorRatePercent: series({ 1: 50 }), requestRatePerMinute: requests }),
        read({ errorRatePercent: series({ 1: 0 }), requestRatePerMinute: series({ 1: 990 }) }),
      ).errorRatePercent;
    expect(errors(series({ 1: 10 }))).toEqual(series({ 1: 0.5 }));
    expect(both('errorRatePercent', series({ 1: 50 }), series({ 1: 0 }))).toEqual(series({ 1: 50 }));
  });

  it('the error rate of a minute that only one of them knows is that one', () => {
    const errors = overBothGroups(
      read({ errorRatePercent: series({ 1: 50 }), requestRatePerMinute: series({ 1: 10 }) }),
      read({ errorRatePercent: series({ 2: 4 }), requestRatePerMinute: series({ 2: 990, 1: 990 }) }),
    ).errorRatePercent;
    expect(errors).toEqual(series({ 2: 4, 1: 50 }));
  });

  it('an idle group adds nothing, whichever it is', () => {
    const busy = series({ 1: 900 });
    expect(both('requestRatePerMinute', busy, idle)).toEqual(busy);
    expect(both('requestRatePerMinute', idle, busy)).toEqual(busy);
    expect(both('requestRatePerMinute', idle, idle)).toEqual(idle);
  });

  it('what cannot be read of one of them is unknown of both', () => {
    const busy = series({ 1: 900 });
    expect(both('requestRatePerMinute', busy, denied)).toEqual(denied);
    expect(both('latencyP99Seconds', denied, busy)).toEqual(denied);
  });

  it('what has no target group is read once', () => {
    expect(both('cpuPercent', series({ 1: 40 }), series({ 1: 99 }))).toEqual(series({ 1: 40 }));
  });
});
