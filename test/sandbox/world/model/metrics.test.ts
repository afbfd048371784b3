import { describe, expect, it } from '@jest/globals';
import type { MetricFault } from '../../../../sandbox/world/model/trouble.ts';
import { START, startWorld } from '../fixture.ts';

const minute = (number: number): number => START + number * 60_000;

describe('visible points', () => {
  it.each([
    [60, 119, 0],
    [60, 120, 1],
    [60, 310, 4],
    [0, 310, 5],
    [180, 310, 2],
  ])(
    'with a delay of %d s, %d s after the start %d minutes are visible',
    (metricDelaySeconds, seconds, count) => {
      const { at, service } = startWorld({ metricDelaySeconds });
      at(seconds);
      const points = service.datapoints('CPUUtilization', 'Average', 60, minute(0), minute(100));
      expect(points.map((point) => point.at)).toEqual(
        Array.from({ length: count }, (_, index) => minute(index)),
      );
    },
  );

  it('starts with a history when asked to', () => {
    const { at, service } = startWorld({ historySeconds: 3600 });
    at(0);
    expect(service.datapoints('RequestCount', 'Sum', 60, minute(-60), minute(0))).toHaveLength(59);
    expect(service.measures(1.5).overProvisionedTaskSeconds).toBe(0);
  });

  it('takes `from` as inclusive and `to` as exclusive', () => {
    const { at, service } = startWorld();
    at(600);
    const points = service.datapoints('CPUUtilization', 'Average', 60, minute(2), minute(4));
    expect(points.map((point) => point.at)).toEqual([minute(2), minute(3)]);
  });

  it('sums five minutes into one point', () => {
    const { at, service } = startWorld();
    at(900);
    const single = service.datapoints('RequestCount', 'Sum', 60, minute(0), minute(5));
    const [five] = service.datapoints('RequestCount', 'Sum', 300, minute(0), minute(5));
    expect(five?.value).toBe(single.reduce((sum, point) => sum + point.value, 0));
    expect(service.datapoints('RequestCount', 'SampleCount', 300, minute(0), minute(5))[0]?.value).toBe(5);
  });

  it.each([
    [10, 12],
    [20, 6],
  ])('has CPU in periods of %d s, and they average to the minutes', (period, count) => {
    const { at, service } = startWorld({ arrivals: (seconds) => 5 + seconds / 60 });
    at(300);
    const short = service.datapoints('CPUUtilization', 'Average', period, minute(0), minute(2));
    const long = service.datapoints('CPUUtilization', 'Average', 120, minute(0), minute(2));
    expect(short).toHaveLength(count);
    const mean = short.reduce((sum, point) => sum + point.value, 0) / count;
    expect(mean).toBeCloseTo(long[0]?.value ?? 0, 6);
  });

  it.each([
    ['TargetResponseTime', 'p99', 10],
    ['CPUUtilization', 'Average', 7],
    ['CPUUtilization', 'p99', 60],
    ['TargetResponseTime', 'p', 60],
  ] as const)('%s %s has no points in periods of %d s', (metric, statistic, period) => {
    const { at, service } = startWorld();
    at(300);
    expect(service.datapoints(metric, statistic, period, minute(0), minute(2))).toEqual([]);
  });
});

describe('statistics', () => {
  it('orders the percentiles of the response time', () => {
    const { at, latest } = startWorld({ arrivals: (seconds) => 8 + seconds / 60 });
    at(600);
    const values = ['Minimum', 'p50', 'Average', 'p90', 'p95', 'p99', 'p99.9'].map((statistic) =>
      latest('TargetResponseTime', statistic),
    );
    expect(values).toEqual(values.toSorted((a, b) => (a ?? 0) - (b ?? 0)));
    expect(values.every((value) => value !== undefined && value > 0)).toBe(true);
    expect(latest('TargetResponseTime', 'SampleCount')).toBe(latest('RequestCount', 'Sum'));
  });

  it('knows the extremes of a gauge', () => {
    const { at, service } = startWorld();
    at(60);
    service.setDesiredCount(4);
    at(300);
    const value = (statistic: string) =>
      service.datapoints('HealthyHostCount', statistic, 60, minute(1), minute(2))[0]?.value;
    expect(value('Minimum')).toBe(3);
    expect(value('Maximum')).toBe(4);
    expect(value('Average')).toBeGreaterThan(3);
    expect(value('Average')).toBeLessThan(4);
  });
});

describe('metric faults', () => {
  const faulty = (fault: MetricFault) => {
    const { at, service } = startWorld({
      arrivals: (seconds) => 10 + seconds / 60,
      troubles: [{ kind: 'metric-fault', metric: 'CPUUtilization', fault, from: 120, until: 240 }],
    });
    at(600);
    return service.datapoints('CPUUtilization', 'Average', 60, minute(0), minute(6));
  };

  it('missing: there are no points meanwhile', () => {
    expect(faulty('missing').map((point) => point.at)).toEqual([0, 1, 4, 5].map(minute));
  });

  it('nan: the points are not numbers meanwhile', () => {
    expect(faulty('nan').map((point) => Number.isNaN(point.value))).toEqual([
      false,
      false,
      true,
      true,
      false,
      false,
    ]);
  });

  it('zero: there are as many points, all of them zero meanwhile', () => {
    expect(faulty('zero').map((point) => point.value > 0)).toEqual([true, true, false, false, true, true]);
    expect(faulty('zero')[2]?.value).toBe(0);
  });

  it('frozen: the last good value is repeated', () => {
    const [, before, first, second, after] = faulty('frozen');
    expect([first?.value, second?.value]).toEqual([before?.value, before?.value]);
    expect(after?.value).not.toBe(before?.value);
  });
});

describe('the metrics page of one task', () => {
  it('is Prometheus text whose histogram agrees with its counters', () => {
    const { at, service } = startWorld();
    at(600);
    const page = service.metricsPage();
    const value = (name: string): number =>
      Number(new RegExp(`^${name.replace(/[{}+]/g, '\\$&')} (.*)$`, 'm').exec(page)?.[1]);
    const total = value('http_requests_total');
    expect(total).toBeGreaterThan(1800);
    expect(value('http_request_duration_seconds_bucket{le="+Inf"}')).toBe(total);
    expect(value('http_request_duration_seconds_count')).toBe(total);
    expect(value('http_request_duration_seconds_sum') / total).toBeCloseTo(0.09, 1);
    expect(value('http_errors_total')).toBe(0);
    expect(value('db_connection_pool_size')).toBe(10);
    expect(value('db_connection_pool_checked_out')).toBeLessThan(10);
    const buckets = [...page.matchAll(/_bucket\{le="[0-9.]+"\} ([0-9]+)/g)].map((match) => Number(match[1]));
    expect(buckets).toEqual(buckets.toSorted((a, b) => a - b));
    expect(page.endsWith('\n')).toBe(true);
  });

  it('shows one task of many: a new one has counted little', () => {
    const { at, service } = startWorld();
    at(600);
    service.setDesiredCount(6);
    at(700);
    const totals = Array.from({ length: 40 }, () =>
      Number(/^http_requests_total (.*)$/m.exec(service.metricsPage())?.[1]),
    );
    expect(Math.min(...totals)).toBeLessThan(200);
    expect(Math.max(...totals)).toBeGreaterThan(1800);
  });
});
