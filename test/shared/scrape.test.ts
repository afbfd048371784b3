import { describe, expect, it } from '@jest/globals';
import { readScrape } from '../../shared/scrape.ts';
import type { HttpAnswer } from '../../shared/tools.ts';
import { service } from '../support/builders.ts';

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

  it.each([
    ['without the gauge', 'http_requests_total 5\n', {}, 'the page has no db_connection_pool_checked_out'],
    ['with NaN', page.replace('7', 'NaN'), {}, 'every point is NaN or negative'],
    ['with a size of zero', page.replace('10', '0'), {}, 'every point is NaN or negative'],
    [
      'with old timestamps',
      page.replace(/(7|10)$/gm, '$1 1790960400000'),
      {},
      'stale: the newest point is 600 s old',
    ],
    ['that is HTML', '<html>', {}, 'line 1: no metric name'],
    ['of a load balancer without tasks', '', { status: 503 }, 'HTTP status 503'],
    ['without end', page, { truncated: true }, 'larger than 1048576 bytes'],
  ])('%s is unknown', async (_, body, more, reason) => {
    const series = await pool(body, more);
    expect('unknown' in series && series.unknown).toContain(reason);
  });
});
