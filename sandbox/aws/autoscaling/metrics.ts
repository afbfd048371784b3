import type { AlarmInput } from '../cloudwatch/schemas.ts';
import { AwsError } from '../errors.ts';
import type { TargetTracking } from './schemas.ts';
import { INVALID, type ScalableTarget } from './store.ts';

/** What a target-tracking policy follows, in the form in which alarms take it. */
export type TrackedMetric = Pick<
  AlarmInput,
  'MetricName' | 'Namespace' | 'Statistic' | 'Dimensions' | 'Period' | 'Metrics'
>;

type Predefined = NonNullable<TargetTracking['PredefinedMetricSpecification']>;
type Customized = NonNullable<TargetTracking['CustomizedMetricSpecification']>;

/** Periods of 20 seconds for the metrics of that resolution (target-tracking-faster-auto-scaling.html). */
const HIGH_RESOLUTION_PERIOD = 20;

function ofService(target: ScalableTarget, name: string, period: number): TrackedMetric {
  return {
    Namespace: 'AWS/ECS',
    MetricName: name,
    Statistic: 'Average',
    Period: period,
    Dimensions: [
      { Name: 'ClusterName', Value: target.cluster },
      { Name: 'ServiceName', Value: target.serviceName },
    ],
  };
}

function requestsPerTarget(label: string | undefined): TrackedMetric {
  const match = /^(app\/[^/]+\/[^/]+)\/(targetgroup\/[^/]+\/[^/]+)$/.exec(label ?? '');
  const [, loadBalancer, targetGroup] = match ?? [];
  if (loadBalancer === undefined || targetGroup === undefined) {
    throw new AwsError(INVALID, 'ResourceLabel must have the form app/NAME/ID/targetgroup/NAME/ID.');
  }
  return {
    Namespace: 'AWS/ApplicationELB',
    MetricName: 'RequestCountPerTarget',
    Statistic: 'Sum',
    Period: 60,
    Dimensions: [
      { Name: 'LoadBalancer', Value: loadBalancer },
      { Name: 'TargetGroup', Value: targetGroup },
    ],
  };
}

function predefined(target: ScalableTarget, specification: Predefined): TrackedMetric {
  switch (specification.PredefinedMetricType) {
    case 'ECSServiceAverageCPUUtilization':
      return ofService(target, 'CPUUtilization', 60);
    case 'ECSServiceAverageMemoryUtilization':
      return ofService(target, 'MemoryUtilization', 60);
    case 'ECSServiceAverageCPUUtilizationHighResolution':
      return ofService(target, 'CPUUtilization', HIGH_RESOLUTION_PERIOD);
    case 'ECSServiceAverageMemoryUtilizationHighResolution':
      return ofService(target, 'MemoryUtilization', HIGH_RESOLUTION_PERIOD);
    case 'ALBRequestCountPerTarget':
      return requestsPerTarget(specification.ResourceLabel);
  }
}

function customized(specification: Customized): TrackedMetric {
  if (specification.Metrics !== undefined) {
    if (specification.Metrics.filter((query) => query.ReturnData).length !== 1) {
      throw new AwsError(INVALID, 'Exactly one element of the metrics list should return data.');
    }
    return { Metrics: specification.Metrics };
  }
  const { MetricName: name, Namespace: namespace, Statistic: statistic } = specification;
  if (name === undefined || namespace === undefined || statistic === undefined) {
    throw new AwsError(INVALID, 'MetricName, Namespace and Statistic are required for a customized metric.');
  }
  return {
    MetricName: name,
    Namespace: namespace,
    Statistic: statistic,
    Period: 60,
    Dimensions: specification.Dimensions ?? [],
  };
}

/** The metric behind a target-tracking policy. @throws AwsError ValidationException */
export function trackedMetric(target: ScalableTarget, policy: TargetTracking): TrackedMetric {
  if (policy.PredefinedMetricSpecification !== undefined) {
    return predefined(target, policy.PredefinedMetricSpecification);
  }
  return customized(policy.CustomizedMetricSpecification ?? {});
}

/** Two policies of a target may not have the same key (the rule of one policy per metric). */
export function metricKey(policy: TargetTracking): string {
  const { PredefinedMetricSpecification: named } = policy;
  return named === undefined
    ? JSON.stringify(policy.CustomizedMetricSpecification)
    : `${named.PredefinedMetricType} ${named.ResourceLabel ?? ''}`;
}

/** A short name of the metric for people. */
export function metricLabel(policy: TargetTracking): string {
  const { PredefinedMetricSpecification: named, CustomizedMetricSpecification: own } = policy;
  if (named !== undefined) return named.PredefinedMetricType;
  return own?.MetricName === undefined ? 'metric math' : `${own.Namespace}/${own.MetricName}`;
}
