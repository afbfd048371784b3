import * as z from 'zod';
import { type MetricName, metricNames, metricOf, perMetric } from './metric-catalogue.ts';
import { type MetricSourceName, sourceNames } from './metric-sources.ts';

/** What `config/` says about where a service's metrics are read. */

const noPlan = 'must name at least one source: no plan can be made without it';

const list = (needed: boolean, ...allowed: MetricSourceName[]) =>
  z
    .array(z.enum(sourceNames))
    .min(needed ? 1 : 0, noPlan)
    .refine((sources) => new Set(sources).size === sources.length, { error: 'names a source twice' })
    .superRefine((sources, context) => {
      for (const source of sources.filter((each) => !allowed.includes(each)))
        context.addIssue({ code: 'custom', message: `${why[source]}; allowed: ${allowed.join(', ')}` });
    });

/** Sources that see the whole service. */
const aggregated: readonly MetricSourceName[] = ['cloudwatch', 'prometheus'];

const why: Record<MetricSourceName, string> = {
  cloudwatch: 'CloudWatch does not have this metric',
  prometheus: 'no query of this metric ships with the project: name one under prometheusQueries',
  scrape: "a scrape sees one task's counters since its start, so rates and percentiles never come from it",
};

const sourcesOf = (name: MetricName) =>
  // Without CPU nothing can be planned; a service may have none of the others.
  list(name === 'cpuPercent', ...(metricOf(name).scrape ? sourceNames : aggregated)).default(['cloudwatch']);

/**
 * The sources of each row of the runbook's Alert Thresholds, in order: the first known value counts, the next ones
 * confirm it. A row with no source is one that the service does not have. A scrape serves only for gauges (design: Where the runbook is wrong, 7).
 */
export const MetricSources = z.strictObject(perMetric(sourcesOf));
export type MetricSources = z.infer<typeof MetricSources>;

/** PromQL that replaces the project's own query of a metric; its result must be one series. */
export const PrometheusQueries = z.strictObject(perMetric(() => z.string().min(1).optional()));

const noLoadBalancer =
  'CloudWatch counts requests at a load balancer: give loadBalancer and targetGroup, name another source, or leave the row out with []';

/** What a service's configuration says about its metrics. */
interface Monitored {
  loadBalancer?: string | undefined;
  prometheusUrl?: string | undefined;
  metricsUrl?: string | undefined;
  metrics: MetricSources;
  prometheusQueries: z.infer<typeof PrometheusQueries>;
}

/** What the named sources lack in the configuration, each with the key that is missing. */
export function missingForSources(service: Monitored): { path: string[]; message: string }[] {
  const users = (source: MetricSourceName) =>
    Object.entries(service.metrics).flatMap(([name, sources]) => (sources.includes(source) ? [name] : []));
  const needed = (path: string, source: MetricSourceName) => ({
    path: [path],
    message: `must be given, because metrics names ${source} for ${users(source).join(', ')}`,
  });
  return [
    ...(users('prometheus').length > 0 && !service.prometheusUrl
      ? [needed('prometheusUrl', 'prometheus')]
      : []),
    ...(users('scrape').length > 0 && !service.metricsUrl ? [needed('metricsUrl', 'scrape')] : []),
    ...metricNames
      .filter((name) => metricOf(name).prometheus === 'configured')
      .filter((name) => service.metrics[name].includes('prometheus') && !service.prometheusQueries[name])
      .map((name) => ({ path: ['metrics', name], message: why.prometheus })),
  ];
}

/** What is wrong with the rows of requests: without a load balancer CloudWatch has none, behind one their rate is needed. */
export function faultsOfRequestRows({
  loadBalancer,
  metrics,
}: Monitored): { path: string[]; message: string }[] {
  const fault = (message: string) => (name: MetricName) => ({ path: ['metrics', name], message });
  if (loadBalancer === undefined)
    return metricNames
      .filter((name) => metricOf(name).ofRequests && metrics[name].includes('cloudwatch'))
      .map(fault(noLoadBalancer));
  const rate = ['requestRatePerMinute'] as const;
  return rate.filter((name) => metrics[name].length === 0).map(fault(noPlan));
}
