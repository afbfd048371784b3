import type { MetricName } from '../config/metric-catalogue.ts';
import { alarmStem } from '../config/packaged.ts';
import type { Config } from '../config/schema.ts';

/** What the runbook's Quick Reference asks for; the two early alerts come from its Alert Thresholds ("Auto-Scale: Yes"). */
export type AlertAction = 'watch' | 'scale-out' | 'relieve-pool' | 'escalate';

export interface Alert {
  severity: 'warning' | 'critical';
  action: AlertAction;
  /** The metric that fires, and which of its limits; absent for APIDown, which is about health. */
  metric?: MetricName;
  above?: 'warning' | 'critical';
}

export const alerts = {
  HighLatencyP95: { severity: 'warning', action: 'watch', metric: 'latencyP95Seconds', above: 'warning' },
  HighLatencyP99: {
    severity: 'critical',
    action: 'scale-out',
    metric: 'latencyP99Seconds',
    above: 'critical',
  },
  HighErrorRate: { severity: 'critical', action: 'scale-out', metric: 'errorRatePercent', above: 'critical' },
  DatabasePoolExhausted: {
    severity: 'warning',
    action: 'relieve-pool',
    metric: 'dbPoolPercent',
    above: 'critical',
  },
  APIDown: { severity: 'critical', action: 'escalate' },
  HighCPU: { severity: 'critical', action: 'scale-out', metric: 'cpuPercent', above: 'critical' },
  HighRequestRate: {
    severity: 'critical',
    action: 'scale-out',
    metric: 'requestRatePerMinute',
    above: 'critical',
  },
} as const satisfies Record<string, Alert>;

/** Names of the alerts, as in the runbook and in `prometheus_alerts.yml`. */
export type AlertName = keyof typeof alerts;

export const alertNames = [
  'HighLatencyP95',
  'HighLatencyP99',
  'HighErrorRate',
  'DatabasePoolExhausted',
  'APIDown',
  'HighCPU',
  'HighRequestRate',
] as const;

/** Whether an alert is an early sign, out of the runbook's Alert Thresholds: the others stand in its Quick Reference. */
export const isEarly = (name: AlertName): boolean => name === 'HighCPU' || name === 'HighRequestRate';

/** The section of the runbook that an alert stands in. */
export const sectionOf = (name: AlertName): string =>
  isEarly(name) ? 'Alert Thresholds' : 'Quick Reference';

/** The catalogue's entry, typed as the interface so that `metric` can be asked of any alert. */
export function alertOf(name: AlertName): Alert {
  return alerts[name];
}

/** Name of the CloudWatch alarm of an alert: `STEM-ALERT`, for example `buywhere-api-HighLatencyP99`. */
export function alarmName(stem: string, alert: AlertName): string {
  return `${stem}-${alert}`;
}

/** The alert that an alarm's name stands for, and the key of the service, if it is one of ours. */
export function alertOfAlarm(
  name: string,
  config: Pick<Config, 'environment' | 'services'>,
): { service: string; alert: AlertName } | undefined {
  for (const [key, service] of Object.entries(config.services)) {
    const stem = alarmStem(service, config);
    const alert = alertNames.find((candidate) => alarmName(stem, candidate) === name);
    if (alert) return { service: key, alert };
  }
  return undefined;
}
