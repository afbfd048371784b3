import { CloudWatchClient, GetMetricDataCommand, type MetricDataResult } from '@aws-sdk/client-cloudwatch';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import { readMetrics } from '../../../shared/aws/metrics.ts';
import { now, production, secondsLater, service } from '../../support/builders.ts';

const cloudwatch = mockClient(CloudWatchClient);
beforeEach(() => {
  cloudwatch.reset();
});

const read = () => readMetrics(new CloudWatchClient({}), service, production, new Date(now));
const cpu = (part: Partial<MetricDataResult>): MetricDataResult => ({ Id: 'cpu', ...part });
const ago = (...seconds: number[]) => seconds.map((each) => new Date(secondsLater(-each)));
const answer = (...MetricDataResults: MetricDataResult[]) =>
  cloudwatch.on(GetMetricDataCommand).resolves({ MetricDataResults });

describe('metrics out of CloudWatch', () => {
  it('keeps the points that count, oldest first', async () => {
    answer(cpu({ Timestamps: ago(120, 60), Values: [40, 50] }));

    expect((await read()).cpuPercent).toMatchObject({
      points: [{ value: 40 }, { at: new Date(secondsLater(-60)), value: 50 }],
    });
  });

  it.each<[string, MetricDataResult, string]>([
    ['empty', cpu({ Timestamps: [], Values: [] }), 'no data points'],
    ['only NaN', cpu({ Timestamps: ago(60), Values: [Number.NaN] }), 'every point is NaN or negative'],
    ['negative', cpu({ Timestamps: ago(60), Values: [-1] }), 'every point is NaN or negative'],
    ['without its value', cpu({ Timestamps: ago(60), Values: [] }), 'every point is NaN or negative'],
    ['stale', cpu({ Timestamps: ago(301), Values: [40] }), 'stale: the newest point is 301 s old'],
    ['forbidden', cpu({ StatusCode: 'Forbidden' }), 'CloudWatch answered Forbidden'],
    ['broken', cpu({ StatusCode: 'InternalError' }), 'CloudWatch answered InternalError'],
    ['not there', { Id: 'other' }, 'CloudWatch returned no series'],
  ])('is unknown when it is %s', async (_, result, reason) => {
    answer(result);

    expect((await read()).cpuPercent).toMatchObject({ unknown: expect.stringContaining(reason) });
  });

  it('takes the newest finite point when a later one is NaN', async () => {
    answer(cpu({ Timestamps: ago(120, 60), Values: [40, Number.NaN] }));
    expect((await read()).cpuPercent).toMatchObject({ points: [{ value: 40 }] });
  });

  it('reads on over all pages', async () => {
    cloudwatch
      .on(GetMetricDataCommand)
      .resolvesOnce({ MetricDataResults: [cpu({ Timestamps: ago(120), Values: [40] })], NextToken: 'more' })
      .resolvesOnce({ MetricDataResults: [cpu({ Timestamps: ago(60), Values: [50] })] });

    expect((await read()).cpuPercent).toMatchObject({ points: [{ value: 40 }, { value: 50 }] });
    expect(cloudwatch.commandCalls(GetMetricDataCommand)[1]?.args[0].input).toMatchObject({
      NextToken: 'more',
    });
  });

  it('asks for all metrics in one call, in minutes but for the fast CPU, with the dimensions of the configuration', async () => {
    answer();
    await read();
    const [call] = cloudwatch.commandCalls(GetMetricDataCommand);
    const queries = call?.args[0].input.MetricDataQueries ?? [];
    const p99 = queries.find(({ Id }) => Id === 'p99');

    expect(cloudwatch.calls()).toHaveLength(1);
    expect(queries.filter(({ MetricStat }) => MetricStat && MetricStat.Period !== 60)).toMatchObject([
      { Id: 'cpuFast', MetricStat: { Period: 20, Metric: { MetricName: 'CPUUtilization' } } },
    ]);
    expect(p99?.MetricStat).toMatchObject({
      Stat: 'p99',
      Metric: { Dimensions: [{ Value: service.loadBalancer }, { Value: service.targetGroup }] },
    });
  });

  const fast = (part: Partial<MetricDataResult>): MetricDataResult => ({ Id: 'cpuFast', ...part });
  it.each<[string, MetricDataResult[], number[]]>([
    [
      'a newer one comes last',
      [cpu({ Timestamps: ago(120), Values: [40] }), fast({ Timestamps: ago(60, 40), Values: [80, 99] })],
      [40, 99],
    ],
    [
      'one inside the newest minute adds nothing',
      [cpu({ Timestamps: ago(120), Values: [40] }), fast({ Timestamps: ago(80), Values: [80] })],
      [40],
    ],
    [
      'it serves alone where no minute is known',
      [cpu({ Timestamps: [], Values: [] }), fast({ Timestamps: ago(40), Values: [99] })],
      [99],
    ],
    [
      'a stale one does not count',
      [cpu({ Timestamps: ago(120), Values: [40] }), fast({ Timestamps: ago(301), Values: [99] })],
      [40],
    ],
    [
      'nor does NaN',
      [cpu({ Timestamps: ago(120), Values: [40] }), fast({ Timestamps: ago(40), Values: [Number.NaN] })],
      [40],
    ],
  ])('20-second CPU: %s', async (_, results, values) => {
    answer(...results);

    expect((await read()).cpuPercent).toMatchObject({ points: values.map((value) => ({ value })) });
  });

  const minutes = ago(300, 240, 180, 120, 60);
  const frozen = cpu({ Timestamps: minutes, Values: [35, 35, 35, 35, 35] });
  it.each<[string, MetricDataResult[], object]>([
    ['35 % five times is frozen', [frozen], { unknown: expect.stringContaining('frozen') }],
    [
      'also on 20-second points',
      [frozen, fast({ Timestamps: minutes, Values: [30, 30, 30, 30, 30] })],
      { unknown: expect.stringContaining('frozen') },
    ],
    ['capped is not', [cpu({ Timestamps: minutes, Values: [100, 100, 100, 100, 100] })], { points: {} }],
    ['nor idle', [cpu({ Timestamps: minutes, Values: [9, 9, 9, 9, 9] })], { points: {} }],
    ['nor what moves', [cpu({ Timestamps: minutes, Values: [35, 35, 35, 35, 35.1] })], { points: {} }],
  ])('CPU: %s', async (_, results, expected) => {
    answer(...results);

    expect((await read()).cpuPercent).toMatchObject(expected);
  });

  it('asks for no 20-second CPU where the service has none', async () => {
    answer();
    await readMetrics(
      new CloudWatchClient({}),
      { ...service, cpuMetricSeconds: 60 },
      production,
      new Date(now),
    );

    const [call] = cloudwatch.commandCalls(GetMetricDataCommand);
    expect(call?.args[0].input.MetricDataQueries?.map(({ Id }) => Id)).not.toContain('cpuFast');
  });
});
