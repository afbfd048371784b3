import type { MetricsWith, SeriesName } from '../config/metric-catalogue.ts';
import { sourceLabels } from '../config/metric-sources.ts';
import type { ServiceConfig } from '../config/service.ts';
import { oneLine } from '../core/plain-text.ts';
import type { Unknown } from '../core/unknown.ts';
import type { HttpAnswer, Resources } from '../lambda/context.ts';
import { parsePrometheusText, type Sample } from './prometheus-text.ts';
import { known, type Series } from './series.ts';

/** The gauges that a scrape may serve for. Counters and histograms would need two scrapes of the same task. */
type ScrapedSeriesName = MetricsWith<{ scrape: true }>;

const source = sourceLabels.scrape;
const timeoutMilliseconds = 5000;
/** A page of a service with many routes is some hundred KiB. */
const largestMetricsPage = 1_048_576;

/** Both sides of a share: the gauge that is used, and the gauge of what there is. */
const shares: Record<ScrapedSeriesName, { used: string; size: string }> = {
  dbPoolPercent: { used: 'db_connection_pool_checked_out', size: 'db_connection_pool_size' },
  pgbouncerPoolPercent: {
    used: 'pgbouncer_pools_server_active_connections',
    size: 'pgbouncer_databases_pool_size',
  },
};

const gauges = Object.values(shares).flatMap(({ used, size }) => [used, size]);

/**
 * Reads gauges from one request to the service's own `/metrics` (runbook: Step 1). Behind the load balancer that is
 * one task of many, so it is a last resort and labelled as one task's view.
 */
export async function readScrape(
  service: ServiceConfig,
  http: Resources['http'],
  { now, maxAgeSeconds }: { now: Date; maxAgeSeconds: number },
): Promise<Record<ScrapedSeriesName, Series>> {
  if (!service.metricsUrl)
    return both({ unknown: { cause: 'not-configured', lacks: 'metrics-url' }, source });
  const read = samplesOf(await http.get(service.metricsUrl, timeoutMilliseconds, largestMetricsPage));
  if ('unknown' in read) return both({ ...read, source });
  const share = (name: ScrapedSeriesName): Series => {
    const used = total(read.samples, shares[name].used);
    const size = total(read.samples, shares[name].size);
    const twice = [used, size].find((one) => one?.twice)?.twice;
    if (twice) return { unknown: { cause: 'malformed', problem: 'other-format', detail: twice }, source };
    if (!used || !size) {
      const gauge = used ? shares[name].size : shares[name].used;
      return { unknown: { cause: 'absent', gauge }, source };
    }
    const at = new Date(Math.min(used.at ?? now.getTime(), size.at ?? now.getTime()));
    return known([{ at, value: (100 * used.value) / size.value }], source, { now, maxAgeSeconds });
  };
  return { dbPoolPercent: share('dbPoolPercent'), pgbouncerPoolPercent: share('pgbouncerPoolPercent') };
}

const both = (series: Series) => ({ dbPoolPercent: series, pgbouncerPoolPercent: series });

export const isScraped = (name: SeriesName): name is ScrapedSeriesName => Object.hasOwn(shares, name);

function samplesOf(answer: HttpAnswer): { samples: Sample[] } | { unknown: Unknown } {
  if (answer.truncated)
    return { unknown: { cause: 'malformed', problem: 'too-large', bytes: largestMetricsPage } };
  if (answer.status !== 200) return { unknown: { cause: 'http-status', status: answer.status } };
  try {
    return { samples: parsePrometheusText(answer.body, gauges) };
  } catch (error) {
    const detail = error instanceof Error ? oneLine(error.message) : '';
    return { unknown: { cause: 'malformed', problem: 'other-format', detail } };
  }
}

/**
 * Sum over the label sets of a gauge, and the oldest timestamp that the page gives; PgBouncer's admin database is no
 * pool. A label set that stands there twice counts once; with two values it says nothing.
 */
function total(
  samples: readonly Sample[],
  name: string,
): { value: number; at?: number; twice?: string } | undefined {
  const found = new Map<string, Sample>();
  let twice: string | undefined;
  for (const sample of samples) {
    const { database, name: pool } = sample.labels;
    if (sample.name !== name || database === 'pgbouncer' || pool === 'pgbouncer') continue;
    const key = JSON.stringify(Object.entries(sample.labels).sort());
    if (found.has(key) && !Object.is(found.get(key)?.value, sample.value)) {
      twice = `${name} has two values for the same labels`;
    }
    found.set(key, sample);
  }
  if (found.size === 0) return undefined;
  const times = [...found.values()].flatMap(({ timestamp }) => (timestamp === undefined ? [] : [timestamp]));
  const value = [...found.values()].reduce((sum, sample) => sum + sample.value, 0);
  return { value, ...(times.length > 0 ? { at: Math.min(...times) } : {}), ...(twice ? { twice } : {}) };
}
