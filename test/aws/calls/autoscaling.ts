import {
  DeleteScalingPolicyCommand,
  DeregisterScalableTargetCommand,
  DescribeScalableTargetsCommand,
  DescribeScalingActivitiesCommand,
  DescribeScalingPoliciesCommand,
  PutScalingPolicyCommand,
  RegisterScalableTargetCommand,
} from '@aws-sdk/client-application-auto-scaling';
import { calls, cluster, resourceId } from './call.ts';

const target = {
  ServiceNamespace: 'ecs',
  ScalableDimension: 'ecs:service:DesiredCount',
  ResourceId: resourceId,
} as const;
const elsewhere = { ...target, ResourceId: `service/${cluster}/no-such` };
const read = { ServiceNamespace: 'ecs' as const, ResourceIds: [resourceId] };
const policiesOf = { ServiceNamespace: 'ecs', ResourceId: resourceId } as const;

const policy = (PolicyName: string, TargetValue: number, named = target) =>
  new PutScalingPolicyCommand({
    ...named,
    PolicyName,
    PolicyType: 'TargetTrackingScaling',
    TargetTrackingScalingPolicyConfiguration: {
      TargetValue,
      ScaleOutCooldown: 60,
      ScaleInCooldown: 300,
      DisableScaleIn: false,
      PredefinedMetricSpecification: { PredefinedMetricType: 'ECSServiceAverageCPUUtilization' },
    },
  });

export const autoscalingCalls = calls({
  'AAS DescribeScalableTargets, none registered': ({ scaling }) =>
    scaling.send(new DescribeScalableTargetsCommand(read)),
  'AAS RegisterScalableTarget, new without bounds': ({ scaling }) =>
    scaling.send(new RegisterScalableTargetCommand(target)),
  'AAS RegisterScalableTarget, missing service': ({ scaling }) =>
    scaling.send(new RegisterScalableTargetCommand({ ...elsewhere, MinCapacity: 1, MaxCapacity: 10 })),
  'AAS RegisterScalableTarget, max below min': ({ scaling }) =>
    scaling.send(new RegisterScalableTargetCommand({ ...target, MinCapacity: 5, MaxCapacity: 1 })),
  'AAS DescribeScalingPolicies, none': ({ scaling }) =>
    scaling.send(new DescribeScalingPoliciesCommand(policiesOf)),
  'AAS PutScalingPolicy, no target': ({ scaling }) => scaling.send(policy('cpu', 70)),
  'AAS RegisterScalableTarget, new': ({ scaling }) =>
    scaling.send(new RegisterScalableTargetCommand({ ...target, MinCapacity: 1, MaxCapacity: 10 })),
  'AAS DescribeScalableTargets': ({ scaling }) => scaling.send(new DescribeScalableTargetsCommand(read)),
  'AAS RegisterScalableTarget, new bounds': ({ scaling }) =>
    scaling.send(new RegisterScalableTargetCommand({ ...target, MinCapacity: 2, MaxCapacity: 20 })),
  'AAS RegisterScalableTarget, suspended state only': ({ scaling }) =>
    scaling.send(
      new RegisterScalableTargetCommand({
        ...target,
        SuspendedState: {
          DynamicScalingInSuspended: true,
          DynamicScalingOutSuspended: false,
          ScheduledScalingSuspended: false,
        },
      }),
    ),
  'AAS DescribeScalableTargets, after the changes': ({ scaling }) =>
    scaling.send(new DescribeScalableTargetsCommand(read)),
  'AAS PutScalingPolicy, new': ({ scaling }) => scaling.send(policy('cpu', 70)),
  'AAS PutScalingPolicy, same name': ({ scaling }) => scaling.send(policy('cpu', 50)),
  'AAS DescribeScalingPolicies': ({ scaling }) =>
    scaling.send(new DescribeScalingPoliciesCommand(policiesOf)),
  'AAS PutScalingPolicy, second on one metric': ({ scaling }) => scaling.send(policy('cpu-temp', 50)),
  'AAS DescribeScalingActivities': ({ scaling }) =>
    scaling.send(new DescribeScalingActivitiesCommand(policiesOf)),
  'AAS DeleteScalingPolicy, missing': ({ scaling }) =>
    scaling.send(new DeleteScalingPolicyCommand({ ...target, PolicyName: 'no-such' })),
  'AAS DeleteScalingPolicy': ({ scaling }) =>
    scaling.send(new DeleteScalingPolicyCommand({ ...target, PolicyName: 'cpu' })),
  'AAS DeregisterScalableTarget': ({ scaling }) => scaling.send(new DeregisterScalableTargetCommand(target)),
  'AAS DeregisterScalableTarget, missing': ({ scaling }) =>
    scaling.send(new DeregisterScalableTargetCommand(target)),
});
