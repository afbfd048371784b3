import * as v from 'valibot';
import type { ServiceConfig } from '../config/service.ts';
import { int } from '../core/schema.ts';
import { TrackingPolicy } from '../document/autoscaling.ts';
import type { AutoscalingParameters } from '../document/request.ts';
import { Bounds, cpuMetrics } from '../document/settings.ts';

/** The policies of the runbook's autoscaling script, in the order in which they are put. */
export const policyKinds = ['cpu', 'latency', 'requests'] as const;
export type PolicyKind = (typeof policyKinds)[number];

/** What a target-tracking policy follows, as Application Auto Scaling is told. */
export type TrackedMetric =
  | {
      PredefinedMetricType: (typeof cpuMetrics)[number] | 'ALBRequestCountPerTarget';
      ResourceLabel?: string;
    }
  | (CustomizedMetric & { Statistic: 'Average' });

interface CustomizedMetric {
  Namespace: string;
  MetricName: string;
  Statistic: string;
  Dimensions: { Name: string; Value: string }[];
}

/** The autoscaling of a service as it is. */
export const PresentAutoscaling = v.object({
  desired: int,
  /** Absent when no scalable target is registered. */
  bounds: v.optional(Bounds),
  tracking: v.array(TrackingPolicy),
  /** Names of the policies of other types. */
  others: v.array(v.string()),
});
export type PresentAutoscaling = v.InferOutput<typeof PresentAutoscaling>;

/** The autoscaling of a service as it is wanted; a policy that the configuration leaves out is not wanted. */
export interface WantedAutoscaling {
  min: number;
  max: number;
  policies: Partial<Record<PolicyKind, TrackingPolicy>>;
}

/** One text for one metric, whatever the order of its dimensions. */
export function metricText(
  metric: CustomizedMetric | { PredefinedMetricType: string; ResourceLabel?: string },
): string {
  if ('PredefinedMetricType' in metric)
    return [metric.PredefinedMetricType, ...(metric.ResourceLabel ? [metric.ResourceLabel] : [])].join(' ');
  const dimensions = metric.Dimensions.map(({ Name, Value }) => `${Name}=${Value}`).sort();
  return [metric.Namespace, metric.MetricName, metric.Statistic, ...dimensions].join(' ');
}

/** Average CPU of the policy's own service, spelt out instead of named. */
export const customizedCpuText = 'customized ECSServiceAverageCPUUtilization';

const cpuTexts: readonly string[] = [...cpuMetrics, customizedCpuText];

/** Whether two policies follow the same: of average CPU there are points of a minute and of 20 seconds, and its own name. */
export const sameMetric = (one: string, other: string): boolean =>
  one === other || (cpuTexts.includes(one) && cpuTexts.includes(other));

/** What names a service, its load balancer and its target group. */
type Named = Pick<ServiceConfig, 'cluster' | 'service' | 'loadBalancer' | 'targetGroup'>;

/**
 * What the policy of a kind follows at a service; `present` where one is there already: it keeps its resolution, and its
 * way to name the metric. Only a service behind a load balancer has policies of requests. Source: Application Auto
 * Scaling, predefined and ALB metrics.
 */
export function metricOf(
  kind: PolicyKind,
  { loadBalancer, targetGroup, cluster, service }: Named,
  present?: string,
): TrackedMetric {
  switch (kind) {
    case 'cpu':
      if (present === customizedCpuText)
        return average('AWS/ECS', 'CPUUtilization', { ClusterName: cluster, ServiceName: service });
      return { PredefinedMetricType: cpuMetrics.find((name) => name === present) ?? cpuMetrics[0] };
    case 'requests':
      return {
        PredefinedMetricType: 'ALBRequestCountPerTarget',
        ResourceLabel: `${loadBalancer}/${targetGroup}`,
      };
    case 'latency':
      // A percentile of 80 ms would be far stricter than the P99 thresholds: it would never be met.
      return average('AWS/ApplicationELB', 'TargetResponseTime', {
        LoadBalancer: String(loadBalancer),
        TargetGroup: String(targetGroup),
      });
  }
}

const average = (
  Namespace: string,
  MetricName: string,
  dimensions: Record<string, string>,
): TrackedMetric => ({
  Namespace,
  MetricName,
  Statistic: 'Average',
  Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
});

/** What the configuration wants, with the request's parameters in place of its values (runbook: Appendix). Pure. */
export function wantedAutoscaling(
  service: ServiceConfig,
  parameters: AutoscalingParameters = {},
): WantedAutoscaling {
  const { capacity, cpuPolicy, latencyPolicy, requestPolicy } = service;
  const policy = (
    kind: PolicyKind,
    target: number,
    from: { name: string; scaleOutCooldownSeconds: number; scaleInCooldownSeconds: number },
  ): TrackingPolicy => ({
    name: from.name,
    metric: metricText(metricOf(kind, service)),
    target,
    scaleOutCooldownSeconds: from.scaleOutCooldownSeconds,
    scaleInCooldownSeconds: from.scaleInCooldownSeconds,
    // A policy that may not scale in leaves the way down to the others, and scales out again right after them.
    disableScaleIn: false,
  });
  const cpu = { name: cpuPolicy.name, ...cpuPolicy.baseline };
  return {
    min: parameters.minCapacity ?? capacity.baseline.min,
    max: parameters.maxCapacity ?? capacity.baseline.max,
    policies: {
      cpu: policy('cpu', parameters.cpuTarget ?? cpu.target, cpu),
      ...(latencyPolicy && {
        latency: policy(
          'latency',
          (parameters.latencyTargetMilliseconds ?? latencyPolicy.targetMilliseconds) / 1000,
          latencyPolicy,
        ),
      }),
      ...(requestPolicy && {
        requests: policy('requests', parameters.requestRateTarget ?? requestPolicy.target, requestPolicy),
      }),
    },
  };
}
