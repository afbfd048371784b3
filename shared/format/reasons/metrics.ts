import type { MetricName } from '../../config/metric-catalogue.ts';
import type { Level } from '../../document/assessment.ts';
import { metricLabel, metricValue } from '../metrics.ts';
import { duration } from '../text.ts';

type Metric = { metric: MetricName; value?: number | undefined };
type Judged = Metric & { level: Level; warning: number };
type Above = Metric & { warning: number };
type Vanished = {
  rate: number;
  usual: number;
  /** What is not well: dependencies, health endpoints, tasks that the load balancer had stopped. */
  down: readonly string[];
  endpoints: readonly ('api' | 'mcp')[];
  killed: number;
};
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
  'traffic-vanished': ({ rate, usual, ...unwell }: Vanished) =>
    `traffic has vanished: ${metricValue('requestRatePerMinute', rate)}, usual at this hour is ${metricValue('requestRatePerMinute', usual)}, while ${unwellText(unwell)}. This is not calm`,
  'no-requests': ({ seconds, healthy }: { seconds: number; healthy: number }) =>
    `no request came for ${duration(seconds)}; ${healthy} ${healthy === 1 ? 'target is' : 'targets are'} healthy and nothing else is wrong`,
  health: ({ endpoint, detail }: Health) => `${names[endpoint]} health: ${detail}`,
};

const names = { api: 'API', mcp: 'MCP' };

function unwellText({ down, endpoints, killed }: Omit<Vanished, 'rate' | 'usual'>): string {
  const stopped = killed === 1 ? '1 task' : `${killed} tasks`;
  return [
    ...(down.length > 0 ? [`${down.join(', ')} ${down.length === 1 ? 'is' : 'are'} down`] : []),
    ...(endpoints.length > 0
      ? [`health of ${endpoints.map((endpoint) => names[endpoint]).join(' and ')} is not ok`]
      : []),
    ...(killed > 0 ? [`${stopped} failed the load balancer's health checks`] : []),
  ].join(' and ');
}
