import {
  ApplicationAutoScalingClient,
  DescribeScalableTargetsCommand,
  DescribeScalingActivitiesCommand,
  DescribeScalingPoliciesCommand,
  type ScalingActivity,
  type ScalingPolicy,
} from '@aws-sdk/client-application-auto-scaling';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import {
  countsSetByAutoscaling,
  cpuPolicyOf,
  readBounds,
  readPolicies,
} from '../../../shared/aws/autoscaling.ts';
import { now, secondsLater } from '../../support/builders.ts';

const autoscaling = mockClient(ApplicationAutoScalingClient);
beforeEach(() => {
  autoscaling.reset();
});
const client = new ApplicationAutoScalingClient({});
const name = { cluster: 'production', service: 'api' };
const resource = {
  ServiceNamespace: 'ecs',
  ScalableDimension: 'ecs:service:DesiredCount',
  ResourceId: 'service/production/api',
} as const;

const policy = (
  PolicyName: string,
  metric?: 'ECSServiceAverageCPUUtilization' | 'ECSServiceAverageMemoryUtilization',
  cooldown?: number,
): ScalingPolicy => ({
  ...resource,
  PolicyName,
  PolicyARN: `arn:${PolicyName}`,
  CreationTime: new Date(0),
  PolicyType: metric ? 'TargetTrackingScaling' : 'StepScaling',
  ...(metric
    ? {
        TargetTrackingScalingPolicyConfiguration: {
          TargetValue: 70,
          PredefinedMetricSpecification: { PredefinedMetricType: metric },
          ...(cooldown === undefined ? {} : { ScaleOutCooldown: cooldown }),
        },
      }
    : {}),
});

describe('the bounds', () => {
  it('say what is suspended; what AWS leaves out is not', async () => {
    const target = {
      ...resource,
      MinCapacity: 1,
      MaxCapacity: 10,
      RoleARN: 'arn',
      CreationTime: new Date(0),
    };
    autoscaling
      .on(DescribeScalableTargetsCommand)
      .resolves({ ScalableTargets: [{ ...target, SuspendedState: { DynamicScalingInSuspended: true } }] });

    expect(await readBounds(client, name)).toEqual({
      min: 1,
      max: 10,
      suspended: { dynamicScalingIn: true, dynamicScalingOut: false, scheduledScaling: false },
    });
  });

  it('are absent where no target is registered', async () => {
    autoscaling.on(DescribeScalableTargetsCommand).resolves({ ScalableTargets: [] });
    expect(await readBounds(client, name)).toBeUndefined();
  });
});

describe('the CPU policy', () => {
  it('is found by its metric, whatever its name, over all pages', async () => {
    autoscaling
      .on(DescribeScalingPoliciesCommand)
      .resolvesOnce({
        ScalingPolicies: [policy('steps'), policy('memory', 'ECSServiceAverageMemoryUtilization')],
        NextToken: 'more',
      })
      .resolvesOnce({ ScalingPolicies: [policy('mine', 'ECSServiceAverageCPUUtilization', 0)] });
    const policies = await readPolicies(client, name);

    expect(policies).toHaveLength(3);
    expect(cpuPolicyOf(policies)).toEqual({
      name: 'mine',
      target: 70,
      scaleOutCooldownSeconds: 0,
      scaleInCooldownSeconds: 300,
      disableScaleIn: false,
    });
  });

  it('is absent where no policy tracks CPU', () => {
    expect(cpuPolicyOf([policy('memory', 'ECSServiceAverageMemoryUtilization')])).toBeUndefined();
  });
});

describe('the counts that autoscaling set', () => {
  const activity = (
    seconds: number,
    Description: string,
    StatusCode: ScalingActivity['StatusCode'] = 'Successful',
  ): ScalingActivity => ({
    ...resource,
    ActivityId: `${seconds}`,
    Cause: 'alarm',
    Description,
    StartTime: new Date(secondsLater(seconds)),
    StatusCode,
  });

  it('since a moment, without those that failed', async () => {
    autoscaling.on(DescribeScalingActivitiesCommand).resolves({
      ScalingActivities: [
        activity(90, 'Setting desired count to 12.'),
        activity(60, 'Setting desired count to 9.', 'Failed'),
        activity(30, 'Setting min capacity to 2 and max capacity to 20.'),
        activity(0, 'Setting desired count to 5.', 'InProgress'),
        activity(-1, 'Setting desired count to 4.'),
      ],
    });

    expect(await countsSetByAutoscaling(client, name, new Date(now))).toEqual([12, 5]);
  });

  it('reads on only as far as needed', async () => {
    autoscaling
      .on(DescribeScalingActivitiesCommand)
      .resolvesOnce({ ScalingActivities: [activity(60, 'Setting desired count to 9.')], NextToken: 'more' })
      .resolvesOnce({
        ScalingActivities: [activity(-60, 'Setting desired count to 4.')],
        NextToken: 'much more',
      });

    expect(await countsSetByAutoscaling(client, name, new Date(now))).toEqual([9]);
    expect(autoscaling.calls()).toHaveLength(2);
  });
});
