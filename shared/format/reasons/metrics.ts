import type { MetricName } from '../../config/metric-catalogue.ts';
import type { Level } from '../../document/assessment.ts';
import { metricLabel, metricValue } from '../metrics.ts';

type Metric = { metric: MetricName; value?: number | undefined };
type Judged = Metric & { level: Level; warning: number };
type Above = Metric & { warning: number };
type Health = { endpoint: 'api' | 'mcp'; level: Level; detail: string };

/** "CPU 85.5 %" */
export const said = ({ metric, value }: Metric) => `${metricLabel(metric)} ${metricValue(metric, value)}`;

const above = (metric: Metric, warning: number) =>
  `${said(metric)} is above its warning limit of ${metricValue(metric.metric, warning)}`;

/** What a metric or a health endpoint says by itself. */
export const metricReasons = {
  'metric-critical': (metric: Metric) => `${said(metric)} is critical`,
  'metric-warning': (metric: Metric) => `${said(metric)} is at warning`,
  'metric-unknown': ({ metric, why }: { metric: MetricName; why: string }) =>
    `${metricLabel(metric)} is unknown (${why})`,
  'metric-judged': ({ level, warning, ...metric }: Judged) =>
    `${said(metric)} is ${level} (warning above ${metricValue(metric.metric, warning)})`,
  'as-before-incident': ({ warning, usual, ...metric }: Above & { usual: number }) =>
    `${above(metric, warning)}, as before the incident (${metricValue(metric.metric, usual)})`,
  'held-by-policy': ({ warning, target, ...metric }: Above & { target: number }) =>
    `${above(metric, warning)}, within its policy's target of ${metricValue(metric.metric, target)}`,
  health: ({ endpoint, detail }: Health) => `${endpoint === 'api' ? 'API' : 'MCP'} health: ${detail}`,
};
