import { describe, expect, it } from '@jest/globals';
import type { Unknown } from '../../../shared/core/unknown.ts';
import type { HttpAnswer } from '../../../shared/lambda/context.ts';
import { readScrape } from '../../../shared/metrics/scrape.ts';
import { service } from '../../support/builders.ts';

const now = new Date('2026-10-02T17:10:00Z');
const page = 'db_connection_pool_checked_out 7\ndb_connection_pool_size 10\n';

async function pool(body: string, more: Partial<HttpAnswer> = {}) {
  const http = {
    get: async () => ({ status: 200, latencyMilliseconds: 1, body, ...more }),
    post: () => Promise.reject(new Error('never')),
  };
  return (await readScrape(service, http, { now, maxAgeSeconds: 300 })).dbPoolPercent;
}

describe('a scrape of /metrics', () => {
  it('gives the gauge, labelled as one task’s view', async () => {
    expect(await pool(page)).toEqual({
      source: "/metrics, one task's view",
      points: [{ at: now, value: 70 }],
    });
  });

  it('sums the pools of a task, and leaves PgBouncer’s admin database out', async () => {
    const more = `db_connection_pool_checked_out{database="pgbouncer"} 5\ndb_connection_pool_checked_out{database="b"} 1\n${page}`;
    expect(await pool(more)).toMatchObject({ points: [{ value: 80 }] });
  });

  it('leaves the admin database out by either label, of either gauge', async () => {
    const more = `db_connection_pool_size{name="pgbouncer"} 90\n${page}`;
    expect(await pool(more)).toMatchObject({ points: [{ value: 70 }] });
  });

  it('adds the gauges of several pools up', async () => {
    const two = 'db_connection_pool_checked_out{pool="a"} 7\ndb_connection_pool_checked_out{pool="b"} 1\n';
    expect(await pool(`${two}db_connection_pool_size 10\n`)).toMatchObject({ points: [{ value: 80 }] });
  });

  it('is as old as the oldest of its timestamps', async () => {
    const time = (seconds: number) => now.getTime() - seconds * 1000;
    const body = `db_connection_pool_checked_out{pool="a"} 3 ${time(10)}
db_connection_pool_checked_out{pool="b"} 4 ${time(40)}
db_connection_pool_size 10 ${time(20)}
`;
    expect(await pool(body)).toMatchObject({ points: [{ at: new Date(time(40)), value: 70 }] });
    const size = body.replace(`${time(20)}`, `${time(60)}`);
    expect(await pool(size)).toMatchObject({ points: [{ at: new Date(time(60)) }] });
  });

  it('of OpenMetrics is read like one of the older format', async () => {
    const seconds = now.getTime() / 1000 - 20.25;
    const body = [
      'http_request_duration_seconds_bucket{le="0.1"} 17 # {trace_id="0af7651916cd43dd"} 0.067 1790960400.123',
      `db_connection_pool_checked_out 12 ${seconds}`,
      `db_connection_pool_size 20 ${seconds}`,
      '# EOF',
      '',
    ].join('\n');
    expect(await pool(body)).toMatchObject({ points: [{ at: new Date(seconds * 1000), value: 60 }] });
  });

  it('is not spoiled by a line of another metric, but by one of its own', async () => {
    expect(await pool(`other{ 3\n${page}`)).toMatchObject({ points: [{ value: 70 }] });
    expect(await pool(`db_connection_pool_size{ 3\n${page}`)).toMatchObject({
      unknown: { cause: 'malformed' },
    });
  });

  it('counts a label set once in whatever order its labels stand', async () => {
    const gauge = 'db_connection_pool_checked_out';
    const same = `${gauge}{pool="a",zone="b"} 7\n${gauge}{zone="b",pool="a"} 7\n`;
    expect(await pool(`${same}db_connection_pool_size 10\n`)).toMatchObject({ points: [{ value: 70 }] });
  });

  it('counts a label set once, and says nothing where it has two values', async () => {
    expect(await pool(`${page}${page}`)).toMatchObject({ points: [{ value: 70 }] });
    expect(await pool(`${page}db_connection_pool_size 30\n`)).toMatchObject({
      unknown: {
        cause: 'malformed',
        problem: 'other-format',
        detail: 'db_connection_pool_size has two values for the same labels',
      },
    });
  });

  it('is unknown where no address is configured', async () => {
    const { metricsUrl: _, ...rest } = service;
    const http = {
      get: () => Promise.reject(new Error('never')),
      post: () => Promise.reject(new Error('never')),
    };
    const unknown = {
      unknown: { cause: 'not-configured', lacks: 'metrics-url' },
      source: "/metrics, one task's view",
    };
    expect(await readScrape(rest, http, { now, maxAgeSeconds: 300 })).toEqual({
      dbPoolPercent: unknown,
      pgbouncerPoolPercent: unknown,
    });
  });

  it.each<[string, string, Partial<HttpAnswer>, Unknown]>([
    [
      'without the gauge',
      'http_requests_total 5\n',
      {},
      { cause: 'absent', gauge: 'db_connection_pool_checked_out' },
    ],
    [
      'without its size',
      'db_connection_pool_checked_out 7\n',
      {},
      { cause: 'absent', gauge: 'db_connection_pool_size' },
    ],
    ['with NaN', page.replace('7', 'NaN'), {}, { cause: 'implausible', every: 'value' }],
    ['with a size of zero', page.replace('10', '0'), {}, { cause: 'implausible', every: 'value' }],
    [
      'with old timestamps',
      page.replace(/(7|10)$/gm, '$1 1790960400000'),
      {},
      { cause: 'stale', ageSeconds: 600 },
    ],
    [
      'that is HTML',
      '<html>',
      {},
      { cause: 'malformed', problem: 'other-format', detail: 'line 1: no metric name: <html>' },
    ],
    ['of a load balancer without tasks', '', { status: 503 }, { cause: 'http-status', status: 503 }],
    [
      'without end',
      page,
      { truncated: true },
      { cause: 'malformed', problem: 'too-large', bytes: 1_048_576 },
    ],
  ])('%s is unknown', async (_, body, more, unknown) => {
    expect(await pool(body, more)).toEqual({ source: "/metrics, one task's view", unknown });
  });
});
