import { CloudWatchClient, GetMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { DescribeServicesCommand, ECSClient } from '@aws-sdk/client-ecs';
import { afterEach, describe, expect, it } from '@jest/globals';
import { createAws } from '../../../sandbox/aws/aws.ts';
import { wireRequestHandler } from '../../../sandbox/aws/sdk.ts';
import type { FaultPlan } from '../../../sandbox/aws/wire.ts';
import { installVirtualTime, type VirtualTime } from '../../../sandbox/clock.ts';
import { createWorld } from '../../../sandbox/world/world.ts';
import { CLUSTER, SERVICE } from './fake-world.ts';
import { cpuPolicy, START, TARGET } from './harness.ts';

const MINUTE = 60_000;
let time: VirtualTime | undefined;
afterEach(() => time?.uninstall());

/** Ten requests a second, forty after the fifth minute: too many for the three tasks. */
const spike = (seconds: number) => (seconds < 300 ? 10 : 40);

function start(seed: number, faults?: FaultPlan) {
  const virtual = installVirtualTime({ start: new Date(START), seed });
  time = virtual;
  const world = createWorld({
    now: virtual.now,
    random: virtual.random,
    services: [{ cluster: CLUSTER, name: SERVICE, desiredCount: 3, arrivals: spike, historySeconds: 1200 }],
  });
  const aws = createAws({ world, now: virtual.now, random: virtual.random, ...(faults && { faults }) });
  aws.seedScaling('RegisterScalableTarget', { ...TARGET, MinCapacity: 1, MaxCapacity: 10 });
  aws.seedScaling('PutScalingPolicy', {
    ...TARGET,
    PolicyName: 'cpu',
    TargetTrackingScalingPolicyConfiguration: cpuPolicy(70),
  });
  aws.alarms.putAlarm({
    AlarmName: 'HighLatencyP99',
    Namespace: 'AWS/ApplicationELB',
    MetricName: 'TargetResponseTime',
    Dimensions: [{ Name: 'LoadBalancer', Value: `app/${SERVICE}/50dc6c495c0c9188` }],
    ExtendedStatistic: 'p99',
    Period: 60,
    EvaluationPeriods: 3,
    Threshold: 2.5,
    ComparisonOperator: 'GreaterThanThreshold',
    TreatMissingData: 'notBreaching',
  });
  aws.start();
  const transitions: string[] = [];
  aws.alarms.onAlarmStateChange(({ detail }) => {
    if (detail.alarmName === 'HighLatencyP99') transitions.push(detail.state.value);
  });
  const config = {
    region: 'ap-southeast-1',
    credentials: { accessKeyId: 'sandbox', secretAccessKey: 'sandbox' },
    requestHandler: wireRequestHandler(aws.handle, 'assess'),
  };
  return { virtual, aws, transitions, ecs: new ECSClient(config), cloudWatch: new CloudWatchClient(config) };
}

describe('a traffic spike without anybody', () => {
  it('fires the latency alarm once; target tracking adds tasks until it is over', async () => {
    const { virtual, aws, transitions, ecs } = start(1);
    await virtual.runUntil(() => false, 45 * MINUTE);
    expect(transitions).toEqual(['OK', 'ALARM', 'OK']);
    expect(aws.writes.length).toBeGreaterThan(0);
    expect(aws.writes.every(({ who }) => who === 'application-autoscaling')).toBe(true);
    let seen: number | undefined;
    void ecs
      .send(new DescribeServicesCommand({ cluster: CLUSTER, services: [SERVICE] }))
      .then(({ services }) => {
        seen = services?.[0]?.runningCount;
      });
    await virtual.runUntil(() => seen !== undefined);
    expect(seen).toBeGreaterThanOrEqual(8);
    expect(seen).toBeLessThanOrEqual(10);
  });

  it('is the same story for the same seed', async () => {
    const play = async () => {
      const { virtual, aws } = start(5);
      await virtual.runUntil(() => false, 30 * MINUTE);
      virtual.uninstall();
      return JSON.stringify([aws.writes, aws.alarms.all()]);
    };
    expect(await play()).toBe(await play());
  });
});

it('retries of the SDK pass in virtual time', async () => {
  let left = 2;
  const { virtual, aws, cloudWatch } = start(1, () =>
    left-- > 0
      ? { kind: 'error', name: 'ThrottlingException', message: 'Rate exceeded', status: 400 }
      : undefined,
  );
  let values: number[] | undefined;
  const MetricStat = {
    Metric: {
      Namespace: 'AWS/ECS',
      MetricName: 'CPUUtilization',
      Dimensions: [
        { Name: 'ClusterName', Value: CLUSTER },
        { Name: 'ServiceName', Value: SERVICE },
      ],
    },
    Period: 60,
    Stat: 'Average',
  };
  void cloudWatch
    .send(
      new GetMetricDataCommand({
        StartTime: new Date(START - 10 * MINUTE),
        EndTime: new Date(START),
        MetricDataQueries: [{ Id: 'cpu', MetricStat }],
      }),
    )
    .then(({ MetricDataResults }) => {
      values = MetricDataResults?.[0]?.Values;
    });
  await virtual.runUntil(() => values !== undefined);
  expect(aws.calls.map(({ error }) => error)).toEqual([
    'ThrottlingException',
    'ThrottlingException',
    undefined,
  ]);
  expect(values?.length).toBeGreaterThan(5);
  expect(virtual.now()).toBeGreaterThan(START);
});
