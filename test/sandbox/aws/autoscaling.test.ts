import {
  DeleteScalingPolicyCommand,
  DeregisterScalableTargetCommand,
  DescribeScalableTargetsCommand,
  DescribeScalingActivitiesCommand,
  DescribeScalingPoliciesCommand,
  PutScalingPolicyCommand,
  RegisterScalableTargetCommand,
} from '@aws-sdk/client-application-auto-scaling';
import { DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import { UpdateServiceCommand } from '@aws-sdk/client-ecs';
import { describe, expect, it } from '@jest/globals';
import { CLUSTER, SERVICE } from './fake-world.ts';
import { cpuPolicy, createHarness, type Harness, RESOURCE, TARGET } from './harness.ts';

const register = (change: object) => new RegisterScalableTargetCommand({ ...TARGET, ...change });
const put = (name: string, target: number) =>
  new PutScalingPolicyCommand({
    ...TARGET,
    PolicyName: name,
    PolicyType: 'TargetTrackingScaling',
    TargetTrackingScalingPolicyConfiguration: cpuPolicy(target),
  });
const desired = ({ aws }: Harness) => aws.settings(CLUSTER, SERVICE).desired;

describe('RegisterScalableTarget', () => {
  it('needs both bounds to create, and changes only what is passed afterwards', async () => {
    const { scaling } = createHarness();
    await expect(scaling.send(register({ MaxCapacity: 10 }))).rejects.toMatchObject({
      name: 'ValidationException',
    });
    await scaling.send(register({ MinCapacity: 1, MaxCapacity: 10 }));
    await scaling.send(register({ MaxCapacity: 20 }));
    const { ScalableTargets } = await scaling.send(
      new DescribeScalableTargetsCommand({ ServiceNamespace: 'ecs' }),
    );
    expect(ScalableTargets).toHaveLength(1);
    expect(ScalableTargets?.[0]).toMatchObject({
      ResourceId: RESOURCE,
      MinCapacity: 1,
      MaxCapacity: 20,
      SuspendedState: { DynamicScalingInSuspended: false },
    });
    expect(ScalableTargets?.[0]?.CreationTime).toBeInstanceOf(Date);
  });

  it('moves the count into the bounds on any update, even one of the suspended state alone', async () => {
    const harness = createHarness();
    const { aws, ecs, scaling } = harness;
    await scaling.send(register({ MinCapacity: 1, MaxCapacity: 10 }));
    await ecs.send(new UpdateServiceCommand({ cluster: CLUSTER, service: SERVICE, desiredCount: 14 }));
    harness.pass(600);
    expect(desired(harness)).toBe(14);
    await scaling.send(register({ SuspendedState: { DynamicScalingInSuspended: true } }));
    expect(desired(harness)).toBe(10);
    expect(aws.writes.slice(-2)).toMatchObject([
      { who: 'scale-out', call: 'application-autoscaling:RegisterScalableTarget' },
      {
        who: 'application-autoscaling',
        call: 'ecs:UpdateService',
        from: { desired: 14 },
        to: { desired: 10 },
      },
    ]);
    expect(aws.writes.at(-2)?.to).toEqual({
      suspended: { dynamicScalingIn: true, dynamicScalingOut: false, scheduledScaling: false },
    });
    const { ScalingActivities } = await scaling.send(
      new DescribeScalingActivitiesCommand({ ServiceNamespace: 'ecs' }),
    );
    expect(ScalingActivities?.[0]).toMatchObject({
      Description: 'Setting desired count to 10.',
      Cause: 'maximum capacity was set to 10',
      StatusCode: 'Successful',
    });
  });

  it.each([
    [{ MinCapacity: 5, MaxCapacity: 2 }, /less than/],
    [
      { MinCapacity: 1, MaxCapacity: 2, ResourceId: `service/${CLUSTER}/none` },
      /ECS service doesn't exist: service/,
    ],
    [{ MinCapacity: -1, MaxCapacity: 2 }, /MinCapacity/],
  ])('refuses %j', async (change, message) => {
    const { aws, scaling } = createHarness();
    await expect(scaling.send(register(change))).rejects.toMatchObject({
      name: 'ValidationException',
      message: expect.stringMatching(message),
    });
    expect(aws.writes).toEqual([]);
  });
});

describe('scaling policies', () => {
  async function registered(): Promise<Harness> {
    const harness = createHarness();
    await harness.scaling.send(register({ MinCapacity: 1, MaxCapacity: 10 }));
    return harness;
  }

  it('refuses a second target-tracking policy on the same metric', async () => {
    const { scaling } = await registered();
    await scaling.send(put('buywhere-api-cpu-scaling', 70));
    await expect(scaling.send(put('buywhere-api-cpu-scaling-temp', 50))).rejects.toMatchObject({
      name: 'ValidationException',
      message: 'Only one TargetTrackingScaling policy for a given metric specification is allowed.',
    });
  });

  it('updates a policy under its own name and keeps its identity and alarms', async () => {
    const { aws, scaling, cloudWatch } = await registered();
    const first = await scaling.send(put('cpu', 70));
    const second = await scaling.send(put('cpu', 50));
    expect(second).toMatchObject({ PolicyARN: first.PolicyARN, Alarms: first.Alarms });
    expect(first.PolicyARN).toMatch(/^arn:aws:autoscaling:.*:resource\/ecs\/service\/.*:policyName\/cpu$/);
    expect(first.Alarms?.map((alarm) => alarm.AlarmName)).toEqual([
      expect.stringMatching(`^TargetTracking-${RESOURCE}-AlarmHigh-`),
      expect.stringMatching(`^TargetTracking-${RESOURCE}-AlarmLow-`),
    ]);
    const { MetricAlarms } = await cloudWatch.send(
      new DescribeAlarmsCommand({ AlarmNamePrefix: 'TargetTracking-' }),
    );
    expect(MetricAlarms?.map((alarm) => [alarm.Threshold, alarm.EvaluationPeriods])).toEqual([
      [50, 3],
      [45, 15],
    ]);
    expect(aws.writes.at(-1)).toMatchObject({
      call: 'application-autoscaling:PutScalingPolicy',
      from: { policies: [{ name: 'cpu', target: 70 }] },
      to: { policies: [{ name: 'cpu', target: 50, scaleOutCooldown: 60, scaleInCooldown: 300 }] },
    });
  });

  it('describes at most ten policies a page', async () => {
    const { scaling } = await registered();
    const describePolicies = (MaxResults: number) =>
      scaling.send(
        new DescribeScalingPoliciesCommand({ ServiceNamespace: 'ecs', ResourceId: RESOURCE, MaxResults }),
      );
    await scaling.send(put('cpu', 70));
    const { ScalingPolicies } = await describePolicies(10);
    expect(ScalingPolicies?.[0]).toMatchObject({
      PolicyName: 'cpu',
      PolicyType: 'TargetTrackingScaling',
      TargetTrackingScalingPolicyConfiguration: { TargetValue: 70 },
    });
    await expect(describePolicies(50)).rejects.toMatchObject({ name: 'ValidationException' });
  });

  it('deletes policies with their alarms, and all of them with the target', async () => {
    const { aws, scaling } = await registered();
    await scaling.send(put('cpu', 70));
    await scaling.send(new DeregisterScalableTargetCommand(TARGET));
    expect(aws.alarms.all()).toEqual([]);
    expect(aws.settings(CLUSTER, SERVICE)).not.toHaveProperty('min');
    const missing = { name: 'ObjectNotFoundException' };
    await expect(scaling.send(put('cpu', 70))).rejects.toMatchObject(missing);
    await expect(scaling.send(new DeregisterScalableTargetCommand(TARGET))).rejects.toMatchObject(missing);
    await expect(
      scaling.send(new DeleteScalingPolicyCommand({ ...TARGET, PolicyName: 'cpu' })),
    ).rejects.toMatchObject(missing);
  });
});
