import { describe, expect, it } from '@jest/globals';
import { serviceConfig } from '../../../shared/config/packaged.ts';
import type { ServiceConfig } from '../../../shared/config/service.ts';
import type { Unknown } from '../../../shared/core/unknown.ts';
import type { HttpAnswer } from '../../../shared/lambda/context.ts';
import {
  type PrometheusSeriesName,
  prometheusQueries,
  readPrometheus,
} from '../../../shared/metrics/prometheus.ts';
import { largestPrometheusAnswer, pointsOf } from '../../../shared/metrics/prometheus-answer.ts';
import { configWith, service, serviceName } from '../../support/builders.ts';

const now = new Date('2026-10-02T17:10:30Z');
const at = (minute: string) => Date.parse(`2026-10-02T${minute}:00Z`) / 1000;
const matrix = (...values: [number, string][]) => ({
  status: 'success',
  data: { resultType: 'matrix', result: values.length > 0 ? [{ metric: {}, values }] : [] },
});

async function asked(
  body: object | string,
  more: Partial<HttpAnswer> = {},
  name: PrometheusSeriesName = 'dbPoolPercent',
  change: Partial<ServiceConfig> = {},
) {
  const urls: string[] = [];
  const asks = configWith((_, own) => Object.assign(own, change));
  const http = {
    get: async (url: string): Promise<HttpAnswer> => {
      urls.push(url);
      return {
        status: 200,
        latencyMilliseconds: 1,
        body: typeof body === 'string' ? body : JSON.stringify(body),
        ...more,
      };
    },
    post: () => Promise.reject(new Error('never')),
  };
  const series = await readPrometheus(name, serviceConfig(asks, serviceName), http, {
    now,
    maxAgeSeconds: 300,
  });
  return { series, url: new URL(urls[0] ?? 'http://not.asked') };
}

describe('an answer of Prometheus', () => {
  it('is read as minutes, each at its start', async () => {
    const { series, url } = await asked(matrix([at('17:09'), '41.5'], [at('17:10'), '47']));
    expect(series).toEqual({
      source: 'Prometheus',
      points: [
        { at: new Date('2026-10-02T17:08:00Z'), value: 41.5 },
        { at: new Date('2026-10-02T17:09:00Z'), value: 47 },
      ],
    });
    expect(url.origin + url.pathname).toBe('https://prometheus.buywhere.ai/api/v1/query');
    expect(url.searchParams.get('query')).toBe(`(${prometheusQueries(service).dbPoolPercent})[6m:1m]`);
    expect(url.searchParams.get('time')).toBe('1790961030');
    expect(url.searchParams.get('timeout')).toBe('5s');
  });

  it.each(['https://proxy.example/prometheus', 'https://proxy.example/prometheus//'])(
    'is asked for below the path of %s',
    async (prometheusUrl) => {
      const { url } = await asked(matrix(), {}, 'dbPoolPercent', { prometheusUrl });
      expect(url.href.split('?')[0]).toBe('https://proxy.example/prometheus/api/v1/query');
    },
  );

  it.each<[string, PrometheusSeriesName, Partial<ServiceConfig>, Unknown]>([
    [
      'the address',
      'dbPoolPercent',
      { prometheusUrl: undefined },
      { cause: 'not-configured', lacks: 'prometheus-url' },
    ],
    ['a query', 'cpuPercent', {}, { cause: 'not-configured', lacks: 'prometheus-query' }],
  ])('is not asked for without %s', async (_, name, change, unknown) => {
    const { series, url } = await asked(matrix(), {}, name, change);
    expect([series, url.host]).toEqual([{ unknown, source: 'Prometheus' }, 'not.asked']);
  });

  it('is cut where it says too much', async () => {
    const long = 'x'.repeat(300);
    const failure = { status: 'error', errorType: 'execution', error: long };
    const cut = 'x'.repeat(200);
    expect((await asked(failure)).series).toMatchObject({ unknown: { message: cut } });
    expect((await asked({ ...matrix(), warnings: [long] })).series).toMatchObject({
      unknown: { warning: cut },
    });
    const odd = {
      status: 'success',
      data: { resultType: 'matrix', result: Array(20).fill({ values: 'x' }) },
    };
    const { series } = await asked(odd);
    expect('unknown' in series && 'detail' in series.unknown && series.unknown.detail.length).toBe(120);
  });

  it('is not a number where it only ends like one', async () => {
    const { series } = await asked(matrix([at('17:09'), '-40'], [at('17:10'), 'up4']));
    expect(series).toMatchObject({ unknown: { cause: 'implausible', every: 'value' } });
    expect(await asked(matrix([at('17:10'), '+4']))).toMatchObject({ series: { points: [{ value: 4 }] } });
  });

  it('leaves out what is not a number', async () => {
    const { series } = await asked(matrix([at('17:08'), '40'], [at('17:09'), 'NaN'], [at('17:10'), '+Inf']));
    expect(series).toMatchObject({ points: [{ value: 40 }] });
  });

  it.each<[string, object | string, Partial<HttpAnswer>, object]>([
    ['nothing', matrix(), {}, { cause: 'no-points' }],
    ['only NaN', matrix([at('17:10'), 'NaN']), {}, { cause: 'implausible', every: 'value' }],
    ['only old points', matrix([at('17:05'), '40']), {}, { cause: 'stale', ageSeconds: 390 }],
    [
      'an error',
      { status: 'error', errorType: 'execution', error: 'too many samples' },
      { status: 422 },
      { cause: 'failed', error: 'execution', message: 'too many samples' },
    ],
    [
      'a warning: it may be incomplete',
      { ...matrix([at('17:10'), '40']), warnings: ['remote read failed'] },
      {},
      { cause: 'partial', warning: 'remote read failed' },
    ],
    [
      'another result type',
      { status: 'success', data: { resultType: 'scalar', result: [1, '2'] } },
      {},
      { cause: 'malformed', problem: 'other-format' },
    ],
    ['a page of a proxy', '<html>', {}, { cause: 'malformed', problem: 'other-format' }],
    ['an error of a proxy', '<html>', { status: 503 }, { cause: 'http-status', status: 503 }],
    [
      'a cut body',
      matrix([at('17:10'), '40']),
      { truncated: true },
      { cause: 'malformed', problem: 'too-large', bytes: largestPrometheusAnswer },
    ],
  ])('that is %s makes the metric unknown', async (_, body, more, unknown) => {
    const { series } = await asked(body, more);
    expect(series).toMatchObject({ unknown });
  });

  it('with a request rate of zero is unknown: health checks alone are more', async () => {
    const { series } = await asked(matrix([at('17:10'), '0']), {}, 'requestRatePerMinute');
    expect(series).toMatchObject({ unknown: { cause: 'implausible', every: 'zero' } });
  });

  it('with an error rate of zero is fine', async () => {
    const { series } = await asked(matrix([at('17:10'), '0']), {}, 'errorRatePercent');
    expect(series).toMatchObject({ points: [{ value: 0 }] });
  });

  it('with several series is unknown: the query must give one', () => {
    const two = {
      status: 'success',
      data: { resultType: 'matrix', result: [{ values: [] }, { values: [] }] },
    };
    expect(pointsOf({ status: 200, latencyMilliseconds: 1, body: JSON.stringify(two) })).toEqual({
      unknown: { cause: 'malformed', problem: 'several-series', count: 2 },
    });
  });
});

describe('the queries', () => {
  it('select the series of the service and of its PgBouncer, and sum over its tasks', () => {
    const queries = prometheusQueries(service);
    expect(queries.latencyP99Seconds).toBe(
      'histogram_quantile(0.99, sum by (le) (rate(http_request_duration_seconds_bucket{job="buywhere-api",environment="production"}[1m])))',
    );
    expect(queries.pgbouncerWaitMilliseconds).toContain('job="pgbouncer",environment="production"');
    for (const query of Object.values(queries)) expect(query ?? 'sum').toContain('sum');
    const selected = '{job="buywhere-api",environment="production"}[1m]))';
    expect(queries.latencyAverageSeconds).toBe(
      `sum(rate(http_request_duration_seconds_sum${selected} / sum(rate(http_request_duration_seconds_count${selected}`,
    );
  });

  it('select everything where no selector is configured', () => {
    const queries = prometheusQueries({ prometheusQueries: {} });
    expect(queries.requestRatePerMinute).toBe('60 * sum(rate(http_requests_total{}[1m]))');
    expect(queries.pgbouncerPoolPercent).toBe(
      '100 * sum(avg_over_time(pgbouncer_pools_server_active_connections{database!="pgbouncer"}[1m])) / sum(avg_over_time(pgbouncer_databases_pool_size{name!="pgbouncer"}[1m]))',
    );
  });

  it('can be replaced one by one in the configuration', () => {
    const changed = configWith((_, own) => {
      own.prometheusQueries = { dbPoolPercent: 'my:pool:percent' };
    });
    const queries = prometheusQueries(serviceConfig(changed, 'buywhere-api'));
    expect([queries.dbPoolPercent, queries.latencyP95Seconds]).toEqual([
      'my:pool:percent',
      prometheusQueries(service).latencyP95Seconds,
    ]);
  });
});

describe('annotations of an answer', () => {
  const annotated = (...warnings: string[]) =>
    asked({ ...matrix([at('17:10'), '47']), warnings, infos: ['PromQL info: y'] });

  it('that are infos say nothing against its values, also where an old server calls them warnings', async () => {
    const { series } = await annotated('PromQL info: metric might not be a counter: "x" (1:12)');
    expect(series).toMatchObject({ points: [{ value: 47 }] });
  });

  it('that are warnings make it unknown, also beside an info', async () => {
    const { series } = await annotated('PromQL info: x', 'PromQL warning: bucket label "le" is missing');
    expect(series).toMatchObject({
      unknown: { cause: 'partial', warning: 'PromQL warning: bucket label "le" is missing' },
    });
  });
});

describe('a quantile', () => {
  it('is asked for together with the values at which it has reached the last bucket', async () => {
    const { url } = await asked(matrix([at('17:10'), '1']), {}, 'latencyP99Seconds');
    const plain = prometheusQueries(service).latencyP99Seconds ?? '';
    const top = plain.replace('0.99', '1');
    expect(url.searchParams.get('query')).toBe(
      `((${plain}) or label_replace((${plain}) >= (${top}), "last_bucket", "yes", "", ""))[6m:1m]`,
    );
  });

  it('that has is a lower bound in those minutes', async () => {
    const values = [
      [at('17:09'), '0.4'],
      [at('17:10'), '1'],
    ] as const;
    const result = [
      { metric: { last_bucket: 'yes' }, values: [values[1]] },
      { metric: {}, values },
    ];
    const { series } = await asked(
      { status: 'success', data: { resultType: 'matrix', result } },
      {},
      'latencyP99Seconds',
    );
    expect('points' in series && series.points.map(({ value, atLeast }) => [value, atLeast])).toEqual([
      [0.4, undefined],
      [1, true],
    ]);
  });
});
