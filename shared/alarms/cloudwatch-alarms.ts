import type { PutMetricAlarmCommandInput } from '@aws-sdk/client-cloudwatch';
import { type AlertName, alarmName, alertNames, alertOf, sectionOf } from '../alerts/catalogue.ts';
import type { MetricName } from '../config/metric-catalogue.ts';
import { alarmStem, forService, keyOf } from '../config/packaged.ts';
import type { Config } from '../config/schema.ts';
import { loadBalancingOf } from '../config/servers/load-balancing.ts';
import type { ServiceConfig } from '../config/service.ts';
import { metricLabel } from '../format/metrics.ts';
import { overGroups, watchedQueries } from '../metrics/watched.ts';

/**
 * The CloudWatch alarms of a service: one per alert of the runbook whose row the service has, with the thresholds of the configuration. Missing
 * data is never an alarm, except for APIDown, where silence is the alarm. Source: runbook, Quick Reference and Alert
 * Thresholds; CloudWatch API, PutMetricAlarm.
 */
export function alarmsOf(service: ServiceConfig, config: Config): PutMetricAlarmCommandInput[] {
  const stem = alarmStem(service, config);
  const { thresholds } = forService(config, keyOf(service));
  return alertNames.flatMap((alert) => {
    const { metric, above } = alertOf(alert);
    if (!metric || !above)
      return withoutHealthyTasks(service).map((rule) => ({ ...base(stem, alert, 1), ...rule }));
    if (service.metrics[metric].length === 0) return [];
    return [{ ...base(stem, alert, thresholds[metric][above]), ...watched(service, metric) }];
  });
}

const base = (stem: string, alert: AlertName, threshold: number) => ({
  AlarmName: alarmName(stem, alert),
  AlarmDescription: `Runbook alert ${alert} (${alertOf(alert).severity}): ${alertOf(alert).action}. Section: ${sectionOf(alert)}`,
  ComparisonOperator: 'GreaterThanThreshold' as const,
  Threshold: threshold,
  EvaluationPeriods: 2,
  DatapointsToAlarm: 2,
  TreatMissingData: 'notBreaching',
});

/** The metric as the assessment asks for it. */
function watched(service: ServiceConfig, metric: MetricName): Partial<PutMetricAlarmCommandInput> {
  const { shown, needed } = watchedQueries(service, metric, true);
  if (!shown.MetricStat) {
    const hidden = needed.map((query) => ({ ...query, ReturnData: false }));
    return { Metrics: [...hidden, { ...shown, Label: metricLabel(metric) }] };
  }
  const { Metric, Period = 60, Stat } = shown.MetricStat;
  const statistic = plainStatistics.find((plain) => plain === Stat);
  return {
    ...Metric,
    Period,
    ...(statistic ? { Statistic: statistic } : percentile(Stat, service)),
    // A 20-second point is the earliest sign there is; a run that finds nothing critical only watches.
    ...(Period < 60 ? { EvaluationPeriods: 1, DatapointsToAlarm: 1 } : {}),
  };
}

/**
 * The percentile of a handful of requests is the slowest of them: the alarm keeps its state below the requests that
 * CloudWatch counts as enough. Not where the tasks of a normal day cannot even serve that many in a minute: an alarm
 * that is never evaluated would be worse. Source: CloudWatch User Guide, Percentile-based alarms and low data samples.
 */
function percentile(Stat = '', { capacity }: ServiceConfig): Partial<PutMetricAlarmCommandInput> {
  // 10 ÷ (1 - share), in whole numbers.
  const enough = 1000 / (100 - Number(Stat.slice(1)));
  const served = capacity.baseline.desired * capacity.perTask.requestsPerMinute;
  return {
    ExtendedStatistic: Stat,
    EvaluateLowSampleCountPercentile: served >= enough ? 'ignore' : 'evaluate',
  };
}

/** Statistics that are no percentiles. */
const plainStatistics = ['Average', 'Sum'] as const;

/**
 * No healthy task in the target group, in neither where there are two. Each node of the load balancer reports what it
 * sees: with the minimum one node of a zone without tasks would say that nobody is there, so the maximum counts.
 * Where there is no load balancer, nobody counts them.
 */
function withoutHealthyTasks(service: ServiceConfig): Partial<PutMetricAlarmCommandInput>[] {
  const names = loadBalancingOf(service);
  if (!names) return [];
  const Metric = {
    Namespace: 'AWS/ApplicationELB',
    MetricName: 'HealthyHostCount',
    Dimensions: [
      { Name: 'LoadBalancer', Value: names.loadBalancer },
      { Name: 'TargetGroup', Value: names.targetGroup },
    ],
  };
  const rule = { ComparisonOperator: 'LessThanThreshold' as const, TreatMissingData: 'breaching' };
  const stat = { Period: 60, Statistic: 'Maximum' as const };
  if (service.alternateTargetGroup === undefined) return [{ ...Metric, ...stat, ...rule }];
  const query = { Id: 'healthy', MetricStat: { Metric, Period: 60, Stat: 'Maximum' }, ReturnData: true };
  const { shown, needed } = overGroups(query, service);
  return [{ Metrics: [...needed, { ...shown, Label: 'Healthy tasks' }], ...rule }];
}
