import { describe, expect, it } from '@jest/globals';
import { mulberry32 } from '../../../../sandbox/world/model/random.ts';
import type { Trouble } from '../../../../sandbox/world/model/trouble.ts';
import { createWorld } from '../../../../sandbox/world/world.ts';
import { parsePrometheusText } from '../../../../shared/metrics/prometheus-text.ts';

/** A service whose traffic grows sixfold after ten minutes, and a look at the page of its first task. */
function play(troubles: Trouble[] = []) {
  let now = 0;
  const world = createWorld({
    now: () => now,
    random: mulberry32(5),
    services: [
      { cluster: 'c', name: 'api', desiredCount: 3, arrivals: (t) => (t < 600 ? 10 : 60), troubles },
    ],
  });
  const service = () => {
    world.advance();
    const found = world.service('c', 'api');
    if (!found) throw new Error('no such service');
    return found;
  };
  const task = service().tasks[0]?.id ?? '';
  return {
    pageAt(seconds: number) {
      now = seconds * 1000;
      return service().metricsPage(task);
    },
    service,
  };
}

const counters = (page: string) =>
  parsePrometheusText(page).filter(({ name }) => /_(bucket|total|count|sum)$/.test(name));

describe('/metrics of a task', () => {
  it('has counters that never fall, or Prometheus would take it for a restart', () => {
    const { pageAt } = play();
    let before = counters(pageAt(1));
    for (let seconds = 2; seconds < 900; seconds += 1) {
      const now = counters(pageAt(seconds));
      now.forEach(({ name, labels, value }, index) => {
        if (value < (before[index]?.value ?? 0))
          throw new Error(`${name} ${labels.le} falls at ${seconds} s`);
      });
      before = now;
    }
    expect(before.find(({ name }) => name === 'http_requests_total')?.value).toBeGreaterThan(1000);
  });

  it('of a task that is gone is empty', () => {
    const { service } = play();
    expect(service().metricsPage('nobody')).toBe('');
  });

  it('PgBouncer’s exporter tells the pool apart from its admin database', () => {
    const { pageAt, service } = play();
    pageAt(60);
    const names = parsePrometheusText(service().pgbouncerPage()).map(({ name, labels }) => [
      name,
      labels.database ?? labels.name,
    ]);
    expect(names).toEqual([
      ['pgbouncer_pools_server_active_connections', 'app'],
      ['pgbouncer_databases_pool_size', 'app'],
      ['pgbouncer_stats_totals_client_wait_seconds_total', 'app'],
      ['pgbouncer_stats_totals_sql_transactions_pooled_total', 'app'],
    ]);
  });
});

describe('a faulty /metrics', () => {
  const during = (fault: 'frozen' | 'nan' | 'missing' | 'delayed' | 'lying') =>
    play([{ kind: 'monitoring-fault', fault, from: 100, until: 200 }]);

  it('frozen: the same page until it is over', () => {
    const { pageAt } = during('frozen');
    const [before, first, later, after] = [pageAt(99), pageAt(100), pageAt(199), pageAt(200)];
    expect(first).not.toBe(before);
    expect(later).toBe(first);
    expect(after).not.toBe(first);
  });

  it('NaN: every value is, and the page can still be parsed', () => {
    const samples = parsePrometheusText(during('nan').pageAt(150));
    expect(samples.length).toBeGreaterThan(10);
    expect(samples.every(({ value }) => Number.isNaN(value))).toBe(true);
  });

  it('missing: nothing', () => expect(during('missing').pageAt(150)).toBe(''));

  it('delayed: the page says that it is three minutes old', () => {
    const times = parsePrometheusText(during('delayed').pageAt(190)).map(({ timestamp }) => timestamp);
    // The clock of this world begins at zero; a number as small as that is read as seconds.
    expect(new Set(times)).toEqual(new Set([10_000 * 1000]));
  });

  it('lying: hardly any requests, none of them slow', () => {
    const value = (page: string, wanted: string, le?: string) =>
      parsePrometheusText(page).find(({ name, labels }) => name === wanted && labels.le === le)?.value ?? -1;
    const { pageAt } = during('lying');
    const truth = value(pageAt(99), 'http_requests_total');
    const page = pageAt(150);
    expect(value(page, 'http_requests_total')).toBeLessThan(truth / 10);
    const name = 'http_request_duration_seconds_bucket';
    expect(value(page, name, '0.1')).toBe(value(page, name, '+Inf'));
  });
});
