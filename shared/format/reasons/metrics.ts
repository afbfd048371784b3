import type { MetricName } from '../../config/schema.ts';
import type { Level } from '../../document/assessment.ts';
import { metricLabel, metricValue } from '../metrics.ts';

type Metric = { metric: MetricName; value?: number | undefined };
type Judged = Metric & { level: Level; warning: number };
type Health = { endpoint: 'api' | 'mcp'; level: Level; detail: string };

/** "CPU 85.5 %" */
export const said = ({ metric, value }: Metric) => `${metricLabel(metric)} ${metricValue(metric, value)}`;

/** What a metric or a health endpoint says by itself. */
export const metricReasons = {
  'metric-critical': (metric: Metric) => `${said(metric)} is critical`,
  'metric-warning': (metric: Metric) => `${said(metric)} is at warning`,
  'metric-unknown': ({ metric, why }: { metric: MetricName; why: string }) =>
    `${metricLabel(metric)} is unknown (${why})`,
  'metric-judged': ({ level, warning, ...metric }: Judged) =>
    `${said(metric)} is ${level} (warning above ${metricValue(metric.metric, warning)})`,
  health: ({ endpoint, detail }: Health) => `${endpoint === 'api' ? 'API' : 'MCP'} health: ${detail}`,
};
