import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { z } from 'zod';
import { parse } from '../../shared/core/schema.ts';
import { Assessment } from '../../shared/document/assessment.ts';
import {
  type PrometheusSeriesName,
  prometheusQueries,
  readPrometheus,
} from '../../shared/metrics/prometheus.ts';
import { parsePrometheusText } from '../../shared/metrics/prometheus-text.ts';
import { prometheusAlertsFile } from '../../tools/generate-prometheus-alerts.ts';
import { type Monitored, monitored } from './monitored.ts';
import { oddPage } from './pages.ts';
import { promtool, requirePrograms } from './programs.ts';

jest.setTimeout(180_000);

/** Requests per second before and during the spike; three tasks carry 20. */
const calm = 10;
const spike = 60;

let spiking = false;
let all: Monitored;
beforeAll(async () => {
  requirePrograms();
  all = await monitored(() => (spiking ? spike : calm));
});
afterAll(() => all?.stop());

const truth = () => {
  all.sandbox.world.advance();
  const service = all.sandbox.world.service(all.service.cluster, all.service.service);
  if (!service) throw new Error('the world has no such service');
  return service;
};

/** The newest value that the product reads from the real Prometheus. */
async function read(name: PrometheusSeriesName): Promise<number> {
  const http = { get: all.get, post: () => Promise.reject(new Error('never')) };
  const options = { now: new Date(), maxAgeSeconds: 300 };
  const series = await all.during(() => readPrometheus(name, all.service, http, options));
  if ('unknown' in series) throw new Error(`${name}: ${JSON.stringify(series.unknown)}`);
  return series.points.at(-1)?.value ?? Number.NaN;
}

/** Lets time pass until Prometheus has seen each task for so many seconds. */
async function samplesOf(seconds: number): Promise<void> {
  const fewest = `min(count_over_time(http_requests_total[${seconds}s]))`;
  const url = `${all.prometheusUrl}/api/v1/query?query=${encodeURIComponent(fewest)}`;
  for (let waited = 0; waited < 90; waited += 1) {
    await all.play(1);
    const { body } = await all.during(() => all.get(url, 5000, 4096).catch(() => ({ body: '' })));
    if (Number(/"value":\[[\d.]+,"(\d+)"\]/.exec(body)?.[1]) >= seconds - 1) return;
  }
  throw new Error('Prometheus does not scrape every second');
}

describe('the alert rules', () => {
  it.each([
    ['as generated', () => prometheusAlertsFile],
    ['as shortened for this test', () => all.rulesFile],
  ])('%s pass promtool', (_, file) => {
    expect(promtool('check', 'rules', file())).toMatchObject({ status: 0 });
  });
});

describe('on a quiet service', () => {
  it('the product’s queries give what the world says', async () => {
    await samplesOf(20);
    const minute = Math.floor(Date.now() / 60_000) * 60_000 - 60_000;
    const said = (metric: Parameters<ReturnType<typeof truth>['minute']>[0], statistic: string) =>
      truth().minute(metric, statistic, minute) ?? Number.NaN;
    const within = (value: number, expected: number, share: number) => {
      expect(value).toBeGreaterThan(expected * (1 - share));
      expect(value).toBeLessThan(expected * (1 + share));
    };
    // Traffic differs from minute to minute by up to 16 %.
    within(await read('requestRatePerMinute'), said('RequestCount', 'Sum'), 0.25);
    within(await read('latencyAverageSeconds'), said('TargetResponseTime', 'Average'), 0.25);
    // Interpolated between the bounds of a bucket.
    within(await read('latencyP95Seconds'), said('TargetResponseTime', 'p95'), 0.5);
    within(await read('latencyP99Seconds'), said('TargetResponseTime', 'p99'), 0.5);
    within(await read('pgbouncerPoolPercent'), said('PgBouncerPoolUsage', 'Average'), 0.2);
    expect(await read('errorRatePercent')).toBe(0);
    expect(await read('pgbouncerWaitMilliseconds')).toBeCloseTo(said('PgBouncerWaitTime', 'Average'), 1);
    const tasks = truth().tasks.filter(({ healthy }) => healthy);
    const gauges = tasks.flatMap(({ id }) => parsePrometheusText(truth().metricsPage(id)));
    const sum = (name: string) =>
      gauges.filter((gauge) => gauge.name === name).reduce((total, { value }) => total + value, 0);
    const pool = (100 * sum('db_connection_pool_checked_out')) / sum('db_connection_pool_size');
    expect(Math.abs((await read('dbPoolPercent')) - pool)).toBeLessThan(5);
  });

  it('every query of the product is valid PromQL', async () => {
    for (const query of Object.values(prometheusQueries(all.service))) {
      if (!query) continue;
      const url = `${all.prometheusUrl}/api/v1/query?query=${encodeURIComponent(query)}`;
      const answer = await all.during(() => all.get(url, 5000, 65_536));
      expect([query, answer.status]).toEqual([query, 200]);
    }
  });

  it('the product’s parser reads a page as Prometheus does', async () => {
    const url = `${all.prometheusUrl}/api/v1/query?query=${encodeURIComponent('{__name__=~"odd_.*"}')}`;
    const { body } = await all.during(() => all.get(url, 5000, 65_536));
    const Vector = z.object({
      data: z.object({
        result: z.array(
          z.object({ metric: z.record(z.string(), z.string()), value: z.tuple([z.number(), z.string()]) }),
        ),
      }),
    });
    const theirs = Vector.parse(JSON.parse(body)).data.result.map(({ metric, value }) => {
      const { __name__: name = '', job: _, instance: __, environment: ___, ...labels } = metric;
      return { name, labels, value: value[1] === '+Inf' ? Number.POSITIVE_INFINITY : Number(value[1]) };
    });
    // For Prometheus an empty label is no label.
    const ours = parsePrometheusText(oddPage).map((sample) => ({
      ...sample,
      labels: Object.fromEntries(Object.entries(sample.labels).filter(([, value]) => value !== '')),
    }));
    const byName = (a: { name: string; value: number }, b: { name: string; value: number }) =>
      a.name.localeCompare(b.name) || a.value - b.value;
    expect(theirs.sort(byName)).toEqual(ours.sort(byName));
  });
});

describe('a traffic spike', () => {
  const runs = () => all.sandbox.engine.executions.filter(({ name }) => name.startsWith('alertmanager-'));

  it('is seen by Prometheus, told by Alertmanager, and answered with more tasks', async () => {
    expect(runs()).toEqual([]);
    spiking = true;
    const scaled = await all.play(90, () => truth().desiredCount > 3);
    expect({ scaled, log: scaled ? '' : all.log() }).toEqual({ scaled: true, log: '' });
    expect(runs()[0]?.input).toMatchObject({
      source: 'alertmanager',
      service: 'buywhere-api',
      environment: 'production',
    });
    const update = all.sandbox.aws.writes.find(({ call }) => call === 'ecs:UpdateService');
    expect(update).toMatchObject({ who: 'scale-out', from: { desired: 3 } });
  });

  it('was assessed with the real Prometheus', () => {
    const line = all.sandbox.logs.find(({ message }) => message === 'assessed');
    const pool = parse(Assessment.entries.metrics, line?.fields.metrics).dbPoolPercent;
    expect(pool).toMatchObject({ source: 'Prometheus', value: expect.any(Number) });
  });

  it('starts one run for each alert, however often Alertmanager repeats it', async () => {
    const received = () => all.sandbox.logs.filter(({ message }) => message === 'alerts received').length;
    const before = received();
    const slow = () => runs().some(({ name }) => name.includes('HighLatencyP99'));
    expect(await all.play(60, () => slow() && received() >= before + 3)).toBe(true);
    const names = runs().map(({ name }) => name.replace(/-\d+$/, ''));
    expect(new Set(names).size).toBe(names.length);
    expect(runs().every(({ name }) => !name.includes('staging'))).toBe(true);
  });
});
