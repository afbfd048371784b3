import {
  DescribeScalableTargetsCommand,
  PutScalingPolicyCommand,
  type ScalingPolicy,
} from '@aws-sdk/client-application-auto-scaling';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { putAutoscaling } from '../../functions/put-autoscaling.ts';
import { readAutoscaling } from '../../functions/read-autoscaling.ts';
import { trackingPoliciesOf } from '../../shared/autoscaling/tracking-policies.ts';
import { bounds, incident, policy, withoutAlert } from '../support/builders.ts';
import { autoscaling, context, lockedStore, named, standing, writes } from './harness.ts';

const request = withoutAlert({ machine: 'configure-autoscaling' });
const loadBalancer = 'app/buywhere-production/50dc6c495c0c9188';
const targetGroup = 'targetgroup/buywhere-api/6d0ecf831eec9f09';

const planNow = async (parameters = {}) =>
  readAutoscaling.run({ document: { request: { ...request, parameters } } }, context(await lockedStore()));
type Part = Parameters<typeof putAutoscaling.run>[0]['part'];
async function put(part: Part, plan: Awaited<ReturnType<typeof planNow>>, lockNumber = 1, isOn = true) {
  const store = await lockedStore(lockNumber);
  const document = { request, incident: incident(), autoscaling: plan };
  return putAutoscaling.run({ part, document }, context(store, { isOn: async () => isOn }));
}

beforeEach(() => standing());

it('reads only', async () => {
  expect(await planNow()).toMatchObject({ action: 'configure' });
  expect(writes()).toEqual([]);
});

describe('one write per part', () => {
  it('the scalable target, with all three suspended states', async () => {
    await put('target', await planNow({ minCapacity: 2, maxCapacity: 15 }));
    const SuspendedState = {
      DynamicScalingInSuspended: false,
      DynamicScalingOutSuspended: false,
      ScheduledScalingSuspended: false,
    };
    expect(writes()).toEqual([
      ['RegisterScalableTarget', { ...named, MinCapacity: 2, MaxCapacity: 15, SuspendedState }],
    ]);
  });

  it.each<[Part, string, object]>([
    [
      'cpu',
      'buywhere-api-cpu-scaling',
      {
        TargetValue: 60,
        PredefinedMetricSpecification: { PredefinedMetricType: 'ECSServiceAverageCPUUtilization' },
      },
    ],
    [
      'latency',
      'buywhere-api-latency-scaling',
      {
        TargetValue: 0.08,
        CustomizedMetricSpecification: {
          Namespace: 'AWS/ApplicationELB',
          MetricName: 'TargetResponseTime',
          Statistic: 'Average',
          Dimensions: [
            { Name: 'LoadBalancer', Value: loadBalancer },
            { Name: 'TargetGroup', Value: targetGroup },
          ],
        },
      },
    ],
    [
      'requests',
      'buywhere-api-request-scaling',
      {
        TargetValue: 280,
        PredefinedMetricSpecification: {
          PredefinedMetricType: 'ALBRequestCountPerTarget',
          ResourceLabel: `${loadBalancer}/${targetGroup}`,
        },
      },
    ],
  ])('the %s policy', async (part, PolicyName, configuration) => {
    await put(part, await planNow({ cpuTarget: 60 }));
    const TargetTrackingScalingPolicyConfiguration = {
      ScaleOutCooldown: 60,
      ScaleInCooldown: 300,
      DisableScaleIn: false,
      ...configuration,
    };
    expect(writes()).toEqual([
      [
        'PutScalingPolicy',
        {
          ...named,
          PolicyName,
          PolicyType: 'TargetTrackingScaling',
          TargetTrackingScalingPolicyConfiguration,
        },
      ],
    ]);
  });

  it('nothing where the part is as wanted', async () => {
    expect(await put('cpu', await planNow())).toMatchObject({ changed: false });
    expect(writes()).toEqual([]);
  });

  it('nothing the second time', async () => {
    const plan = await planNow({ cpuTarget: 60 });
    standing({ policy: policy({ target: 60 }) });
    expect(await put('cpu', plan)).toMatchObject({ changed: false });
    expect(writes()).toEqual([]);
  });
});

describe('it writes nothing', () => {
  it('in a dry run', async () => {
    const plan = await planNow();
    const document = { request: { ...request, dryRun: true }, incident: incident(), autoscaling: plan };
    await putAutoscaling.run({ part: 'latency', document }, context(await lockedStore()));
    expect(writes()).toEqual([]);
  });

  it.each<[string, () => Promise<unknown>, string]>([
    ['while the switch is off', async () => put('latency', await planNow(), 1, false), 'SwitchedOffError'],
    ['when an emergency took the lock', async () => put('latency', await planNow(), 2), 'LockLostError'],
    ['by a plan that holds', async () => put('target', await planNow({ maxCapacity: 2 })), 'GuardError'],
  ])('%s', async (_case, run, name) => {
    await expect(run()).rejects.toMatchObject({ name });
    expect(writes()).toEqual([]);
  });

  it.each<[string, Part, Parameters<typeof standing>[0], string]>([
    [
      'when a person changed the policy meanwhile',
      'cpu',
      { policy: policy({ target: 65 }) },
      'ChangedByPersonError',
    ],
    [
      'when a person changed the bounds meanwhile',
      'target',
      { bounds: bounds({ min: 3 }) },
      'ChangedByPersonError',
    ],
    ['when more tasks are wanted by now than max', 'target', { desired: 16 }, 'GuardError'],
  ])('%s', async (_case, part, meanwhile, name) => {
    const plan = await planNow({ maxCapacity: 15, cpuTarget: 60 });
    standing(meanwhile);
    await expect(put(part, plan)).rejects.toMatchObject({ name });
    expect(writes()).toEqual([]);
  });
});

it('asks for the lock before a repeated attempt too', async () => {
  const plan = await planNow();
  autoscaling.on(PutScalingPolicyCommand).rejects(new Error('lost'));
  await expect(put('latency', plan)).rejects.toThrow('lost');
  expect(autoscaling.commandCalls(DescribeScalableTargetsCommand).length).toBeGreaterThan(1);
});

describe('policies of AWS', () => {
  const found = (
    TargetTrackingScalingPolicyConfiguration: ScalingPolicy['TargetTrackingScalingPolicyConfiguration'],
  ) =>
    trackingPoliciesOf([
      {
        ...named,
        PolicyARN: 'arn',
        PolicyName: 'one',
        PolicyType: 'TargetTrackingScaling',
        CreationTime: new Date(0),
        TargetTrackingScalingPolicyConfiguration,
      },
    ]);

  it('are known by their metric, whatever the order of the dimensions, with the defaults of ECS', () => {
    const Dimensions = [
      { Name: 'TargetGroup', Value: 'b' },
      { Name: 'LoadBalancer', Value: 'a' },
    ];
    const CustomizedMetricSpecification = {
      Namespace: 'N',
      MetricName: 'M',
      Statistic: 'Average' as const,
      Dimensions,
    };
    expect(found({ TargetValue: 1, CustomizedMetricSpecification }).tracking).toEqual([
      {
        name: 'one',
        metric: 'N M Average LoadBalancer=a TargetGroup=b',
        target: 1,
        scaleOutCooldownSeconds: 300,
        scaleInCooldownSeconds: 300,
        disableScaleIn: false,
      },
    ]);
  });

  it('on metric math are something else', () => {
    expect(found({ TargetValue: 1, CustomizedMetricSpecification: { Metrics: [] } }).tracking).toMatchObject([
      { metric: '{"Metrics":[]}' },
    ]);
  });
});
