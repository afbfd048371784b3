import {
  DeleteScalingPolicyCommand,
  PutScalingPolicyCommand,
  type PutScalingPolicyCommandInput,
  RegisterScalableTargetCommand,
  type StepAdjustment,
} from '@aws-sdk/client-application-auto-scaling';
import { PutMetricAlarmCommand } from '@aws-sdk/client-cloudwatch';
import type { ServiceConfig } from '../../shared/config/service.ts';
import type { Arena, Strategy } from './strategy.ts';

const targetOf = ({ cluster, service }: ServiceConfig) => ({
  ServiceNamespace: 'ecs' as const,
  ScalableDimension: 'ecs:service:DesiredCount' as const,
  ResourceId: `service/${cluster}/${service}`,
});

/** Nothing but the strategy itself changes the desired count. */
export async function suspendAutoscaling({ autoscaling, sandbox }: Arena): Promise<void> {
  await autoscaling.send(
    new RegisterScalableTargetCommand({
      ...targetOf(sandbox.service),
      SuspendedState: { DynamicScalingInSuspended: true, DynamicScalingOutSuspended: true },
    }),
  );
}

/** The configured baseline policy: 70 % CPU, one-minute metrics (high 3 of 3, low 15 of 15), as the sandbox has it. */
export const targetTracking: Strategy = {
  name: 'target-tracking',
  title: 'target tracking 70 %, 60 s',
  startsRuns: false,
  prepare: async () => undefined,
};

/** The same policy on metrics of 20 seconds (Amazon ECS, faster auto scaling). */
export const targetTracking20: Strategy = {
  name: 'target-tracking-20s',
  title: 'target tracking 70 %, 20 s',
  startsRuns: false,
  async prepare({ autoscaling, sandbox: { service } }) {
    const { name, baseline } = service.cpuPolicy;
    await autoscaling.send(new DeleteScalingPolicyCommand({ ...targetOf(service), PolicyName: name }));
    await autoscaling.send(
      new PutScalingPolicyCommand({
        ...targetOf(service),
        PolicyName: name,
        PolicyType: 'TargetTrackingScaling',
        TargetTrackingScalingPolicyConfiguration: {
          TargetValue: baseline.target,
          ScaleOutCooldown: baseline.scaleOutCooldownSeconds,
          ScaleInCooldown: baseline.scaleInCooldownSeconds,
          PredefinedMetricSpecification: {
            PredefinedMetricType: 'ECSServiceAverageCPUUtilizationHighResolution',
          },
        },
      }),
    );
  },
};

/** Below this CPU a task can go: one fewer still runs at the utilisation of a quiet day. */
const stepLowPercent = 40;
const outSteps: StepAdjustment[] = [
  { MetricIntervalLowerBound: 0, MetricIntervalUpperBound: 10, ScalingAdjustment: 1 },
  { MetricIntervalLowerBound: 10, MetricIntervalUpperBound: 20, ScalingAdjustment: 2 },
  { MetricIntervalLowerBound: 20, ScalingAdjustment: 4 },
];
const inSteps: StepAdjustment[] = [
  { MetricIntervalLowerBound: -20, MetricIntervalUpperBound: 0, ScalingAdjustment: -1 },
  { MetricIntervalUpperBound: -20, ScalingAdjustment: -2 },
];

/** +1/+2/+4 tasks by how far CPU is above the target (2 of 2 minutes), −1/−2 when it is far below (15 of 15). */
export const stepScaling: Strategy = {
  name: 'step-scaling',
  title: 'step scaling +1/+2/+4',
  startsRuns: false,
  async prepare(arena) {
    const { service } = arena.sandbox;
    const { name, baseline } = service.cpuPolicy;
    await arena.autoscaling.send(new DeleteScalingPolicyCommand({ ...targetOf(service), PolicyName: name }));
    await putStepPolicy(arena, 'bench-step-out', outSteps, baseline.scaleOutCooldownSeconds, {
      ComparisonOperator: 'GreaterThanThreshold',
      Threshold: baseline.target,
      EvaluationPeriods: 2,
    });
    await putStepPolicy(arena, 'bench-step-in', inSteps, baseline.scaleInCooldownSeconds, {
      ComparisonOperator: 'LessThanThreshold',
      Threshold: stepLowPercent,
      EvaluationPeriods: 15,
    });
  },
};

async function putStepPolicy(
  { autoscaling, cloudwatch, sandbox: { service } }: Arena,
  name: string,
  steps: StepAdjustment[],
  cooldownSeconds: number,
  when: {
    ComparisonOperator: 'GreaterThanThreshold' | 'LessThanThreshold';
    Threshold: number;
    EvaluationPeriods: number;
  },
): Promise<void> {
  const policy: PutScalingPolicyCommandInput = {
    ...targetOf(service),
    PolicyName: name,
    PolicyType: 'StepScaling',
    StepScalingPolicyConfiguration: {
      AdjustmentType: 'ChangeInCapacity',
      StepAdjustments: steps,
      Cooldown: cooldownSeconds,
      MetricAggregationType: 'Average',
    },
  };
  const { PolicyARN } = await autoscaling.send(new PutScalingPolicyCommand(policy));
  await cloudwatch.send(
    new PutMetricAlarmCommand({
      AlarmName: name,
      Namespace: 'AWS/ECS',
      MetricName: 'CPUUtilization',
      Statistic: 'Average',
      Period: 60,
      Dimensions: [
        { Name: 'ClusterName', Value: service.cluster },
        { Name: 'ServiceName', Value: service.service },
      ],
      AlarmActions: PolicyARN === undefined ? [] : [PolicyARN],
      ...when,
    }),
  );
}
