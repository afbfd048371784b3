import { describe, expect, it } from '@jest/globals';
import { serviceConfig } from '../../shared/configured.ts';
import {
  largestPrometheusAnswer,
  pointsOf,
  prometheusQueries,
  readPrometheus,
} from '../../shared/prometheus.ts';
import type { HttpAnswer } from '../../shared/tools.ts';
import { configWith, service } from '../support/builders.ts';

const now = new Date('2026-10-02T17:10:30Z');
const at = (minute: string) => Date.parse(`2026-10-02T${minute}:00Z`) / 1000;
const matrix = (...values: [number, string][]) => ({
  status: 'success',
  data: { resultType: 'matrix', result: values.length > 0 ? [{ metric: {}, values }] : [] },
});

async function asked(
  body: object | string,
  more: Partial<HttpAnswer> = {},
  name: 'dbPoolPercent' | 'requestRatePerMinute' = 'dbPoolPercent',
) {
  const urls: string[] = [];
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
  const series = await readPrometheus(name, service, http, { now, maxAgeSeconds: 300 });
  return { series, url: new URL(urls[0] ?? '') };
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
  });

  it('leaves out what is not a number', async () => {
    const { series } = await asked(matrix([at('17:08'), '40'], [at('17:09'), 'NaN'], [at('17:10'), '+Inf']));
    expect(series).toMatchObject({ points: [{ value: 40 }] });
  });

  it.each([
    ['nothing', matrix(), {}, 'no data points'],
    ['only NaN', matrix([at('17:10'), 'NaN']), {}, 'every point is NaN or negative'],
    ['only old points', matrix([at('17:05'), '40']), {}, 'stale: the newest point is 390 s old'],
    [
      'an error',
      { status: 'error', errorType: 'execution', error: 'too many samples' },
      { status: 422 },
      'execution: too many samples',
    ],
    [
      'a warning: it may be incomplete',
      { ...matrix([at('17:10'), '40']), warnings: ['remote read failed'] },
      {},
      'warning: remote read failed',
    ],
    [
      'another result type',
      { status: 'success', data: { resultType: 'scalar', result: [1, '2'] } },
      {},
      'not an answer of the Prometheus API',
    ],
    ['a page of a proxy', '<html>', {}, 'not an answer of the Prometheus API'],
    ['an error of a proxy', '<html>', { status: 503 }, 'HTTP status 503'],
    [
      'a cut body',
      matrix([at('17:10'), '40']),
      { truncated: true },
      `larger than ${largestPrometheusAnswer} bytes`,
    ],
  ])('that is %s makes the metric unknown', async (_, body, more, reason) => {
    const { series } = await asked(body, more);
    expect('unknown' in series && series.unknown).toContain(reason);
  });

  it('with a request rate of zero is unknown: health checks alone are more', async () => {
    const { series } = await asked(matrix([at('17:10'), '0']), {}, 'requestRatePerMinute');
    expect('unknown' in series && series.unknown).toContain('zero');
  });

  it('with several series is unknown: the query must give one', () => {
    const two = {
      status: 'success',
      data: { resultType: 'matrix', result: [{ values: [] }, { values: [] }] },
    };
    expect(pointsOf({ status: 200, latencyMilliseconds: 1, body: JSON.stringify(two) })).toEqual({
      unknown: '2 series instead of one',
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
