import {
  type ApplicationAutoScalingClient,
  PutScalingPolicyCommand,
  type ScalingPolicy,
  type TargetTrackingScalingPolicyConfiguration,
} from '@aws-sdk/client-application-auto-scaling';
import { scalable } from '../aws/autoscaling.ts';
import { cpuMetricOf } from '../aws/cpu-metric.ts';
import type { ServiceName } from '../aws/ecs.ts';
import { checkRepeats, type Precondition } from '../aws/repeated-attempts.ts';
import { canonicalJson } from '../core/hash.ts';
import type { TrackingPolicy } from '../document/autoscaling.ts';
import { customizedCpuText, metricText, type TrackedMetric } from './settings.ts';

/** The target-tracking policies among all, whatever they follow, and the names of the others. */
export function trackingPoliciesOf(policies: readonly ScalingPolicy[]): {
  tracking: TrackingPolicy[];
  others: string[];
} {
  const tracking: TrackingPolicy[] = [];
  const others: string[] = [];
  for (const policy of policies) {
    const { PolicyName: name = '', TargetTrackingScalingPolicyConfiguration: found } = policy;
    if (found?.TargetValue === undefined) {
      others.push(name);
      continue;
    }
    tracking.push({
      name,
      metric: typeof cpuMetricOf(policy) === 'object' ? customizedCpuText : followed(found),
      target: found.TargetValue,
      // Application Auto Scaling's default for ECS where a policy names no cooldown.
      scaleOutCooldownSeconds: found.ScaleOutCooldown ?? 300,
      scaleInCooldownSeconds: found.ScaleInCooldown ?? 300,
      disableScaleIn: found.DisableScaleIn ?? false,
    });
  }
  return { tracking, others };
}

function followed({
  PredefinedMetricSpecification: named,
  CustomizedMetricSpecification: own,
}: TargetTrackingScalingPolicyConfiguration): string {
  if (named?.PredefinedMetricType) {
    const { PredefinedMetricType, ResourceLabel } = named;
    return metricText({ PredefinedMetricType, ...(ResourceLabel ? { ResourceLabel } : {}) });
  }
  if (!own?.Namespace || !own.MetricName || !own.Statistic) return canonicalJson(own ?? null);
  const { Namespace, MetricName, Statistic } = own;
  const Dimensions = (own.Dimensions ?? []).map(({ Name = '', Value = '' }) => ({ Name, Value }));
  return metricText({ Namespace, MetricName, Statistic, Dimensions });
}

/** Puts a policy on a metric, under its name: a policy of that name is changed in place. */
export async function writeTrackingPolicy(
  client: ApplicationAutoScalingClient,
  name: ServiceName,
  policy: TrackingPolicy,
  metric: TrackedMetric,
  check?: Precondition,
) {
  const command = new PutScalingPolicyCommand({
    ...scalable(name),
    PolicyName: policy.name,
    PolicyType: 'TargetTrackingScaling',
    TargetTrackingScalingPolicyConfiguration: {
      TargetValue: policy.target,
      ScaleOutCooldown: policy.scaleOutCooldownSeconds,
      ScaleInCooldown: policy.scaleInCooldownSeconds,
      DisableScaleIn: policy.disableScaleIn,
      ...specificationOf(metric),
    },
  });
  command.middlewareStack.use(checkRepeats(check));
  await client.send(command);
}

function specificationOf(metric: TrackedMetric) {
  return 'PredefinedMetricType' in metric
    ? { PredefinedMetricSpecification: metric }
    : { CustomizedMetricSpecification: metric };
}
