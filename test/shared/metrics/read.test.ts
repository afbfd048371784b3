import { CloudWatchClient, GetMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import type { ServiceConfig } from '../../../shared/config/service.ts';
import { queryIds } from '../../../shared/metrics/cloudwatch.ts';
import { observeMetrics } from '../../../shared/metrics/read.ts';
import { now, production, secondsLater, service } from '../../support/builders.ts';

const cloudwatch = mockClient(CloudWatchClient);
const minuteAgo = new Date(secondsLater(-60));
const page = 'db_connection_pool_checked_out 9\ndb_connection_pool_size 10\n';
const matrix = {
  status: 'success',
  data: { resultType: 'matrix', result: [{ values: [[Date.parse(now) / 1000, '42']] }] },
};

beforeEach(() => {
  cloudwatch.reset();
  cloudwatch.on(GetMetricDataCommand).resolves({
    MetricDataResults: Object.values(queryIds).map((Id) => ({ Id, Timestamps: [minuteAgo], Values: [40] })),
  });
});

/** What is seen with these sources, and which addresses were asked. */
async function seen(metrics: Partial<ServiceConfig['metrics']>, broken: RegExp = /^never$/) {
  const asked: string[] = [];
  const silent = () => undefined;
  const configured = {
    ...service,
    prometheusUrl: 'http://prometheus.example',
    metricsUrl: 'http://api.example/metrics',
    metrics: { ...service.metrics, ...metrics },
  };
  const context = {
    config: production,
    log: { info: silent, warn: silent, error: silent },
    now: () => new Date(now),
    after: () => ({ passed: new Promise<void>(silent), cancel: silent }),
    cloudwatch: new CloudWatchClient({}),
    http: {
      get: async (url: string) => {
        asked.push(decodeURIComponent(url));
        if (broken.test(url)) throw Object.assign(new Error('no answer'), { name: 'TimeoutError' });
        const body = url.includes('/api/v1/query') ? JSON.stringify(matrix) : page;
        return { status: 200, latencyMilliseconds: 1, body };
      },
      post: () => Promise.reject(new Error('never')),
    },
  };
  const series = await observeMetrics(configured, context, new Date(now), new Promise<number>(silent));
  return { series, asked };
}

const of = (source: string, value: number) => ({ source, points: [{ at: minuteAgo, value }] });
const oneTask = "/metrics, one task's view";

describe('metrics out of their configured sources', () => {
  it('come from CloudWatch alone where nothing else is named', async () => {
    const all = Object.fromEntries(
      Object.keys(service.metrics).map((name) => [name, ['cloudwatch' as const]]),
    );
    const { series, asked } = await seen(all);

    expect(Object.values(series)).toEqual(Object.keys(series).map(() => of('CloudWatch', 40)));
    expect(asked).toEqual([]);
    expect(cloudwatch.calls()).toHaveLength(1);
  });

  it('come from Prometheus where it is named, the average latency with its percentile', async () => {
    const all = Object.fromEntries(
      Object.keys(service.metrics).map((name) => [name, ['cloudwatch' as const]]),
    );
    const { series, asked } = await seen({ ...all, latencyP99Seconds: ['prometheus'] });

    expect(series.latencyP99Seconds).toEqual(of('Prometheus', 42));
    expect(series.latencyAverageSeconds).toEqual(of('Prometheus', 42));
    expect(series.memoryPercent).toEqual(of('CloudWatch', 40));
    expect(series.latencyP95Seconds).toEqual(of('CloudWatch', 40));
    expect(asked).toHaveLength(2);
  });

  it('come from a scrape where it is named, which is asked once', async () => {
    const { series, asked } = await seen({ dbPoolPercent: ['scrape'] });

    expect(series.dbPoolPercent).toMatchObject({ source: oneTask, points: [{ value: 90 }] });
    expect(asked.filter((url) => url === 'http://api.example/metrics')).toHaveLength(1);
  });

  it('are unknown where a source is named that does not have them', async () => {
    const { series } = await seen({ cpuPercent: ['scrape'], dbPoolPercent: ['scrape'] });
    const unknown = { cause: 'not-configured', lacks: 'source' };
    expect(series.cpuPercent).toEqual({ source: oneTask, unknown });
  });

  it('are judged against each other by the thresholds', async () => {
    const { series } = await seen({
      errorRatePercent: ['cloudwatch', 'prometheus'],
      dbPoolPercent: ['cloudwatch', 'scrape'],
    });

    expect(series.errorRatePercent).toMatchObject({ others: [{ source: 'Prometheus', value: 42 }] });
    expect(series.dbPoolPercent).toEqual({
      ...of('CloudWatch', 40),
      others: [{ source: oneTask, value: 90 }],
    });
    cloudwatch.on(GetMetricDataCommand).resolves({
      MetricDataResults: [{ Id: queryIds.errorRatePercent, Timestamps: [minuteAgo], Values: [0.1] }],
    });
    expect(
      (await seen({ errorRatePercent: ['cloudwatch', 'prometheus'] })).series.errorRatePercent,
    ).toMatchObject({
      unknown: { cause: 'contradicted', at: secondsLater(-60), value: 0.1, otherValue: 42 },
    });
  });

  it.each<['errorRatePercent' | 'dbPoolPercent', string, 'prometheus' | 'scrape', RegExp]>([
    ['errorRatePercent', 'Prometheus', 'prometheus', /prometheus/],
    ['dbPoolPercent', oneTask, 'scrape', /metrics$/],
  ])('are unknown: %s, where %s does not answer', async (name, label, source, broken) => {
    const { series } = await seen({ [name]: [source] }, broken);

    expect(series[name]).toEqual({ source: label, unknown: { cause: 'late' } });
    expect(series.cpuPercent).toMatchObject({ source: 'CloudWatch' });
  });

  it('are unknown where CloudWatch does not answer, each with the cause', async () => {
    cloudwatch
      .on(GetMetricDataCommand)
      .rejects(Object.assign(new Error('slow down'), { name: 'Throttling' }));
    const { series } = await seen({ cpuPercent: ['cloudwatch'] });

    const unknown = { cause: 'throttled', error: 'Throttling', message: 'slow down' };
    expect(series.cpuPercent).toEqual({ source: 'CloudWatch', unknown });
    expect(series.memoryPercent).toEqual({ source: 'CloudWatch', unknown });
  });
});
