import {
  DescribeScalingActivitiesCommand,
  PutScalingPolicyCommand,
} from '@aws-sdk/client-application-auto-scaling';
import { PutMetricAlarmCommand } from '@aws-sdk/client-cloudwatch';
import { describe, expect, it } from '@jest/globals';
import { CLUSTER, SERVICE } from './fake-world.ts';
import { cpuPolicy, createHarness, type Harness, START, TARGET } from './harness.ts';

const MINUTE = 60;

interface Setup {
  cpu: number;
  count?: number;
  min?: number;
  max?: number;
  cooldowns?: { out: number; in: number };
  suspended?: object;
}

/** A service with the runbook's CPU policy (target 70) whose CPU stays at one value. */
function tracked(setup: Setup): Harness & { desired(): number; setCpu(cpu: number): void } {
  const history = [{ since: START, cpu: setup.cpu }];
  const harness = createHarness({ initialCount: setup.count ?? 3 });
  const { aws, world } = harness;
  world.script = (metric, at) =>
    metric === 'CPUUtilization' ? history.findLast(({ since }) => since <= at)?.cpu : undefined;
  aws.seedScaling('RegisterScalableTarget', {
    ...TARGET,
    MinCapacity: setup.min ?? 1,
    MaxCapacity: setup.max ?? 20,
    ...(setup.suspended && { SuspendedState: setup.suspended }),
  });
  aws.seedScaling('PutScalingPolicy', {
    ...TARGET,
    PolicyName: 'cpu',
    TargetTrackingScalingPolicyConfiguration: cpuPolicy(70, setup.cooldowns),
  });
  return {
    ...harness,
    desired: () => aws.settings(CLUSTER, SERVICE).desired,
    setCpu: (cpu) => void history.push({ since: harness.now(), cpu }),
  };
}

async function notScaled({ scaling }: Harness) {
  const { ScalingActivities } = await scaling.send(
    new DescribeScalingActivitiesCommand({ ServiceNamespace: 'ecs', IncludeNotScaledActivities: true }),
  );
  return ScalingActivities?.flatMap(
    (activity) => activity.NotScaledReasons?.map((reason) => reason.Code) ?? [],
  );
}

describe('scale-out', () => {
  it('follows three high minutes out of three, in proportion to the running count', async () => {
    const harness = tracked({ cpu: 50 });
    harness.pass(5 * MINUTE);
    harness.setCpu(100);
    harness.pass(2 * MINUTE);
    expect(harness.desired()).toBe(3);
    harness.pass(MINUTE);
    expect(harness.desired()).toBe(5);
    expect(harness.aws.writes).toMatchObject([
      { who: 'application-autoscaling', call: 'ecs:UpdateService', from: { desired: 3 }, to: { desired: 5 } },
    ]);
    const { ScalingActivities } = await harness.scaling.send(
      new DescribeScalingActivitiesCommand({ ServiceNamespace: 'ecs' }),
    );
    expect(ScalingActivities).toMatchObject([
      {
        Description: 'Setting desired count to 5.',
        Cause: expect.stringMatching(
          /^monitor alarm TargetTracking-.*AlarmHigh.* in state ALARM triggered policy cpu$/,
        ),
        StatusMessage: 'Successfully set desired count to 5. Change successfully fulfilled by ecs.',
      },
    ]);
  });

  it('waits for the cooldown before it adds more of the same', () => {
    const harness = tracked({ cpu: 100, cooldowns: { out: 180, in: 300 } });
    harness.pass(3 * MINUTE);
    expect(harness.desired()).toBe(5);
    harness.pass(2 * MINUTE);
    expect(harness.desired()).toBe(5);
    harness.pass(MINUTE);
    expect(harness.desired()).toBe(8);
  });

  it('lets a larger scale-out through during the cooldown', () => {
    const harness = tracked({ cpu: 75, cooldowns: { out: 600, in: 300 } });
    harness.pass(3 * MINUTE);
    expect(harness.desired()).toBe(4);
    harness.setCpu(140);
    harness.pass(2 * MINUTE);
    expect(harness.desired()).toBe(6);
  });

  it('stops at the maximum and says so', async () => {
    const harness = tracked({ cpu: 100, count: 3, max: 4 });
    harness.pass(10 * MINUTE);
    expect(harness.desired()).toBe(4);
    expect(await notScaled(harness)).toContain('AlreadyAtMaxCapacity');
  });

  it('leaves an activity in progress while the tasks have not started', async () => {
    const harness = tracked({ cpu: 100 });
    harness.world.startsTasks = false;
    harness.pass(3 * MINUTE);
    const { ScalingActivities } = await harness.scaling.send(
      new DescribeScalingActivitiesCommand({ ServiceNamespace: 'ecs' }),
    );
    expect(ScalingActivities?.[0]).toMatchObject({ StatusCode: 'InProgress' });
  });

  it('does nothing while suspended', () => {
    const harness = tracked({ cpu: 100, suspended: { DynamicScalingOutSuspended: true } });
    harness.pass(10 * MINUTE);
    expect(harness.desired()).toBe(3);
  });
});

describe('scale-in', () => {
  it('takes fifteen low minutes out of fifteen, and then small steps a cooldown apart', () => {
    const harness = tracked({ cpu: 65, count: 10 });
    harness.pass(15 * MINUTE);
    harness.setCpu(20);
    harness.pass(14 * MINUTE);
    expect(harness.desired()).toBe(10);
    harness.pass(MINUTE);
    expect(harness.desired()).toBe(9);
    harness.pass(4 * MINUTE);
    expect(harness.desired()).toBe(9);
    harness.pass(MINUTE);
    expect(harness.desired()).toBe(8);
  });

  it('keeps the count between 90 % of the target and the target', () => {
    const harness = tracked({ cpu: 64, count: 10 });
    harness.pass(30 * MINUTE);
    expect(harness.desired()).toBe(10);
  });

  it.each([
    ['while suspended', { suspended: { DynamicScalingInSuspended: true } }],
    ['below the minimum', { min: 10 }],
  ])('does nothing %s', (_, setup) => {
    const harness = tracked({ cpu: 10, count: 10, ...setup });
    harness.pass(30 * MINUTE);
    expect(harness.desired()).toBe(10);
  });

  it('is off while a deployment runs; scale-out is not', async () => {
    const harness = tracked({ cpu: 10, count: 10 });
    harness.world.deploying = true;
    harness.pass(20 * MINUTE);
    expect(harness.desired()).toBe(10);
    expect(await notScaled(harness)).toEqual(['TargetServicePutResourceAsUnscalable']);
    harness.setCpu(100);
    harness.pass(3 * MINUTE);
    expect(harness.desired()).toBe(15);
  });

  it('needs the agreement of all policies', async () => {
    const harness = tracked({ cpu: 10, count: 10 });
    const relief = START + 20 * MINUTE * 1000;
    harness.world.script = (metric, at) => (metric === 'CPUUtilization' ? 10 : at < relief ? 80 : 40);
    await harness.scaling.send(
      new PutScalingPolicyCommand({
        ...TARGET,
        PolicyName: 'memory',
        PolicyType: 'TargetTrackingScaling',
        TargetTrackingScalingPolicyConfiguration: {
          TargetValue: 85,
          PredefinedMetricSpecification: { PredefinedMetricType: 'ECSServiceAverageMemoryUtilization' },
        },
      }),
    );
    harness.pass(20 * MINUTE);
    expect(harness.desired()).toBe(10);
    harness.pass(15 * MINUTE);
    expect(harness.desired()).toBeLessThan(10);
  });
});

describe('other policies', () => {
  it('reacts within a minute to 20-second metrics', () => {
    const harness = createHarness();
    harness.world.script = (_, at) => (at < START ? undefined : 95);
    harness.aws.seedScaling('RegisterScalableTarget', { ...TARGET, MinCapacity: 1, MaxCapacity: 10 });
    harness.aws.seedScaling('PutScalingPolicy', {
      ...TARGET,
      PolicyName: 'fast',
      TargetTrackingScalingPolicyConfiguration: {
        TargetValue: 70,
        PredefinedMetricSpecification: {
          PredefinedMetricType: 'ECSServiceAverageCPUUtilizationHighResolution',
        },
      },
    });
    harness.pass(50);
    expect(harness.aws.settings(CLUSTER, SERVICE).desired).toBe(3);
    harness.pass(10);
    expect(harness.aws.settings(CLUSTER, SERVICE).desired).toBe(5);
  });

  it('takes the step of a step scaling policy that the breach falls into', async () => {
    const harness = createHarness();
    harness.world.script = (metric) => (metric === 'DBPoolUsage' ? 97 : undefined);
    harness.aws.seedScaling('RegisterScalableTarget', { ...TARGET, MinCapacity: 1, MaxCapacity: 10 });
    const { PolicyARN } = await harness.scaling.send(
      new PutScalingPolicyCommand({
        ...TARGET,
        PolicyName: 'steps',
        PolicyType: 'StepScaling',
        StepScalingPolicyConfiguration: {
          AdjustmentType: 'ChangeInCapacity',
          Cooldown: 600,
          StepAdjustments: [
            { MetricIntervalLowerBound: 0, MetricIntervalUpperBound: 5, ScalingAdjustment: 1 },
            { MetricIntervalLowerBound: 5, ScalingAdjustment: 3 },
          ],
        },
      }),
    );
    await harness.cloudWatch.send(
      new PutMetricAlarmCommand({
        AlarmName: 'pool',
        Namespace: 'BuyWhere/API',
        MetricName: 'DBPoolUsage',
        Dimensions: [{ Name: 'Service', Value: SERVICE }],
        Statistic: 'Average',
        Period: 60,
        EvaluationPeriods: 1,
        Threshold: 90,
        ComparisonOperator: 'GreaterThanThreshold',
        AlarmActions: [PolicyARN ?? ''],
      }),
    );
    harness.pass(5 * MINUTE);
    expect(harness.aws.settings(CLUSTER, SERVICE).desired).toBe(6);
  });

  it('follows a customized metric with metric math', () => {
    const harness = createHarness();
    harness.world.script = (metric) => (metric === 'RequestCount' ? 1200 : undefined);
    harness.aws.seedScaling('RegisterScalableTarget', { ...TARGET, MinCapacity: 1, MaxCapacity: 10 });
    const metric = {
      Namespace: 'AWS/ApplicationELB',
      MetricName: 'RequestCount',
      Dimensions: [{ Name: 'LoadBalancer', Value: `app/${SERVICE}/50dc6c495c0c9188` }],
    };
    harness.aws.seedScaling('PutScalingPolicy', {
      ...TARGET,
      PolicyName: 'requests',
      TargetTrackingScalingPolicyConfiguration: {
        TargetValue: 300,
        CustomizedMetricSpecification: {
          Metrics: [
            { Id: 'total', MetricStat: { Metric: metric, Stat: 'Sum' }, ReturnData: false },
            { Id: 'each', Expression: 'total / 2' },
          ],
        },
      },
    });
    harness.pass(3 * MINUTE);
    expect(harness.aws.settings(CLUSTER, SERVICE).desired).toBe(6);
  });
});
