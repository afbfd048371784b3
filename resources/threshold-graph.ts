import type { MetricDataQuery } from '@aws-sdk/client-cloudwatch';
import type { Config, MetricName } from '../shared/config/schema.ts';
import type { ServiceConfig } from '../shared/config/service.ts';
import { metricQueries, queryIds } from '../shared/metrics/cloudwatch.ts';
import { graph, type Widget } from './widgets.ts';

const titles: Record<MetricName, string> = {
  cpuPercent: 'CPU, percent',
  latencyP95Seconds: 'Latency P95, seconds',
  latencyP99Seconds: 'Latency P99, seconds',
  errorRatePercent: 'Error rate, percent',
  dbPoolPercent: 'Database pool, percent',
  pgbouncerPoolPercent: 'PgBouncer pool, percent',
  pgbouncerWaitMilliseconds: 'PgBouncer wait, milliseconds',
  requestRatePerMinute: 'Requests per minute',
};

/** One row of the threshold table: the metric as the assessment reads it, and its two limits as lines. */
export function thresholdGraph(
  service: ServiceConfig,
  name: MetricName,
  limit: Config['thresholds'][MetricName],
): Widget {
  const queries = metricQueries(service);
  const shown = queries.find(({ Id }) => Id === queryIds[name]);
  if (!shown) throw new Error(`no query has the id of ${name}`);
  const used: string[] = shown.Expression?.match(/[a-z]\w*/g) ?? [];
  const needed = queries.filter(({ Id = '' }) => used.includes(Id));
  return graph(titles[name], [metric(shown, true), ...needed.map((query) => metric(query, false))], {
    annotations: {
      horizontal: [
        { label: 'warning', value: limit.warning, color: '#ff7f0e' },
        { label: 'critical', value: limit.critical, color: '#d62728' },
      ],
    },
  });
}

/** A query of GetMetricData in the form of a dashboard's metric. */
function metric({ Id, Expression, MetricStat }: MetricDataQuery, visible: boolean): unknown[] {
  if (Expression !== undefined) return [{ id: Id, expression: Expression, label: Id, visible }];
  const dimensions = (MetricStat?.Metric?.Dimensions ?? []).flatMap(({ Name, Value }) => [Name, Value]);
  return [
    MetricStat?.Metric?.Namespace,
    MetricStat?.Metric?.MetricName,
    ...dimensions,
    { id: Id, stat: MetricStat?.Stat, period: MetricStat?.Period, visible },
  ];
}
