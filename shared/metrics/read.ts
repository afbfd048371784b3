import { isMetricName, metricNames, perSeries, type SeriesName } from '../config/metric-catalogue.ts';
import { type MetricSourceName, sourceLabels } from '../config/metric-sources.ts';
import type { ServiceConfig } from '../config/service.ts';
import { bounded } from '../core/reading.ts';
import type { Unknown } from '../core/unknown.ts';
import type { StepContext } from '../lambda/context.ts';
import { readBothGroups } from './both-groups.ts';
import { combine } from './combine.ts';
import { readPrometheus } from './prometheus.ts';
import { isScraped, readScrape } from './scrape.ts';
import type { Series } from './series.ts';
import { levelOf } from './thresholds.ts';

type Seen = Record<SeriesName, Series>;

/** No rows of the threshold table: the average goes with the percentiles, and memory is CloudWatch's alone. */
const prometheusNames = [...metricNames, 'latencyAverageSeconds'] as const;

/**
 * Every metric out of the sources that the configuration names for it. CloudWatch is asked in one call, Prometheus
 * once per metric, `/metrics` once, all side by side; a source that fails or is too slow makes only its own values
 * unknown.
 * @param otherGroup the target group with which ECS swaps the configured one, if there is one.
 */
export async function observeMetrics(
  service: ServiceConfig,
  context: StepContext<'cloudwatch' | 'http'>,
  now: Date,
  deadline: Promise<number>,
  otherGroup?: string,
): Promise<Seen> {
  const { config } = context;
  const options = { now, maxAgeSeconds: config.planning.metricMaxAgeSeconds };
  const asks = (source: MetricSourceName) => (name: SeriesName) => sourcesOf(name, service).includes(source);
  const [cloudwatch, scraped, ...prometheus] = await Promise.all([
    bounded(readBothGroups(context.cloudwatch, service, config, now, otherGroup), deadline),
    metricNames.some(asks('scrape'))
      ? bounded(readScrape(service, context.http, options), deadline)
      : undefined,
    ...prometheusNames.filter(asks('prometheus')).map(async (name) => {
      const reading = await bounded(readPrometheus(name, service, context.http, options), deadline);
      return [name, reading] as const;
    }),
  ]);
  const asked = new Map<SeriesName, (typeof prometheus)[number][1]>(prometheus);
  const unknown = (
    source: MetricSourceName,
    why: Unknown = { cause: 'not-configured', lacks: 'source' },
  ): Series => ({ unknown: why, source: sourceLabels[source] });
  const readings: Record<MetricSourceName, (name: SeriesName) => Series> = {
    cloudwatch: (name) =>
      'value' in cloudwatch ? cloudwatch.value[name] : unknown('cloudwatch', cloudwatch.unknown),
    prometheus: (name) => {
      const reading = asked.get(name);
      return reading && 'value' in reading ? reading.value : unknown('prometheus', reading?.unknown);
    },
    scrape: (name) => {
      if (!scraped || !isScraped(name)) return unknown('scrape');
      return 'value' in scraped ? scraped.value[name] : unknown('scrape', scraped.unknown);
    },
  };
  const series = (name: SeriesName): Series =>
    combine(
      sourcesOf(name, service).map((source) => readings[source](name)),
      {
        now,
        planning: config.planning,
        ...(isMetricName(name) ? { level: (value: number) => levelOf(value, config.thresholds[name]) } : {}),
      },
    );
  return perSeries(series);
}

function sourcesOf(name: SeriesName, { metrics }: ServiceConfig): readonly MetricSourceName[] {
  if (isMetricName(name)) return metrics[name];
  return name === 'latencyAverageSeconds' ? metrics.latencyP99Seconds : ['cloudwatch'];
}
