import { type MetricsWith, metricOf } from '../config/metric-catalogue.ts';
import { sourceLabels } from '../config/metric-sources.ts';
import type { ServiceConfig } from '../config/service.ts';
import type { Unknown } from '../core/unknown.ts';
import type { Resources } from '../lambda/context.ts';
import { largestPrometheusAnswer, lastBucketLabel, pointsOf } from './prometheus-answer.ts';
import { known, type Series } from './series.ts';

/** The metrics that Prometheus can be asked for: all but memory. */
export type PrometheusSeriesName = keyof ReturnType<typeof prometheusQueries>;

const source = sourceLabels.prometheus;
const timeoutMilliseconds = 5000;
/** The newest whole minutes: enough for the slope of the request rate and for the oldest usable value. */
const history = '[6m:1m]';
/** The average goes with the percentiles: of no requests there is none. */
const zeroIsImplausible = (name: PrometheusSeriesName) =>
  name === 'latencyAverageSeconds' || metricOf(name).zeroIsImplausible;

/**
 * PromQL for one value per whole minute, each summed over all tasks (runbook: Check Metrics in Prometheus/Grafana).
 * A range of one minute holds enough samples when Prometheus scrapes at least every 30 s. PgBouncer's metrics are
 * those of prometheus-community/pgbouncer_exporter, whose SHOW STATS metrics had two prefixes over time; its admin
 * database `pgbouncer` is no pool. Errors are absent until the first one, so they count as zero where requests are
 * counted. Source: Prometheus, query functions.
 */
export function prometheusQueries(
  service: Pick<ServiceConfig, 'prometheusSelector' | 'pgbouncerSelector' | 'prometheusQueries'>,
) {
  const api = service.prometheusSelector ?? '';
  const also = service.pgbouncerSelector ? `,${service.pgbouncerSelector}` : '';
  const rate = (metric: string) => `sum(rate(${metric}{${api}}[1m]))`;
  const mean = (metric: string, labels: string) => `sum(avg_over_time(${metric}{${labels}}[1m]))`;
  const stats = (metric: string) =>
    `sum(rate({__name__=~"pgbouncer_stats(_totals)?_${metric}",database!="pgbouncer"${also}}[1m]))`;
  const quantile = (share: number) =>
    `histogram_quantile(${share}, sum by (le) (rate(http_request_duration_seconds_bucket{${api}}[1m])))`;
  const own: Record<MetricsWith<{ prometheus: 'shipped' }> | 'latencyAverageSeconds', string> = {
    latencyP95Seconds: quantile(0.95),
    latencyP99Seconds: quantile(0.99),
    latencyAverageSeconds: `${rate('http_request_duration_seconds_sum')} / ${rate('http_request_duration_seconds_count')}`,
    errorRatePercent: `100 * (${rate('http_errors_total')} or vector(0)) / ${rate('http_requests_total')}`,
    requestRatePerMinute: `60 * ${rate('http_requests_total')}`,
    dbPoolPercent: `100 * ${mean('db_connection_pool_checked_out', api)} / ${mean('db_connection_pool_size', api)}`,
    pgbouncerPoolPercent: `100 * ${mean('pgbouncer_pools_server_active_connections', `database!="pgbouncer"${also}`)} / ${mean('pgbouncer_databases_pool_size', `name!="pgbouncer"${also}`)}`,
    pgbouncerWaitMilliseconds: `1000 * ${stats('client_wait_seconds_total')} / ${stats('sql_transactions_pooled_total')}`,
  };
  const named = Object.entries(service.prometheusQueries).flatMap(([name, query]) =>
    query ? [[name, query]] : [],
  );
  const replaced: Partial<Record<keyof typeof own | 'cpuPercent', string>> = Object.fromEntries(named);
  return { cpuPercent: undefined, ...own, ...replaced };
}

/**
 * A query as it is asked. A quantile that lies in the last bucket, +Inf, is given as the bound below it, as if it were
 * just that. There and only there it equals the quantile of 1: such values come a second time, with a label.
 * Source: Prometheus, query functions, histogram_quantile.
 */
export function asked(query: string): string {
  const top = query.replace(/\bhistogram_quantile\(\s*[\d.]+\s*,/g, 'histogram_quantile(1,');
  if (top === query) return query;
  return `(${query}) or label_replace((${query}) >= (${top}), "${lastBucketLabel}", "yes", "", "")`;
}

/** The instant query whose answer is the newest minutes of `query`, each at its whole minute. */
function prometheusUrl(base: string, query: string, now: Date): string {
  const parameters = new URLSearchParams({
    query: `(${query})${history}`,
    time: String(now.getTime() / 1000),
    timeout: `${timeoutMilliseconds / 1000}s`,
  });
  return `${base.replace(/\/+$/, '')}/api/v1/query?${parameters}`;
}

/**
 * Reads one metric from the Prometheus HTTP API. Whatever is wrong makes it unknown with the reason: no answer, an
 * error, a warning (the result may be incomplete), several series, NaN, nothing, or only old points.
 */
export async function readPrometheus(
  name: PrometheusSeriesName,
  service: ServiceConfig,
  http: Resources['http'],
  { now, maxAgeSeconds }: { now: Date; maxAgeSeconds: number },
): Promise<Series> {
  if (!service.prometheusUrl) return { unknown: lacks('prometheus-url'), source };
  const query = prometheusQueries(service)[name];
  if (!query) return { unknown: lacks('prometheus-query'), source };
  const url = prometheusUrl(service.prometheusUrl, asked(query), now);
  const read = pointsOf(await http.get(url, timeoutMilliseconds, largestPrometheusAnswer));
  if ('unknown' in read) return { ...read, source };
  return known(read.points, source, { now, maxAgeSeconds, zeroIsImplausible: zeroIsImplausible(name) });
}

const lacks = (what: 'prometheus-url' | 'prometheus-query'): Unknown => ({
  cause: 'not-configured',
  lacks: what,
});
