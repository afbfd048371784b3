import { type MetricName, metricCatalogue, metricNames } from '../config/metric-catalogue.ts';
import type { Assessment, MetricView } from '../document/assessment.ts';

export const metricLabel = (name: MetricName): string => metricCatalogue[name].label;

/** Number formats are dear to make, and a plan words dozens of values. */
const formats = new Map<number, Intl.NumberFormat>();

function inDecimals(maximumFractionDigits: number): Intl.NumberFormat {
  const format =
    formats.get(maximumFractionDigits) ?? new Intl.NumberFormat('en-US', { maximumFractionDigits });
  formats.set(maximumFractionDigits, format);
  return format;
}

/** A metric's value with its unit, in at most three digits that mean something, or `unknown`. */
export function metricValue(name: MetricName, value: number | undefined): string {
  if (value === undefined) return 'unknown';
  const { decimals, unit } = metricCatalogue[name];
  const rounded = value >= 100 ? Math.round(value) : Number(Number(value.toPrecision(3)).toFixed(decimals));
  return `${inDecimals(decimals).format(rounded)}${unit}`;
}

export interface MetricRow {
  name: MetricName;
  label: string;
  value: string;
  warning: string;
  critical: string;
  level: MetricView['level'];
}

/** Each metric that the service has against its thresholds, in the order of the runbook's table. */
export function metricRows(
  metrics: Assessment['metrics'],
  thresholds: Record<MetricName, { warning: number; critical: number }>,
): MetricRow[] {
  const there = metricNames.filter((name) => metrics[name].level !== 'none');
  return there.map((name) => ({
    name,
    label: metricLabel(name),
    value: metricValue(name, metrics[name].value),
    warning: metricValue(name, thresholds[name].warning),
    critical: metricValue(name, thresholds[name].critical),
    level: metrics[name].level,
  }));
}
