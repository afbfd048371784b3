import type { ServiceConfig } from '../shared/config.ts';
import type { Aws } from './aws/aws.ts';

/** Registers what a configured service has on a quiet day: its scalable target and its CPU policy. */
export function seedAutoscaling(aws: Aws, service: ServiceConfig): void {
  const { capacity, cpuPolicy } = service;
  const target = {
    ServiceNamespace: 'ecs',
    ScalableDimension: 'ecs:service:DesiredCount',
    ResourceId: `service/${service.cluster}/${service.service}`,
  };
  const { min, max } = capacity.baseline;
  aws.seedScaling('RegisterScalableTarget', { ...target, MinCapacity: min, MaxCapacity: max });
  aws.seedScaling('PutScalingPolicy', {
    ...target,
    PolicyName: cpuPolicy.name,
    PolicyType: 'TargetTrackingScaling',
    TargetTrackingScalingPolicyConfiguration: {
      TargetValue: cpuPolicy.baseline.target,
      ScaleOutCooldown: cpuPolicy.baseline.scaleOutCooldownSeconds,
      ScaleInCooldown: cpuPolicy.baseline.scaleInCooldownSeconds,
      PredefinedMetricSpecification: { PredefinedMetricType: 'ECSServiceAverageCPUUtilization' },
    },
  });
}
