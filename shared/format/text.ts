import type { MetricName, ServiceConfig } from '../config/config.ts';
import { metricNames } from '../config/packaged.ts';
import type { Assessment, Bounds, CpuPolicy, MetricView, Plan } from '../document/document.ts';

/** The one module that turns values into what a person reads: mails, pages, notices, the terminal. */

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
  const rounded =
    value >= 100 ? Math.round(value).toLocaleString('en-US') : String(Number(value.toPrecision(3)));
  return `${rounded}${labels[name].unit}`;
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

export interface ChangeRow {
  label: string;
  from: string;
  to: string;
}

/** Everything that a plan changes, before and after, unchanged rows left out. */
export function changeRows(plan: Pick<Plan, 'desired' | 'bounds' | 'cpuPolicy'>): ChangeRow[] {
  const rows: ChangeRow[] = [];
  if (plan.desired)
    rows.push({ label: 'Desired tasks', from: `${plan.desired.from}`, to: `${plan.desired.to}` });
  if (plan.bounds) rows.push(...boundRows(plan.bounds.from, plan.bounds.to));
  if (plan.cpuPolicy) rows.push(...policyRows(plan.cpuPolicy.from, plan.cpuPolicy.to));
  return rows.filter((row) => row.from !== row.to);
}

function boundRows(from: Bounds, to: Bounds): ChangeRow[] {
  return [
    { label: 'Minimum tasks', from: `${from.min}`, to: `${to.min}` },
    { label: 'Maximum tasks', from: `${from.max}`, to: `${to.max}` },
    {
      label: 'Autoscaling may scale in',
      from: yesNo(!from.suspended.dynamicScalingIn),
      to: yesNo(!to.suspended.dynamicScalingIn),
    },
    {
      label: 'Autoscaling may scale out',
      from: yesNo(!from.suspended.dynamicScalingOut),
      to: yesNo(!to.suspended.dynamicScalingOut),
    },
    {
      label: 'Scheduled scaling',
      from: yesNo(!from.suspended.scheduledScaling),
      to: yesNo(!to.suspended.scheduledScaling),
    },
  ];
}

function policyRows(from: CpuPolicy, to: CpuPolicy): ChangeRow[] {
  return [
    { label: 'CPU target', from: `${from.target} %`, to: `${to.target} %` },
    {
      label: 'Scale-out cooldown',
      from: `${from.scaleOutCooldownSeconds} s`,
      to: `${to.scaleOutCooldownSeconds} s`,
    },
    {
      label: 'Scale-in cooldown',
      from: `${from.scaleInCooldownSeconds} s`,
      to: `${to.scaleInCooldownSeconds} s`,
    },
    {
      label: 'CPU policy may scale in',
      from: yesNo(!from.disableScaleIn),
      to: yesNo(!to.disableScaleIn),
    },
  ];
}

/**
 * PgBouncer's sizes that an emergency may have raised by hand, and what they go back to: no workflow writes them.
 * Source: runbook, PgBouncer Emergency Adjustments.
 */
export function poolRows({ baseline, emergency }: ServiceConfig['pgbouncer']): ChangeRow[] {
  const sizes = [
    ['default pool size', emergency.defaultPoolSize, baseline.defaultPoolSize],
    ['reserve pool size', emergency.reservePoolSize, baseline.reservePoolSize],
    ['client connections', emergency.maxClientConn, baseline.maxClientConn],
  ] as const;
  return sizes
    .filter(([, raised, normal]) => raised !== normal)
    .map(([what, raised, normal]) => ({
      label: `PgBouncer ${what} (by hand)`,
      from: `${raised} if raised`,
      to: `${normal}`,
    }));
}

const yesNo = (value: boolean) => (value ? 'yes' : 'no');

/** A duration for people: "45 s", "12 min", "3 h 20 min". */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 120) return `${whole} s`;
  const minutes = Math.round(whole / 60);
  if (minutes < 120) return `${minutes} min`;
  return minutes % 60 === 0 ? `${minutes / 60} h` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** A moment for people, to the second, always in UTC. */
export const moment = (at: string | Date): string =>
  `${new Date(at).toISOString().slice(0, 19).replace('T', ' ')} UTC`;

/** `name`, then the values, level and limit that the domain's reasons say about it. */
const said = new RegExp(
  String.raw`\b(${metricNames.join('|')})((?:(?: →)? \d+(?:\.\d+)?)*(?: is (?:still )?[a-z]+)?(?: \((?:warning|critical) above \d+(?:\.\d+)?)?)`,
  'g',
);

/** A reason for people: metrics by their label with units, moments without milliseconds, long ARNs by their name. */
export function inWords(reason: string): string {
  return reason
    .replace(said, (_, name: string, rest: string) => {
      const metric = metricNames.find((known) => known === name);
      if (!metric) return name + rest;
      return (
        metricLabel(metric) + rest.replace(/\d+(?:\.\d+)?/g, (value) => metricValue(metric, Number(value)))
      );
    })
    .replace(/\b\d{4}-\d\d-\d\dT[\d:.]+Z/g, (at) => moment(at))
    .replace(/arn:[\w-]+:states:[^:]*:\d*:execution:[^:]+:(\S+)/g, '$1')
    .replace(/arn:[\w-]+:ecs:[^:]*:\d*:task-definition\/(\S+)/g, '$1');
}

/** A plan's reasons in words, without those that only repeat a row of the metrics' table. */
export const reasonsBesideMetrics = (reasons: readonly string[]): string[] =>
  reasons
    .filter(
      (reason) =>
        !metricNames.some((name) => reason.startsWith(`${metricLabel(name)} `)) ||
        !reason.includes(' (warning above '),
    )
    .map((reason) => oneLine(inWords(reason)));

/** A plain-text table with aligned columns. */
export function textTable(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => (row[column] ?? '').length)),
  );
  return rows
    .map((row) =>
      row
        .map((cell, i) => cell.padEnd(widths[i] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** What a person wrote, without control and invisible formatting characters that could disguise it; lines are kept. */
export const withoutControls = (text: string): string => text.replace(/[[\p{Cc}\p{Cf}]--\n]+/gv, ' ');

/** The same on one line, so that it cannot pass for a further line of a mail or a notice. */
export const oneLine = (text: string): string =>
  withoutControls(text)
    .replace(/[\s\p{Zl}\p{Zp}]+/gu, ' ')
    .trim();

/** HTML text with the five special characters escaped: nothing that a person or AWS wrote may become markup. */
export function escapeHtml(text: string): string {
  const entities: Record<string, string> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
    "'": '&#39;',
  };
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? character);
}
