import { type AlertName, alertNames, alertOf, sectionOf } from '../alerts/catalogue.ts';
import type { MetricName } from '../config/metric-catalogue.ts';
import { forService } from '../config/packaged.ts';
import type { Config } from '../config/schema.ts';
import type { ServiceConfig } from '../config/service.ts';
import { metricLabel, metricValue } from '../format/metrics.ts';
import { prometheusQueries } from '../metrics/prometheus.ts';

/** One alerting rule. Source: Prometheus, alerting rules. */
export interface AlertingRule {
  alert: string;
  expr: string;
  for: string;
  labels: Record<string, string>;
  annotations: Record<string, string>;
}

export interface RuleGroup {
  name: string;
  interval: string;
  rules: AlertingRule[];
}

/** As long as the CloudWatch alarms: two periods of a minute. */
const holds = '2m';
const interval = '15s';

interface Row {
  name: string;
  /** The runbook's alert that a run is started for; the webhook reads it from the label `alert`. */
  alert: AlertName;
  metric: MetricName;
  limit: 'warning' | 'critical';
  runbook: string;
}

/** Every alert of the runbook that a metric fires, and what has no alert of its own there. */
const rows: readonly Row[] = [
  ...alertNames.flatMap((alert) => {
    const { metric, above } = alertOf(alert);
    return metric && above ? [{ name: alert, alert, metric, limit: above, runbook: sectionOf(alert) }] : [];
  }),
  {
    name: 'PgBouncerPoolExhausted',
    alert: 'DatabasePoolExhausted',
    metric: 'pgbouncerPoolPercent',
    limit: 'critical',
    runbook: 'Alert Thresholds',
  },
  {
    name: 'PgBouncerSlow',
    alert: 'DatabasePoolExhausted',
    metric: 'pgbouncerWaitMilliseconds',
    limit: 'critical',
    runbook: 'Alert Thresholds',
  },
];

/** The alerting rules of every service of an environment that Prometheus watches, with the thresholds of its configuration. */
export function alertingRules(config: Config): RuleGroup[] {
  return Object.entries(config.services).flatMap(([key, service]) =>
    service.prometheusUrl
      ? [
          {
            name: `emergency-scaling-${config.environment}-${key}`,
            interval,
            rules: rulesOf(key, service, forService(config, key)),
          },
        ]
      : [],
  );
}

function rulesOf(key: string, service: ServiceConfig, config: Config): AlertingRule[] {
  const queries = prometheusQueries(service);
  const rule = (
    name: string,
    alert: AlertName,
    expr: string,
    annotations: Record<string, string>,
  ): AlertingRule => {
    const { severity, action } = alertOf(alert);
    const labels = { severity, service: key, environment: config.environment, alert, action };
    return { alert: name, expr, for: holds, labels, annotations };
  };
  const measured = rows.flatMap(({ name, alert, metric, limit, runbook }) => {
    const query = queries[metric];
    if (!query || service.metrics[metric].length === 0) return [];
    const threshold = config.thresholds[metric][limit];
    return rule(name, alert, `(${query}) > ${threshold}`, {
      summary: `${metricLabel(metric)} of ${key} in ${config.environment} is above ${metricValue(metric, threshold)}`,
      value: '{{ $value | printf "%.3g" }}',
      runbook: `${runbook}: ${name}`,
    });
  });
  // Without any series there is nothing to sum: silence is the alarm.
  const down = `(sum(up{${service.prometheusSelector ?? ''}}) or vector(0)) == 0`;
  return [
    ...measured,
    rule('APIDown', 'APIDown', down, {
      summary: `No task of ${key} in ${config.environment} answers`,
      value: '{{ $value }}',
      runbook: 'Quick Reference: APIDown',
    }),
  ];
}
