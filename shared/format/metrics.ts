import { metricNames } from '../config/packaged.ts';
import type { MetricName } from '../config/schema.ts';
import type { Assessment, MetricView } from '../document/assessment.ts';
import { rounded } from './numbers.ts';

const labels: Record<MetricName, { label: string; unit: string }> = {
  cpuPercent: { label: 'CPU', unit: ' %' },
  latencyP95Seconds: { label: 'P95 latency', unit: ' s' },
  latencyP99Seconds: { label: 'P99 latency', unit: ' s' },
  errorRatePercent: { label: '5xx error rate', unit: ' %' },
  dbPoolPercent: { label: 'DB pool', unit: ' %' },
  pgbouncerPoolPercent: { label: 'PgBouncer pool', unit: ' %' },
  pgbouncerWaitMilliseconds: { label: 'PgBouncer wait', unit: ' ms' },
  requestRatePerMinute: { label: 'Request rate', unit: '/min' },
};

export const metricLabel = (name: MetricName): string => labels[name].label;

/** A metric's value with its unit, or `unknown`. */
export function metricValue(name: MetricName, value: number | undefined): string {
  if (value === undefined) return 'unknown';
  return `${rounded(value)}${labels[name].unit}`;
}

export interface MetricRow {
  name: MetricName;
  label: string;
  value: string;
  warning: string;
  critical: string;
  level: MetricView['level'];
}

/** Each metric against its thresholds, in the order of the runbook's table. */
export function metricRows(
  metrics: Assessment['metrics'],
  thresholds: Record<MetricName, { warning: number; critical: number }>,
): MetricRow[] {
  return metricNames.map((name) => ({
    name,
    label: metricLabel(name),
    value: metricValue(name, metrics[name].value),
    warning: metricValue(name, thresholds[name].warning),
    critical: metricValue(name, thresholds[name].critical),
    level: metrics[name].level,
  }));
}
