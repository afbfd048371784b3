import { CloudWatchClient, GetMetricDataCommand, type MetricDataResult } from '@aws-sdk/client-cloudwatch';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import { asWorker } from '../../../chaos/generate/config.ts';
import { readDayBefore } from '../../../shared/metrics/day-before.ts';
import { now, secondsLater, service } from '../../support/builders.ts';

const cloudwatch = mockClient(CloudWatchClient);
beforeEach(() => {
  cloudwatch.reset();
});
const read = (other?: string) => readDayBefore(new CloudWatchClient({}), service, new Date(now), other);

describe('the requests of the day before', () => {
  it('are those of the hour around this time, per minute', async () => {
    cloudwatch.on(GetMetricDataCommand).resolves({ MetricDataResults: [{ Values: [3000, 6000, 3000] }] });

    expect(await read()).toBe(200);
    const [call] = cloudwatch.commandCalls(GetMetricDataCommand);
    expect(call?.args[0].input).toMatchObject({
      StartTime: new Date(secondsLater(-86_400 - 1800)),
      EndTime: new Date(secondsLater(-86_400 + 1800)),
      MetricDataQueries: [
        { MetricStat: { Metric: { MetricName: 'RequestCount' }, Period: 300, Stat: 'Sum' } },
      ],
    });
  });

  it('are the sum of both target groups', async () => {
    cloudwatch
      .on(GetMetricDataCommand)
      .resolves({ MetricDataResults: [{ Values: [6000] }, { Values: [600] }, {}] });

    expect(await read('targetgroup/green/1')).toBe(110);
    const asked = cloudwatch.commandCalls(GetMetricDataCommand)[0]?.args[0].input.MetricDataQueries ?? [];
    expect(asked.map(({ Id }) => Id)).toEqual(['before0', 'before1']);
    expect(asked.map(({ MetricStat }) => MetricStat?.Metric?.Dimensions?.[1]?.Value)).toEqual([
      service.targetGroup,
      'targetgroup/green/1',
    ]);
  });

  it('are not asked for where no load balancer counts any', async () => {
    const asked = readDayBefore(new CloudWatchClient({}), asWorker(service), new Date(now), undefined);
    expect(await asked).toBeUndefined();
    expect(cloudwatch.commandCalls(GetMetricDataCommand)).toEqual([]);
  });

  it('do not count a point that is no number', async () => {
    cloudwatch.on(GetMetricDataCommand).resolves({ MetricDataResults: [{ Values: [3000, Number.NaN] }] });
    expect(await read()).toBe(50);
  });

  it('may be none at all, which is known', async () => {
    cloudwatch.on(GetMetricDataCommand).resolves({ MetricDataResults: [{ Values: [0] }] });
    expect(await read()).toBe(0);
  });

  it.each<[string, MetricDataResult[] | undefined]>([
    ['no point', [{ Values: [] }, {}]],
    ['no point that is a number', [{ Values: [Number.NaN] }]],
    ['no result', []],
    ['nothing', undefined],
  ])('are not known where CloudWatch answers %s', async (_, MetricDataResults) => {
    cloudwatch.on(GetMetricDataCommand).resolves({ MetricDataResults });
    expect(await read()).toBeUndefined();
  });
});
