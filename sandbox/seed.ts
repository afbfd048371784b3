import { alarmsOf } from '../shared/alarms/cloudwatch-alarms.ts';
import type { Config } from '../shared/config/schema.ts';
import type { ServiceConfig } from '../shared/config/service.ts';
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

/** Puts the alarms that the project deploys. They have been OK for a while, so they start without a transition. */
export function seedAlarms(aws: Aws, service: ServiceConfig, config: Config): void {
  for (const alarm of alarmsOf(service, config)) {
    const { AlarmName } = aws.alarms.putAlarm(JSON.parse(JSON.stringify(alarm))).definition;
    aws.alarms.setState(AlarmName, 'OK', 'Threshold Crossed: the datapoints were not breaching');
  }
}
