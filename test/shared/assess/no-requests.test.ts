import { describe, expect, it } from '@jest/globals';
import { withoutRequests } from '../../../shared/assess/no-requests.ts';
import { perSeries, type SeriesName } from '../../../shared/config/metric-catalogue.ts';
import type { Unknown } from '../../../shared/core/unknown.ts';
import type { Series } from '../../../shared/metrics/series.ts';
import { series } from '../../support/clues.ts';

const silent = (unknown: Unknown): Series => ({ source: 'CloudWatch', unknown });
const noPoints = silent({ cause: 'no-points' });
const ofRequests = [
  'requestRatePerMinute',
  'latencyP95Seconds',
  'latencyP99Seconds',
  'errorRatePercent',
] as const;

/** What is told of the request rate where three targets are healthy, CPU is known and nobody asked. */
const told = (part: Partial<Record<SeriesName, Series>> = {}) => {
  const idle: Partial<Record<SeriesName, Series>> = {
    healthyTargets: series(3, 3),
    unhealthyTargets: series(0, 0),
    ...Object.fromEntries(ofRequests.map((name) => [name, noPoints])),
  };
  const seen = perSeries((name) => part[name] ?? idle[name] ?? series(10, 11));
  const after = withoutRequests(seen);
  return ofRequests.map((name) => ('unknown' in after[name] ? after[name].unknown.cause : 'known'));
};
const all = (cause: string) => ofRequests.map(() => cause);

describe('no request, or nobody knows', () => {
  it('nothing of requests, with healthy targets and a CPU that is measured: there was none', () => {
    expect(told()).toEqual(all('no-requests'));
  });

  it('the newest point of the load balancer counts, and one healthy target is enough', () => {
    expect(told({ healthyTargets: series(0, 0, 1) })).toEqual(all('no-requests'));
    expect(told({ unhealthyTargets: series(0, 2, 0) })).toEqual(all('no-requests'));
    expect(told({ healthyTargets: series(3, 3, 0) })).toEqual(all('no-points'));
    expect(told({ unhealthyTargets: series(0, 0, 2) })).toEqual(all('no-points'));
  });

  it.each<[string, Unknown]>([
    ['points that are old', { cause: 'stale', ageSeconds: 400 }],
    ['zeros', { cause: 'implausible', every: 'zero' }],
    ['zeros since old points', { cause: 'stale', ageSeconds: 400, newer: 'zero' }],
    ['of no source', { cause: 'every-source', sources: [{ source: 'a', unknown: { cause: 'no-points' } }] }],
  ])('the same with %s', (_, unknown) => {
    expect(told({ requestRatePerMinute: silent(unknown) })).toEqual(all('no-requests'));
  });

  it.each<Unknown>([
    { cause: 'implausible', every: 'value' },
    { cause: 'stale', ageSeconds: 400, newer: 'value' },
  ])('a quantile and a share of no requests are NaN: %j', (unknown) => {
    expect(told({ latencyP99Seconds: silent(unknown) })).toEqual(all('no-requests'));
    expect(told({ errorRatePercent: silent(unknown) })).toEqual(all('no-requests'));
  });

  it.each<[string, Partial<Record<SeriesName, Series>>]>([
    ['CPU is unknown as well', { cpuPercent: noPoints }],
    ['no target is healthy', { healthyTargets: series(3, 0) }],
    ['how many targets are healthy is unknown', { healthyTargets: noPoints }],
    ['a target is unhealthy', { unhealthyTargets: series(0, 1) }],
    ['the rate is frozen', { requestRatePerMinute: silent({ cause: 'frozen', points: 5, value: 600 }) }],
    ['access is denied', { errorRatePercent: silent({ cause: 'denied', error: 'Forbidden', message: '' }) }],
    [
      'every point has no sound time',
      { requestRatePerMinute: silent({ cause: 'implausible', every: 'time' }) },
    ],
    ['NaN', { requestRatePerMinute: silent({ cause: 'implausible', every: 'value' }) }],
    [
      'NaN since old points',
      { requestRatePerMinute: silent({ cause: 'stale', ageSeconds: 400, newer: 'value' }) },
    ],
    [
      'another source cannot be reached',
      {
        latencyP99Seconds: silent({
          cause: 'every-source',
          sources: [
            { source: 'CloudWatch', unknown: { cause: 'no-points' } },
            { source: 'Prometheus', unknown: { cause: 'late' } },
          ],
        }),
      },
    ],
  ])('unknown where %s', (_, part) => {
    expect(told(part)).not.toContain('no-requests');
  });

  it('latency without a request rate: somebody asked', () => {
    expect(told({ latencyP99Seconds: series(0.2) })).toEqual([
      'no-points',
      'no-points',
      'known',
      'no-points',
    ]);
  });

  it('a row that the service does not have stays left out, and says nothing of the others', () => {
    const none: Series = { source: 'none', unknown: { cause: 'not-configured', lacks: 'row' } };
    const [rate, , p99, errors] = all('no-requests');
    expect(told({ latencyP95Seconds: none })).toEqual([rate, 'not-configured', p99, errors]);
    expect(told({ requestRatePerMinute: none })).toEqual(['not-configured', ...all('no-points').slice(1)]);
  });

  it('a row that the service has but no source for may hide requests', () => {
    const blind: Series = { source: 'none', unknown: { cause: 'not-configured', lacks: 'source' } };
    expect(told({ latencyP95Seconds: blind })).not.toContain('no-requests');
  });
});
