import {
  DeleteAlarmsCommand,
  DescribeAlarmsCommand,
  GetMetricDataCommand,
  type MetricDataQuery,
  PutMetricAlarmCommand,
  SetAlarmStateCommand,
} from '@aws-sdk/client-cloudwatch';
import { describe, expect, it } from '@jest/globals';
import { CLUSTER, SERVICE } from './fake-world.ts';
import { createHarness, START } from './harness.ts';

const ECS_DIMENSIONS = [
  { Name: 'ClusterName', Value: CLUSTER },
  { Name: 'ServiceName', Value: SERVICE },
];
const LOAD_BALANCER = [{ Name: 'LoadBalancer', Value: `app/${SERVICE}/50dc6c495c0c9188` }];

function metric(
  id: string,
  name: string,
  stat: string,
  dimensions = LOAD_BALANCER,
  returned = true,
): MetricDataQuery {
  const namespace = dimensions === ECS_DIMENSIONS ? 'AWS/ECS' : 'AWS/ApplicationELB';
  return {
    Id: id,
    MetricStat: {
      Metric: { Namespace: namespace, MetricName: name, Dimensions: dimensions },
      Period: 60,
      Stat: stat,
    },
    ReturnData: returned,
  };
}

const range = { StartTime: new Date(START), EndTime: new Date(START + 300_000) };

describe('GetMetricData', () => {
  it('answers newest first, or oldest first when asked', async () => {
    const { cloudWatch, pass, world } = createHarness();
    world.script = (_, at) => (at - START) / 60_000;
    pass(180);
    const input = {
      ...range,
      MetricDataQueries: [metric('cpu', 'CPUUtilization', 'Average', ECS_DIMENSIONS)],
    };
    const newest = await cloudWatch.send(new GetMetricDataCommand(input));
    expect(newest.MetricDataResults?.[0]).toMatchObject({
      Id: 'cpu',
      Label: 'CPUUtilization',
      StatusCode: 'Complete',
      Values: [2, 1, 0],
      Timestamps: [120_000, 60_000, 0].map((offset) => new Date(START + offset)),
    });
    const oldest = await cloudWatch.send(
      new GetMetricDataCommand({ ...input, ScanBy: 'TimestampAscending' }),
    );
    expect(oldest.MetricDataResults?.[0]?.Values).toEqual([0, 1, 2]);
  });

  it('computes an error rate; minutes without errors count as zero, minutes without requests not at all', async () => {
    const { cloudWatch, pass, world } = createHarness();
    world.script = (name, at) => {
      const minute = (at - START) / 60_000;
      if (name === 'RequestCount') return minute === 1 ? undefined : 200;
      return minute === 0 ? 10 : undefined;
    };
    pass(180);
    const MetricDataQueries = [
      metric('errors', 'HTTPCode_Target_5XX_Count', 'Sum', LOAD_BALANCER, false),
      metric('requests', 'RequestCount', 'Sum', LOAD_BALANCER, false),
      { Id: 'rate', Expression: '100 * FILL(errors, 0) / requests' },
    ];
    const answer = await cloudWatch.send(new GetMetricDataCommand({ ...range, MetricDataQueries }));
    expect(answer.MetricDataResults).toHaveLength(1);
    expect(answer.MetricDataResults?.[0]).toMatchObject({ Id: 'rate', Label: 'rate', Values: [0, 5] });
  });

  it('chooses by a comparison, minute by minute', async () => {
    const { cloudWatch, pass, world } = createHarness();
    world.script = (name, at) => {
      const minute = (at - START) / 60_000;
      if (name === 'RequestCount') return 100 * minute;
      return minute === 2 ? undefined : 7;
    };
    pass(180);
    const MetricDataQueries = [
      metric('errors', 'HTTPCode_Target_5XX_Count', 'Sum', LOAD_BALANCER, false),
      metric('requests', 'RequestCount', 'Sum', LOAD_BALANCER, false),
      { Id: 'own', Expression: 'IF(requests > 50, FILL(errors, 1), 0)' },
    ];
    const answer = await cloudWatch.send(
      new GetMetricDataCommand({ ...range, ScanBy: 'TimestampAscending', MetricDataQueries }),
    );
    expect(answer.MetricDataResults?.[0]?.Values).toEqual([0, 7, 1]);
  });

  it.each([
    ['SUM', [100, 100, 207]],
    ['MAX', [100, 100, 200]],
  ])('takes %s over what has a point', async (over, values) => {
    const { cloudWatch, pass, world } = createHarness();
    world.script = (name, at) => {
      const minute = (at - START) / 60_000;
      if (name === 'RequestCount') return 100 * Math.max(1, minute);
      return minute === 2 ? 7 : undefined;
    };
    pass(180);
    const MetricDataQueries = [
      metric('few', 'HTTPCode_Target_5XX_Count', 'Sum', LOAD_BALANCER, false),
      metric('requests', 'RequestCount', 'Sum', LOAD_BALANCER, false),
      { Id: 'all', Expression: `${over}([requests, few])` },
    ];
    const answer = await cloudWatch.send(
      new GetMetricDataCommand({ ...range, ScanBy: 'TimestampAscending', MetricDataQueries }),
    );
    expect(answer.MetricDataResults?.[0]?.Values).toEqual(values);
  });

  it.each([
    ['an unknown dimension value', [{ Name: 'LoadBalancer', Value: 'app/other/1' }]],
    ['too few dimensions', ECS_DIMENSIONS.slice(0, 1)],
  ])('has no points for %s', async (_, dimensions) => {
    const { cloudWatch, pass, world } = createHarness();
    world.script = () => 1;
    pass(180);
    const MetricDataQueries = [metric('m', 'RequestCount', 'Sum', dimensions)];
    const answer = await cloudWatch.send(new GetMetricDataCommand({ ...range, MetricDataQueries }));
    expect(answer.MetricDataResults).toMatchObject([{ Values: [], Timestamps: [], StatusCode: 'Complete' }]);
  });

  it('passes NaN on as NaN', async () => {
    const { cloudWatch, pass, world } = createHarness();
    world.script = () => Number.NaN;
    pass(60);
    const MetricDataQueries = [metric('m', 'RequestCount', 'Sum')];
    const answer = await cloudWatch.send(new GetMetricDataCommand({ ...range, MetricDataQueries }));
    expect(answer.MetricDataResults?.[0]?.Values).toEqual([Number.NaN]);
  });

  it.each([
    [
      'a faulty expression',
      { MetricDataQueries: [{ Id: 'e', Expression: '1 +' }] },
      /Error in expression '1 \+'/,
    ],
    ['an unknown id', { MetricDataQueries: [{ Id: 'e', Expression: 'nothing * 2' }] }, /'nothing'/],
    ['a circle', { MetricDataQueries: [{ Id: 'a', Expression: 'a + 1' }] }, /'a'/],
    [
      'an empty range',
      { MetricDataQueries: [metric('m', 'RequestCount', 'Sum')], EndTime: range.StartTime },
      /StartTime/,
    ],
    ['an upper-case id', { MetricDataQueries: [metric('M', 'RequestCount', 'Sum')] }, /lower-case/],
  ])('refuses %s', async (_, change, message) => {
    const { cloudWatch } = createHarness();
    await expect(cloudWatch.send(new GetMetricDataCommand({ ...range, ...change }))).rejects.toMatchObject({
      name: 'ValidationException',
      message: expect.stringMatching(message),
    });
  });
});

const P99_ALARM = {
  AlarmName: 'buywhere-api-HighLatencyP99',
  AlarmDescription: 'P99 above 2.5 s',
  Namespace: 'AWS/ApplicationELB',
  MetricName: 'TargetResponseTime',
  Dimensions: LOAD_BALANCER,
  ExtendedStatistic: 'p99',
  Period: 60,
  EvaluationPeriods: 3,
  Threshold: 2.5,
  ComparisonOperator: 'GreaterThanThreshold' as const,
  TreatMissingData: 'notBreaching',
};

describe('alarms', () => {
  it('fires after three points out of three and emits the document that EventBridge delivers', async () => {
    const { aws, cloudWatch, pass, world } = createHarness();
    world.script = (_, at) => (at < START ? undefined : at < START + 180_000 ? 0.4 : 3);
    await cloudWatch.send(new PutMetricAlarmCommand(P99_ALARM));
    const events: unknown[] = [];
    aws.alarms.onAlarmStateChange((event) => void events.push(event));
    pass(300);
    expect(events).toHaveLength(1);
    pass(60);
    expect(events).toHaveLength(2);
    expect(events[1]).toEqual({
      version: '0',
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      'detail-type': 'CloudWatch Alarm State Change',
      source: 'aws.cloudwatch',
      account: '123456789012',
      time: '2026-11-23T12:06:00Z',
      region: 'ap-southeast-1',
      resources: ['arn:aws:cloudwatch:ap-southeast-1:123456789012:alarm:buywhere-api-HighLatencyP99'],
      detail: {
        alarmName: 'buywhere-api-HighLatencyP99',
        state: {
          value: 'ALARM',
          reason:
            'Threshold Crossed: 3 out of the last 3 datapoints [3.0 (23/11/26 12:05:00), 3.0 (23/11/26 12:04:00), ' +
            '3.0 (23/11/26 12:03:00)] were greater than the threshold (2.5) (minimum 3 datapoints for OK -> ALARM transition).',
          reasonData: expect.any(String),
          timestamp: '2026-11-23T12:06:00.000+0000',
        },
        previousState: {
          value: 'OK',
          reason: expect.stringMatching(/not greater than the threshold|missing datapoints were treated as/),
          reasonData: expect.any(String),
          timestamp: '2026-11-23T12:01:00.000+0000',
        },
        configuration: {
          description: 'P99 above 2.5 s',
          metrics: [
            {
              id: expect.any(String),
              metricStat: {
                metric: {
                  namespace: 'AWS/ApplicationELB',
                  name: 'TargetResponseTime',
                  dimensions: { LoadBalancer: `app/${SERVICE}/50dc6c495c0c9188` },
                },
                period: 60,
                stat: 'p99',
              },
              returnData: true,
            },
          ],
        },
      },
    });
  });

  it.each([
    ['ignore', 333, ['OK']],
    ['ignore', 334, ['OK', 'ALARM']],
    ['evaluate', 1, ['OK', 'ALARM']],
  ] as const)(
    'told to %s low samples, with %i requests in each of three minutes: %j',
    async (low, samples, states) => {
      const { aws, cloudWatch, pass, world } = createHarness();
      world.script = (_, at, statistic) => {
        if (statistic === 'SampleCount') return samples;
        return at < START ? undefined : at < START + 180_000 ? 0.4 : 3;
      };
      await cloudWatch.send(
        new PutMetricAlarmCommand({ ...P99_ALARM, EvaluateLowSampleCountPercentile: low }),
      );
      aws.alarms.setState(P99_ALARM.AlarmName, 'OK', 'test');
      const seen = ['OK'];
      aws.alarms.onAlarmStateChange(({ detail }) => void seen.push(detail.state.value));
      pass(360);
      expect(seen).toEqual(states);
    },
  );

  it('explains itself in DescribeAlarms', async () => {
    const { cloudWatch, pass, world } = createHarness();
    await cloudWatch.send(new PutMetricAlarmCommand(P99_ALARM));
    const describeAll = () => cloudWatch.send(new DescribeAlarmsCommand({ StateValue: 'ALARM' }));
    expect((await describeAll()).MetricAlarms).toEqual([]);
    world.script = () => 3;
    pass(60);
    const { MetricAlarms } = await describeAll();
    expect(MetricAlarms?.[0]).toMatchObject({ AlarmName: P99_ALARM.AlarmName, StateValue: 'ALARM' });
    expect(JSON.parse(MetricAlarms?.[0]?.StateReasonData ?? '')).toMatchObject({
      version: '1.0',
      statistic: 'p99',
      period: 60,
      recentDatapoints: [3, 3, 3],
      threshold: 2.5,
    });
    expect(MetricAlarms?.[0]?.StateTransitionedTimestamp).toEqual(new Date(START + 60_000));
  });

  it('is set by hand until the next evaluation', async () => {
    const { aws, cloudWatch, pass, world } = createHarness();
    world.script = () => 0.2;
    await cloudWatch.send(new PutMetricAlarmCommand(P99_ALARM));
    pass(60);
    const states: string[] = [];
    aws.alarms.onAlarmStateChange((event) => void states.push(event.detail.state.value));
    await cloudWatch.send(
      new SetAlarmStateCommand({ AlarmName: P99_ALARM.AlarmName, StateValue: 'ALARM', StateReason: 'drill' }),
    );
    pass(60);
    expect(states).toEqual(['ALARM', 'OK']);
  });

  it('refuses what CloudWatch refuses', async () => {
    const { cloudWatch } = createHarness();
    await expect(
      cloudWatch.send(new PutMetricAlarmCommand({ ...P99_ALARM, DatapointsToAlarm: 4 })),
    ).rejects.toMatchObject({ name: 'ValidationException' });
    await expect(
      cloudWatch.send(new SetAlarmStateCommand({ AlarmName: 'no', StateValue: 'OK', StateReason: 'x' })),
    ).rejects.toMatchObject({ name: 'ResourceNotFound' });
    await cloudWatch.send(new PutMetricAlarmCommand(P99_ALARM));
    await cloudWatch.send(new DeleteAlarmsCommand({ AlarmNames: [P99_ALARM.AlarmName] }));
    await expect(
      cloudWatch.send(new DeleteAlarmsCommand({ AlarmNames: [P99_ALARM.AlarmName] })),
    ).rejects.toMatchObject({ name: 'ResourceNotFound' });
  });
});
