import { CloudWatchClient, GetMetricDataCommand, type MetricDataResult } from '@aws-sdk/client-cloudwatch';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import { asWorker } from '../../../chaos/generate/config.ts';
import type { SeriesName } from '../../../shared/config/metric-catalogue.ts';
import { metricQueries, queryIds, readMetrics } from '../../../shared/metrics/cloudwatch.ts';
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

  it.each<[string, MetricDataResult, object]>([
    ['empty', cpu({ Timestamps: [], Values: [] }), { cause: 'no-points' }],
    [
      'only NaN',
      cpu({ Timestamps: ago(60), Values: [Number.NaN] }),
      { cause: 'implausible', every: 'value' },
    ],
    ['negative', cpu({ Timestamps: ago(60), Values: [-1] }), { cause: 'implausible', every: 'value' }],
    ['without its value', cpu({ Timestamps: ago(60), Values: [] }), { cause: 'implausible', every: 'value' }],
    ['stale', cpu({ Timestamps: ago(301), Values: [40] }), { cause: 'stale', ageSeconds: 301 }],
    ['forbidden', cpu({ StatusCode: 'Forbidden' }), { cause: 'denied', error: 'Forbidden' }],
    ['broken', cpu({ StatusCode: 'InternalError' }), { cause: 'failed', error: 'InternalError' }],
    ['not there', { Id: 'other' }, { cause: 'no-points' }],
  ])('is unknown when it is %s', async (_, result, unknown) => {
    answer(result);

    expect((await read()).cpuPercent).toMatchObject({ unknown });
  });

  it('takes the newest finite point when a later one is NaN', async () => {
    answer(cpu({ Timestamps: ago(120, 60), Values: [40, Number.NaN] }));
    expect((await read()).cpuPercent).toMatchObject({ points: [{ value: 40 }] });
  });

  it('takes no part of a minute for a low sum, and a sum without it may be too old', async () => {
    const requests = (...ages: number[]) =>
      answer({ Id: 'requests', Timestamps: ago(...ages), Values: [600, 40] });
    requests(120, 60);
    expect((await read()).requestRatePerMinute).toMatchObject({ points: [{ value: 600 }] });
    requests(301, 60);
    expect((await read()).requestRatePerMinute).toMatchObject({
      unknown: { cause: 'stale', ageSeconds: 301 },
    });
  });

  it('reads on over all pages', async () => {
    cloudwatch
      .on(GetMetricDataCommand)
      .resolvesOnce({ MetricDataResults: [cpu({ Timestamps: ago(120), Values: [40] })], NextToken: 'more' })
      .resolvesOnce({ NextToken: 'more' })
      .resolvesOnce({ MetricDataResults: [cpu({ Timestamps: ago(60), Values: [50] })] });

    expect((await read()).cpuPercent).toMatchObject({ points: [{ value: 40 }, { value: 50 }] });
    expect(cloudwatch.commandCalls(GetMetricDataCommand)[1]?.args[0].input).toMatchObject({
      NextToken: 'more',
    });
  });

  it('asks for all metrics of a quarter of an hour in one call', async () => {
    answer();
    await read();
    expect(cloudwatch.commandCalls(GetMetricDataCommand).map(({ args }) => args[0].input)).toEqual([
      {
        MetricDataQueries: metricQueries(service),
        StartTime: new Date(secondsLater(-900)),
        EndTime: new Date(now),
        ScanBy: 'TimestampAscending',
      },
    ]);
  });

  it('asks for sums and averages a minute, of this service, its load balancer and its own metrics', () => {
    const ecs = [service.cluster, service.service];
    const target = [service.loadBalancer, service.targetGroup];
    const asked = metricQueries(service).map(({ Id, MetricStat: stat, Expression, ReturnData }) => [
      Id,
      stat
        ? `${stat.Stat} of ${stat.Metric?.Namespace} ${stat.Metric?.MetricName} in ${stat.Period} s`
        : Expression,
      stat?.Metric?.Dimensions?.map(({ Value }) => Value),
      ReturnData,
    ]);
    const response = 'AWS/ApplicationELB TargetResponseTime';
    expect(asked).toEqual([
      ['cpu', 'Average of AWS/ECS CPUUtilization in 60 s', ecs, true],
      ['cpuFast', 'Average of AWS/ECS CPUUtilization in 20 s', ecs, true],
      ['memory', 'Average of AWS/ECS MemoryUtilization in 60 s', ecs, true],
      ['p95', `p95 of ${response} in 60 s`, target, true],
      ['p99', `p99 of ${response} in 60 s`, target, true],
      ['average', `Average of ${response} in 60 s`, target, true],
      ['requests', 'Sum of AWS/ApplicationELB RequestCount in 60 s', target, true],
      ['perTarget', 'Sum of AWS/ApplicationELB RequestCountPerTarget in 60 s', target, true],
      ['healthy', 'Minimum of AWS/ApplicationELB HealthyHostCount in 60 s', target, true],
      ['unhealthy', 'Maximum of AWS/ApplicationELB UnHealthyHostCount in 60 s', target, true],
      ['target5xx', 'Sum of AWS/ApplicationELB HTTPCode_Target_5XX_Count in 60 s', target, false],
      ['elb5xx', 'Sum of AWS/ApplicationELB HTTPCode_ELB_5XX_Count in 60 s', [service.loadBalancer], false],
      ['everybody', 'Sum of AWS/ApplicationELB RequestCount in 60 s', [service.loadBalancer], false],
      [
        'errors',
        '100 * (FILL(target5xx, 0) + IF(FILL(everybody, 0) > 1.01 * requests, 0, FILL(elb5xx, 0))) / (requests + IF(FILL(everybody, 0) > 1.01 * requests, 0, FILL(elb5xx, 0)))',
        undefined,
        true,
      ],
      ['dbPool', `Average of ${service.customNamespace} DBPoolUsage in 60 s`, [service.service], true],
      ['pool', `Average of ${service.customNamespace} PgBouncerPoolUsage in 60 s`, [service.service], true],
      [
        'poolWait',
        `Average of ${service.customNamespace} PgBouncerWaitTime in 60 s`,
        [service.service],
        true,
      ],
    ]);
  });

  it('asks nothing of a load balancer that a worker does not have', () => {
    const ids = metricQueries(asWorker(service)).map(({ Id }) => Id);
    expect(ids).toEqual(['cpu', 'cpuFast', 'memory', 'dbPool', 'pool', 'poolWait']);
    expect(metricQueries({ ...service, targetGroup: undefined }).map(({ Id }) => Id)).toEqual(ids);
  });

  it('names the dimensions as AWS and the exporters do', () => {
    const names = metricQueries(service).flatMap(({ MetricStat }) =>
      MetricStat ? [MetricStat.Metric?.Dimensions?.map(({ Name }) => Name).join(' and ')] : [],
    );
    expect([...new Set(names)]).toEqual([
      'ClusterName and ServiceName',
      'LoadBalancer and TargetGroup',
      'LoadBalancer',
      'Service',
    ]);
  });

  it.each<[SeriesName, boolean]>([
    ['cpuPercent', true],
    ['latencyP95Seconds', true],
    ['latencyP99Seconds', true],
    ['requestRatePerMinute', true],
    ['errorRatePercent', false],
    ['dbPoolPercent', false],
    ['pgbouncerWaitMilliseconds', false],
  ])('zeros of %s say that nothing was measured: %s', async (name, nothing) => {
    answer({ Id: queryIds[name], Timestamps: ago(60, 120), Values: [0, 0] });
    expect((await read())[name]).toMatchObject(
      nothing
        ? { unknown: { cause: 'implausible', every: 'zero' } }
        : { points: [{ value: 0 }, { value: 0 }] },
    );
  });

  it('goes on without a result that says of no metric what it is', async () => {
    answer({ Timestamps: ago(60), Values: [1] }, cpu({ Timestamps: ago(60), Values: [40] }));
    expect((await read()).cpuPercent).toMatchObject({ points: [{ value: 40 }] });
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
    ['35 % five times is frozen', [frozen], { unknown: { cause: 'frozen', points: 5, value: 35 } }],
    [
      'also on 20-second points',
      [frozen, fast({ Timestamps: minutes, Values: [30, 30, 30, 30, 30] })],
      { unknown: { cause: 'frozen', points: 5, value: 35 } },
    ],
    ['capped is not', [cpu({ Timestamps: minutes, Values: [100, 100, 100, 100, 100] })], { points: {} }],
    ['nor idle', [cpu({ Timestamps: minutes, Values: [9, 9, 9, 9, 9] })], { points: {} }],
    ['nor what moves', [cpu({ Timestamps: minutes, Values: [35, 35, 35, 35, 35.1] })], { points: {} }],
  ])('CPU: %s', async (_, results, expected) => {
    answer(...results);

    expect((await read()).cpuPercent).toMatchObject(expected);
  });

  it('asks for no 20-second CPU where the service has none', () => {
    const ids = metricQueries({ ...service, cpuMetricSeconds: 60 }).map(({ Id }) => Id);
    expect(ids).toEqual(metricQueries(service).flatMap(({ Id }) => (Id === 'cpuFast' ? [] : [Id])));
  });
});
