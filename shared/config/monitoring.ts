import * as z from 'zod';
import { type MetricSourceName, sourceNames } from './metric-sources.ts';

/** What `config/` says about where a service's metrics are read. */

const list = (...allowed: MetricSourceName[]) =>
  z
    .array(z.enum(sourceNames))
    .min(1, 'must name at least one source')
    .refine((sources) => new Set(sources).size === sources.length, { error: 'names a source twice' })
    .superRefine((sources, context) => {
      for (const source of sources.filter((each) => !allowed.includes(each)))
        context.addIssue({ code: 'custom', message: `${why[source]}; allowed: ${allowed.join(', ')}` });
    });

const why: Record<MetricSourceName, string> = {
  cloudwatch: 'CloudWatch does not have this metric',
  prometheus: 'no query of this metric ships with the project: name one under prometheusQueries',
  scrape: "a scrape sees one task's counters since its start, so rates and percentiles never come from it",
};

const aggregated = () => list('cloudwatch', 'prometheus').default(['cloudwatch']);
const gauge = () => list('cloudwatch', 'prometheus', 'scrape').default(['cloudwatch']);

/**
 * The sources of each row of the runbook's Alert Thresholds, in order: the first known value counts, the next ones
 * confirm it. A scrape serves only for gauges (design: Where the runbook is wrong, 7).
 */
export const MetricSources = z.strictObject({
  cpuPercent: aggregated(),
  latencyP95Seconds: aggregated(),
  latencyP99Seconds: aggregated(),
  errorRatePercent: aggregated(),
  dbPoolPercent: gauge(),
  pgbouncerPoolPercent: gauge(),
  pgbouncerWaitMilliseconds: aggregated(),
  requestRatePerMinute: aggregated(),
});
export type MetricSources = z.infer<typeof MetricSources>;

/** PromQL that replaces the project's own query of a metric; its result must be one series. */
export const PrometheusQueries = z.strictObject({
  cpuPercent: z.string().min(1).optional(),
  latencyP95Seconds: z.string().min(1).optional(),
  latencyP99Seconds: z.string().min(1).optional(),
  errorRatePercent: z.string().min(1).optional(),
  dbPoolPercent: z.string().min(1).optional(),
  pgbouncerPoolPercent: z.string().min(1).optional(),
  pgbouncerWaitMilliseconds: z.string().min(1).optional(),
  requestRatePerMinute: z.string().min(1).optional(),
});

/** What a service's configuration says about its metrics. */
interface Monitored {
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
    ...(service.metrics.cpuPercent.includes('prometheus') && !service.prometheusQueries.cpuPercent
      ? [{ path: ['metrics', 'cpuPercent'], message: why.prometheus }]
      : []),
  ];
}
