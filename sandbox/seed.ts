import { alarmsOf } from '../shared/alarms/cloudwatch-alarms.ts';
import type { Config } from '../shared/config/schema.ts';
import type { ServiceConfig } from '../shared/config/service.ts';
import type { Aws } from './aws/aws.ts';

/** What the CPU policy of a service may follow: points of a minute, or of 20 seconds. */
export type CpuMetricType =
  | 'ECSServiceAverageCPUUtilization'
  | 'ECSServiceAverageCPUUtilizationHighResolution';

/** What names the service in every call to Application Auto Scaling. */
export const scalableTarget = (service: ServiceConfig) =>
  ({
    ServiceNamespace: 'ecs',
    ScalableDimension: 'ecs:service:DesiredCount',
    ResourceId: `service/${service.cluster}/${service.service}`,
  }) as const;

/** The CPU policy of a quiet day. */
export const baselineCpuPolicy = (
  { cpuPolicy }: ServiceConfig,
  metricType: CpuMetricType = 'ECSServiceAverageCPUUtilization',
) =>
  ({
    PolicyName: cpuPolicy.name,
    PolicyType: 'TargetTrackingScaling',
    TargetTrackingScalingPolicyConfiguration: {
      TargetValue: cpuPolicy.baseline.target,
      ScaleOutCooldown: cpuPolicy.baseline.scaleOutCooldownSeconds,
      ScaleInCooldown: cpuPolicy.baseline.scaleInCooldownSeconds,
      PredefinedMetricSpecification: { PredefinedMetricType: metricType },
    },
  }) as const;

/** Registers what a configured service has on a quiet day: its scalable target and its CPU policy. */
export function seedAutoscaling(aws: Aws, service: ServiceConfig, metricType?: CpuMetricType): void {
  const target = scalableTarget(service);
  const { min, max } = service.capacity.baseline;
  aws.seedScaling('RegisterScalableTarget', { ...target, MinCapacity: min, MaxCapacity: max });
  aws.seedScaling('PutScalingPolicy', { ...target, ...baselineCpuPolicy(service, metricType) });
}

/**
 * Puts the alarms that the project deploys. They have been in their state for a while, so they start without a transition:
 * OK, but for those that miss the points of an idle target group.
 */
export function seedAlarms(
  aws: Aws,
  service: ServiceConfig,
  config: Config,
  targetGroupIsIdle: boolean,
): void {
  for (const alarm of alarmsOf(service, config)) {
    const { AlarmName, TreatMissingData, Dimensions } = aws.alarms.putAlarm(
      JSON.parse(JSON.stringify(alarm)),
    ).definition;
    const ofGroup = Dimensions?.some(({ Value }) => Value === service.targetGroup) ?? false;
    if (targetGroupIsIdle && ofGroup && TreatMissingData === 'breaching') {
      aws.alarms.setState(AlarmName, 'ALARM', 'Threshold Crossed: no datapoints were received');
    } else aws.alarms.setState(AlarmName, 'OK', 'Threshold Crossed: the datapoints were not breaching');
  }
}
