import type {
  CustomizedMetricSpecification,
  ScalingPolicy,
  TargetTrackingScalingPolicyConfiguration,
} from '@aws-sdk/client-application-auto-scaling';
import { tryParse } from '../core/schema.ts';
import { type CpuMetric, CustomizedCpu, cpuMetrics } from '../document/settings.ts';

/**
 * What a target-tracking policy on the average CPU of its service follows: a metric that AWS defines, or the same one
 * spelt out. Undefined for every other policy, also for one with metric math.
 */
export function cpuMetricOf({
  ResourceId: resource,
  TargetTrackingScalingPolicyConfiguration: tracking,
}: Pick<ScalingPolicy, 'ResourceId' | 'TargetTrackingScalingPolicyConfiguration'>): CpuMetric | undefined {
  const type = tracking?.PredefinedMetricSpecification?.PredefinedMetricType;
  return cpuMetrics.find((name) => name === type) ?? customizedCpu(tracking, resource);
}

/** ECS publishes a service's CPU in percent under these two dimensions, whatever their order. Source: ECS metrics. */
function customizedCpu(
  tracking: TargetTrackingScalingPolicyConfiguration | undefined,
  resource = '',
): CustomizedCpu | undefined {
  const own = tracking?.CustomizedMetricSpecification;
  if (!own || own.Metrics) return undefined;
  const spelt = tryParse(CustomizedCpu, own);
  const [, cluster, service] = resource.split('/');
  const expected = [`ClusterName ${cluster}`, `ServiceName ${service}`];
  const found = spelt?.Dimensions.map(({ Name, Value }) => `${Name} ${Value}`).sort();
  return found?.join('\n') === expected.join('\n') ? spelt : undefined;
}

/** The metric as PutScalingPolicy takes it: a spelt-out one exactly as it was read. */
export const specificationOfCpu = (
  metric: CpuMetric,
): Pick<
  TargetTrackingScalingPolicyConfiguration,
  'PredefinedMetricSpecification' | 'CustomizedMetricSpecification'
> =>
  typeof metric === 'string'
    ? { PredefinedMetricSpecification: { PredefinedMetricType: metric } }
    : { CustomizedMetricSpecification: metric satisfies CustomizedMetricSpecification };
