import type { MetricName } from '../../config/metric-catalogue.ts';
import { metricLabel, metricValue } from '../metrics.ts';

type Metric = { metric: MetricName; value?: number | undefined };

const said = ({ metric, value }: Metric) => `${metricLabel(metric)} ${metricValue(metric, value)}`;

/** What a metric says by itself. */
export const metricReasons = {
  'metric-critical': (metric: Metric) => `${said(metric)} is critical`,
  'metric-warning': (metric: Metric) => `${said(metric)} is at warning`,
};
