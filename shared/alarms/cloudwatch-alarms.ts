import type { PutMetricAlarmCommandInput } from '@aws-sdk/client-cloudwatch';
import { type AlertName, alarmName, alertOf } from '../alerts/catalogue.ts';
import type { Config } from '../config/schema.ts';
import type { ServiceConfig } from '../config/service.ts';

/**
 * The CloudWatch alarms of a service: one per alert of the runbook, with the thresholds of the configuration. Missing
 * data is never an alarm, except for APIDown, where silence is the alarm. Source: runbook, Quick Reference and Alert
 * Thresholds; CloudWatch API, PutMetricAlarm.
 */
export function alarmsOf(service: ServiceConfig, config: Config): PutMetricAlarmCommandInput[] {
  const { thresholds } = config;
  const loadBalancer = { Name: 'LoadBalancer', Value: service.loadBalancer };
  const target = [loadBalancer, { Name: 'TargetGroup', Value: service.targetGroup }];
  const ecs = [
    { Name: 'ClusterName', Value: service.cluster },
    { Name: 'ServiceName', Value: service.service },
  ];
  const base = (alert: AlertName, threshold: number) => ({
    AlarmName: alarmName(service.service, alert),
    AlarmDescription: `Runbook alert ${alert} (${alertOf(alert).severity}): ${alertOf(alert).action}`,
    ComparisonOperator: 'GreaterThanThreshold' as const,
    Threshold: threshold,
    EvaluationPeriods: 2,
    DatapointsToAlarm: 2,
    TreatMissingData: 'notBreaching',
  });
  const elb = (MetricName: string) => ({
    Namespace: 'AWS/ApplicationELB',
    MetricName,
    Dimensions: target,
    Period: 60,
  });
  return [
    {
      ...base('HighLatencyP95', thresholds.latencyP95Seconds.warning),
      ...elb('TargetResponseTime'),
      ExtendedStatistic: 'p95',
    },
    {
      ...base('HighLatencyP99', thresholds.latencyP99Seconds.critical),
      ...elb('TargetResponseTime'),
      ExtendedStatistic: 'p99',
    },
    {
      ...base('HighErrorRate', thresholds.errorRatePercent.critical),
      Metrics: errorRate(target, [loadBalancer]),
    },
    {
      ...base('DatabasePoolExhausted', thresholds.dbPoolPercent.critical),
      Namespace: service.customNamespace,
      MetricName: 'DBPoolUsage',
      Dimensions: [{ Name: 'Service', Value: service.service }],
      Period: 60,
      Statistic: 'Average',
    },
    {
      ...base('APIDown', 1),
      ...elb('HealthyHostCount'),
      Statistic: 'Minimum',
      ComparisonOperator: 'LessThanThreshold',
      TreatMissingData: 'breaching',
    },
    {
      ...base('HighCPU', thresholds.cpuPercent.critical),
      // A 20-second point is the earliest sign there is; a run that finds nothing critical only watches.
      ...(service.cpuMetricSeconds === 20 ? { EvaluationPeriods: 1, DatapointsToAlarm: 1 } : {}),
      Namespace: 'AWS/ECS',
      MetricName: 'CPUUtilization',
      Dimensions: ecs,
      Period: service.cpuMetricSeconds,
      Statistic: 'Average',
    },
    {
      ...base('HighRequestRate', thresholds.requestRatePerMinute.critical),
      ...elb('RequestCount'),
      Statistic: 'Sum',
    },
  ];
}

function errorRate(
  target: { Name: string; Value: string }[],
  loadBalancer: { Name: string; Value: string }[],
) {
  const metric = (Id: string, MetricName: string, Dimensions: typeof target) => ({
    Id,
    MetricStat: {
      Metric: { Namespace: 'AWS/ApplicationELB', MetricName, Dimensions },
      Period: 60,
      Stat: 'Sum',
    },
    ReturnData: false,
  });
  return [
    metric('requests', 'RequestCount', target),
    metric('target5xx', 'HTTPCode_Target_5XX_Count', target),
    metric('elb5xx', 'HTTPCode_ELB_5XX_Count', loadBalancer),
    {
      Id: 'errors',
      Expression: '100 * (FILL(target5xx, 0) + FILL(elb5xx, 0)) / (requests + FILL(elb5xx, 0))',
      Label: '5xx error rate',
      ReturnData: true,
    },
  ];
}
