import {
  DescribeScalableTargetsCommand,
  DescribeScalingPoliciesCommand,
  PutScalingPolicyCommand,
  type ScalingPolicy,
} from '@aws-sdk/client-application-auto-scaling';
import { DescribeServicesCommand } from '@aws-sdk/client-ecs';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { putAutoscaling } from '../../functions/put-autoscaling.ts';
import { readAutoscaling } from '../../functions/read-autoscaling.ts';
import { trackingPoliciesOf } from '../../shared/autoscaling/tracking-policies.ts';
import { because } from '../../shared/format/reasons.ts';
import type { Log } from '../../shared/lambda/context.ts';
import { bounds, incident, policy, withoutAlert } from '../support/builders.ts';
import {
  autoscaling,
  context,
  ecs,
  listening,
  lockedStore,
  named,
  quietLog,
  standing,
  writes,
} from './harness.ts';

const request = withoutAlert({ machine: 'configure-autoscaling' });
const loadBalancer = 'app/buywhere-production/50dc6c495c0c9188';
const targetGroup = 'targetgroup/buywhere-api/6d0ecf831eec9f09';

const planNow = async (parameters = {}, log: Log = quietLog) =>
  readAutoscaling.run(
    { document: { request: { ...request, parameters } } },
    context(await lockedStore(), { log }),
  );
type Part = Parameters<typeof putAutoscaling.run>[0]['part'];
type Plan = Awaited<ReturnType<typeof planNow>>;
interface With {
  lockNumber?: number;
  isOn?: boolean;
  log?: Log;
}
async function put(part: Part, plan: Plan, { lockNumber = 1, isOn = true, log = quietLog }: With = {}) {
  const store = await lockedStore(lockNumber);
  const document = { request, incident: incident(), autoscaling: plan };
  return putAutoscaling.run({ part, document }, context(store, { isOn: async () => isOn, log }));
}

beforeEach(() => standing());

it('reads only, and tells the log what is there and what it plans', async () => {
  const { log, lines } = listening();
  const plan = await planNow({}, log);
  expect(plan).toMatchObject({ action: 'configure' });
  expect(lines).toEqual([
    ['info', 'configure autoscaling: configure', { present: expect.anything(), ...plan }],
  ]);
  expect(lines).toMatchObject([[{}, {}, { present: { desired: 3, bounds: { min: 1, max: 10 } } }]]);
  expect(writes()).toEqual([]);
});

it('of a service with another target group is neither planned nor written: its policies would follow its requests', async () => {
  const plan = await planNow();
  const targetGroupArn = 'arn:aws:elasticloadbalancing:ap-southeast-1:123456789012:targetgroup/other/1';
  ecs.on(DescribeServicesCommand).resolves({
    services: [{ status: 'ACTIVE', desiredCount: 3, runningCount: 3, loadBalancers: [{ targetGroupArn }] }],
  });
  const unusable = {
    name: 'ServiceNotUsableError',
    message: expect.stringMatching(
      /does not have the configured target group .*; it has targetgroup\/other\/1/,
    ),
  };
  await expect(planNow()).rejects.toMatchObject(unusable);
  await expect(put('target', plan)).rejects.toMatchObject(unusable);
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

  it.each<[Part, string]>([
    ['cpu', 'the cpu policy'],
    ['target', 'bounds of autoscaling'],
  ])('nothing where the %s is as wanted', async (part, what) => {
    const reasons = [because('nothing-to-change', { what })];
    expect(await put(part, await planNow())).toEqual({ changed: false, from: null, to: null, reasons });
    expect(writes()).toEqual([]);
  });

  it.each<[Part, Parameters<typeof standing>[0], string]>([
    ['cpu', { policy: policy({ target: 60 }) }, 'policy buywhere-api-cpu-scaling'],
    ['target', { bounds: bounds({ max: 15 }) }, 'bounds of autoscaling'],
  ])('nothing the second time: %s', async (part, after, what) => {
    const plan = await planNow({ maxCapacity: 15, cpuTarget: 60 });
    standing(after);
    const reasons = [because('as-wanted', { what })];
    expect(await put(part, plan)).toMatchObject({ changed: false, reasons });
    expect(writes()).toEqual([]);
  });

  it('tells what it changes, row by row', async () => {
    expect(await put('cpu', await planNow({ cpuTarget: 60 }))).toMatchObject({
      changed: true,
      reasons: [because('row-changed', { label: 'CPU target', from: '70 %', to: '60 %' })],
    });
    const { reasons } = await put('latency', await planNow());
    expect(reasons).toEqual(
      [
        ['target', '80 ms'],
        ['scale-out cooldown', '60 s'],
        ['scale-in cooldown', '300 s'],
        ['policy may scale in', 'yes'],
      ].map(([row, to = '']) => because('row-changed', { label: `latency ${row}`, from: 'absent', to })),
    );
  });

  it('at the ceiling, and with no more tasks than max, too', async () => {
    standing({ desired: 20 });
    await put('target', await planNow({ maxCapacity: 20 }));
    expect(writes()).toMatchObject([['RegisterScalableTarget', { MaxCapacity: 20 }]]);
  });

  it('and tells the log of it', async () => {
    const { log, lines } = listening();
    const change = await put('cpu', await planNow({ cpuTarget: 60 }), { log });
    expect(lines).toEqual([['info', 'put-autoscaling', { part: 'cpu', ...change }]]);
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
    [
      'while the switch is off',
      async () => put('latency', await planNow(), { isOn: false }),
      'SwitchedOffError',
    ],
    [
      'when an emergency took the lock',
      async () => put('latency', await planNow(), { lockNumber: 2 }),
      'LockLostError',
    ],
  ])('%s', async (_case, run, name) => {
    await expect(run()).rejects.toMatchObject({ name });
    expect(writes()).toEqual([]);
  });

  const planned = () => planNow({ maxCapacity: 15, cpuTarget: 60 });
  const above = { from: bounds(), to: bounds({ max: 21 }) };
  it.each<[string, Part, () => Promise<Plan>, string]>([
    [
      'by a plan that holds, which says why',
      'cpu',
      () => planNow({ maxCapacity: 2, cpuTarget: 60 }),
      'max 2 is below the 3 desired tasks: that would remove tasks at once. Scale in first; max 10 → 2 would reduce capacity, which needs an approval here. Keep it with maxCapacity 10, or lower it by hand',
    ],
    [
      'above the ceiling, whatever the plan says',
      'target',
      async () => ({ ...(await planned()), target: above }),
      'max 21 is above the ceiling of 20',
    ],
  ])('%s', async (_case, part, plan, message) => {
    await expect(put(part, await plan())).rejects.toMatchObject({ name: 'GuardError', message });
    expect(writes()).toEqual([]);
  });

  it('when more tasks are wanted by now than max', async () => {
    const plan = await planned();
    standing({ desired: 16 });
    await expect(put('target', plan)).rejects.toMatchObject({
      name: 'GuardError',
      message: 'max 15 is below the 16 desired tasks: that would be a scale-in at once',
    });
    expect(writes()).toEqual([]);
  });

  const other = 'by-hand';
  it.each<[string, Part, Parameters<typeof standing>[0], string]>([
    [
      'when a person changed the policy meanwhile',
      'cpu',
      { policy: policy({ target: 65 }) },
      'CPU target 70 % → 65 %',
    ],
    [
      'when a person made it anew under another name',
      'cpu',
      { policy: policy({ name: other, target: 65 }) },
      'policy name buywhere-api-cpu-scaling → by-hand; CPU target 70 % → 65 %',
    ],
    ['when a person changed the bounds meanwhile', 'target', { bounds: bounds({ min: 3 }) }, 'min 1 → 3'],
  ])('%s', async (_case, part, meanwhile, changes) => {
    const plan = await planned();
    standing(meanwhile);
    await expect(put(part, plan)).rejects.toMatchObject({
      name: 'ChangedByPersonError',
      message: `${changes}; it stays as it is`,
    });
    expect(writes()).toEqual([]);
  });

  it('when a person deleted the policy meanwhile', async () => {
    const plan = await planned();
    autoscaling.on(DescribeScalingPoliciesCommand).resolves({ ScalingPolicies: [] });
    await expect(put('cpu', plan)).rejects.toMatchObject({
      name: 'ChangedByPersonError',
      message: 'policy buywhere-api-cpu-scaling is gone: it is not put back; it stays as it is',
    });
    expect(writes()).toEqual([]);
  });

  it('when a person made one meanwhile, where none was', async () => {
    autoscaling.on(DescribeScalingPoliciesCommand).resolves({ ScalingPolicies: [] });
    const plan = await planned();
    standing({ policy: policy({ name: other, target: 65 }) });
    await expect(put('cpu', plan)).rejects.toMatchObject({
      name: 'ChangedByPersonError',
      message:
        'CPU target absent → 65 %; CPU scale-out cooldown absent → 60 s; CPU scale-in cooldown absent → 300 s; CPU policy may scale in absent → yes; it stays as it is',
    });
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
