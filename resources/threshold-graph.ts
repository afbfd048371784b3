import type { MetricDataQuery } from '@aws-sdk/client-cloudwatch';
import { type MetricName, metricOf } from '../shared/config/metric-catalogue.ts';
import type { Config } from '../shared/config/schema.ts';
import type { ServiceConfig } from '../shared/config/service.ts';
import { watchedQueries } from '../shared/metrics/watched.ts';
import { graph, type Widget } from './widgets.ts';

/** One row of the threshold table: the metric as the assessment reads it, and its two limits as lines. */
export function thresholdGraph(
  service: ServiceConfig,
  name: MetricName,
  limit: Config['thresholds'][MetricName],
): Widget {
  const { label, unit } = metricOf(name);
  const { shown, needed } = watchedQueries(service, name);
  return graph(
    `${label} (${unit.trim()})`,
    [metric(shown, true), ...needed.map((query) => metric(query, false))],
    {
      annotations: {
        horizontal: [
          { label: 'warning', value: limit.warning, color: '#ff7f0e' },
          { label: 'critical', value: limit.critical, color: '#d62728' },
        ],
      },
    },
  );
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
