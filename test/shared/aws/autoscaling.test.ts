import {
  ApplicationAutoScalingClient,
  DeleteScalingPolicyCommand,
  DescribeScalableTargetsCommand,
  DescribeScalingActivitiesCommand,
  DescribeScalingPoliciesCommand,
  type ScalingActivity,
  type ScalingPolicy,
} from '@aws-sdk/client-application-auto-scaling';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import {
  cpuPolicyOf,
  deletePolicy,
  otherPoliciesOf,
  readActivities,
  readBounds,
  readPolicies,
  setByAutoscaling,
} from '../../../shared/aws/autoscaling.ts';
import type { cpuMetrics } from '../../../shared/document/settings.ts';
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
  metric?: 'ECSServiceAverageMemoryUtilization' | (typeof cpuMetrics)[number],
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

  it('are asked for by resource, and may be none at all', async () => {
    autoscaling.on(DescribeScalableTargetsCommand).resolves({});
    expect(await readBounds(client, name)).toBeUndefined();
    expect(autoscaling.calls()[0]?.args[0].input).toEqual({
      ServiceNamespace: 'ecs',
      ScalableDimension: 'ecs:service:DesiredCount',
      ResourceIds: ['service/production/api'],
    });
  });

  it('need both ends; nothing is suspended where AWS says nothing', async () => {
    const target = { ...resource, MinCapacity: 1, RoleARN: 'arn', CreationTime: new Date(0) };
    autoscaling
      .on(DescribeScalableTargetsCommand)
      .resolvesOnce({ ScalableTargets: [{ ...target, MaxCapacity: 10 }] })
      .resolves({ ScalableTargets: [{ ...target, MaxCapacity: undefined }] });

    expect(await readBounds(client, name)).toEqual({
      min: 1,
      max: 10,
      suspended: { dynamicScalingIn: false, dynamicScalingOut: false, scheduledScaling: false },
    });
    expect(await readBounds(client, name)).toBeUndefined();
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

  it('is none without a metric that AWS defines, or without a target', () => {
    const cpu = policy('cpu', 'ECSServiceAverageCPUUtilization');
    const custom = { ...cpu, TargetTrackingScalingPolicyConfiguration: { TargetValue: 70 } };
    const aimless = {
      ...cpu,
      TargetTrackingScalingPolicyConfiguration: {
        ...cpu.TargetTrackingScalingPolicyConfiguration,
        TargetValue: undefined,
      },
    };

    expect(cpuPolicyOf([custom, aimless])).toBeUndefined();
    expect(cpuPolicyOf([custom, cpu])).toMatchObject({ name: 'cpu', disableScaleIn: false });
  });

  it('is that of 20-second points too, and keeps its metric; of both the preferred one counts', () => {
    const fine = policy('fine', 'ECSServiceAverageCPUUtilizationHighResolution');
    const plain = policy('plain', 'ECSServiceAverageCPUUtilization');
    const metric = 'ECSServiceAverageCPUUtilizationHighResolution';
    expect(cpuPolicyOf([fine])).toMatchObject({ name: 'fine', metric });
    expect(cpuPolicyOf([plain])).not.toHaveProperty('metric');
    expect(cpuPolicyOf([plain, fine], (name) => name !== 'plain')?.name).toBe('fine');
    expect(cpuPolicyOf([plain], (name) => name !== 'plain')?.name).toBe('plain');
  });

  it('may have no policies at all', async () => {
    autoscaling.on(DescribeScalingPoliciesCommand).resolves({});
    expect(await readPolicies(client, name)).toEqual([]);
  });

  it('that is deleted may be gone already; any other error counts', async () => {
    const error = (of: string) => Object.assign(new Error(of), { name: of });
    autoscaling
      .on(DeleteScalingPolicyCommand)
      .rejectsOnce(error('ObjectNotFoundException'))
      .rejects(error('Denied'));

    await expect(deletePolicy(client, name, 'temporary')).resolves.toBeUndefined();
    await expect(deletePolicy(client, name, 'temporary')).rejects.toThrow('Denied');
  });

  it('is absent where no policy tracks CPU', () => {
    expect(cpuPolicyOf([policy('memory', 'ECSServiceAverageMemoryUtilization')])).toBeUndefined();
  });
});

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

describe('the latest activities', () => {
  const read = async (...ScalingActivities: ScalingActivity[]) => {
    autoscaling.on(DescribeScalingActivitiesCommand).resolves({ ScalingActivities });
    return readActivities(client, name);
  };

  it('say what autoscaling did, when and why', async () => {
    expect(
      await read(activity(-60, 'Setting desired count to 9.'), activity(-90, 'Setting min capacity to 2')),
    ).toEqual([
      { at: secondsLater(-60), count: 9, text: 'Setting desired count to 9. alarm' },
      { at: secondsLater(-90), min: 2, text: 'Setting min capacity to 2 alarm' },
    ]);
    expect(autoscaling.calls()[0]?.args[0].input).toEqual({
      ...resource,
      IncludeNotScaledActivities: true,
      MaxResults: 10,
    });
  });

  it('say why it did nothing, and count no failed one', async () => {
    const reasons = [{ Code: 'AlreadyAtMaxCapacity' }, { Code: 'AutoScalingAnticipatedFlapping' }];
    expect(
      await read(
        { ...activity(-60, 'Attempting to scale due to alarm.'), NotScaledReasons: reasons },
        activity(-90, 'Setting desired count to 9.', 'Failed'),
      ),
    ).toEqual([
      {
        at: secondsLater(-60),
        text: 'Attempting to scale due to alarm. alarm Not scaled: AlreadyAtMaxCapacity, AutoScalingAnticipatedFlapping.',
      },
      { at: secondsLater(-90), text: 'Setting desired count to 9. alarm' },
    ]);
  });

  it('may lack everything, and are cut after 300 characters', async () => {
    const bare = { ...activity(0, 'x'.repeat(400)), Cause: undefined };
    expect(await read(bare, { ...bare, Description: undefined, StartTime: undefined })).toEqual([
      { at: now, text: 'x'.repeat(300) },
      { at: '1970-01-01T00:00:00.000Z', text: '' },
    ]);
    autoscaling.on(DescribeScalingActivitiesCommand).resolves({});
    expect(await readActivities(client, name)).toEqual([]);
    expect(await setByAutoscaling(client, name, new Date(now))).toEqual([]);
  });
});

describe('the counts that autoscaling set', () => {
  it('since a moment, without those that failed', async () => {
    autoscaling.on(DescribeScalingActivitiesCommand).resolves({
      ScalingActivities: [
        activity(90, 'Setting desired count to 12.'),
        activity(60, 'Setting desired count to 9.', 'Failed'),
        activity(30, 'Setting min capacity to 12 and max capacity to 20.'),
        activity(0, 'Setting desired count to 5.', 'InProgress'),
        activity(-1, 'Setting desired count to 4.'),
      ],
    });

    expect(await setByAutoscaling(client, name, new Date(now))).toEqual([
      { at: secondsLater(90), count: 12 },
      { at: secondsLater(30), min: 12, max: 20 },
      { at: secondsLater(0), count: 5 },
    ]);
  });

  it('reads on only as far as needed', async () => {
    autoscaling
      .on(DescribeScalingActivitiesCommand)
      .resolvesOnce({ ScalingActivities: [activity(60, 'Setting desired count to 9.')], NextToken: 'more' })
      .resolvesOnce({
        ScalingActivities: [activity(-60, 'Setting desired count to 4.')],
        NextToken: 'much more',
      });

    expect(await setByAutoscaling(client, name, new Date(now))).toEqual([{ at: secondsLater(60), count: 9 }]);
    expect(autoscaling.calls()).toHaveLength(2);
  });
});

describe('the policies beside the CPU policy', () => {
  const cpu = policy('cpu', 'ECSServiceAverageCPUUtilization');
  const memory = policy('memory', 'ECSServiceAverageMemoryUtilization');
  const steps = { ...policy('alarm'), StepScalingPolicyConfiguration: { Cooldown: 60 } };
  const predictive = {
    ...policy('tomorrow'),
    PolicyType: 'PredictiveScaling' as const,
    PredictiveScalingPolicyConfiguration: { MetricSpecifications: [] },
  };

  it('are kept in full, by name', () => {
    expect(otherPoliciesOf([predictive, cpu, memory, steps])).toEqual([
      { name: 'alarm', type: 'StepScaling', definition: { Cooldown: 60 } },
      {
        name: 'memory',
        type: 'TargetTrackingScaling',
        definition: memory.TargetTrackingScalingPolicyConfiguration,
      },
      { name: 'tomorrow', type: 'PredictiveScaling', definition: { MetricSpecifications: [] } },
    ]);
  });

  it.each<[string, ScalingPolicy[], string[]]>([
    ['all where there is no CPU policy', [steps, memory], ['alarm', 'memory']],
    ['none where it is alone', [cpu], []],
    ['a second one on CPU', [cpu, { ...cpu, PolicyName: 'cpu-temp' }], ['cpu-temp']],
  ])('are %s', (_, policies, names) => {
    expect(otherPoliciesOf(policies).map(({ name }) => name)).toEqual(names);
  });
});
