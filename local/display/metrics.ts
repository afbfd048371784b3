import type { Sandbox } from '../../sandbox/sandbox.ts';
import { type AlertName, alarmName, alertOf, alertOfAlarm } from '../../shared/alerts/catalogue.ts';
import type { MetricName } from '../../shared/config/metric-catalogue.ts';
import { alarmStem } from '../../shared/config/packaged.ts';
import type { Config } from '../../shared/config/schema.ts';
import type { Level } from '../../shared/document/assessment.ts';
import { metricLabel, metricValue } from '../../shared/format/metrics.ts';
import { levelOf } from '../../shared/metrics/thresholds.ts';

/** The metric of an alert as CloudWatch sees it now: the newest point that its alarm was evaluated with. */
export interface MetricNow {
  alert: AlertName;
  metric: MetricName;
  value: number | undefined;
  level: Level;
}

/** The present value of an alert's metric; undefined for APIDown, which is about health. */
export function metricNow({ aws, config, service }: Sandbox, alert: AlertName): MetricNow | undefined {
  const { metric } = alertOf(alert);
  if (!metric) return undefined;
  const value = aws.alarms.find(alarmName(alarmStem(service, config), alert))?.latestValue;
  return { alert, metric, value, level: levelOf(value, config.thresholds[metric]) };
}

/** The alert that an alarm of this service stands for. */
export const alertOfService = ({ config }: Sandbox, alarm: string): AlertName | undefined =>
  alertOfAlarm(alarm, config)?.alert;

/** A metric against its row of the threshold table: value, then both limits. */
export function againstThresholds({ metric, value }: MetricNow, config: Config): string {
  const { warning, critical } = config.thresholds[metric];
  const limits = `warning ${metricValue(metric, warning)}, critical ${metricValue(metric, critical)}`;
  return `${metricLabel(metric)} ${metricValue(metric, value)}; ${limits}`;
}
