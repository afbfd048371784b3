import type { MetricDataQuery } from '@aws-sdk/client-cloudwatch';
import { describe, expect, it } from '@jest/globals';
import { overGroups, watchedQueries } from '../../../shared/metrics/watched.ts';
import { service } from '../../support/builders.ts';

const green = 'targetgroup/green/0123456789abcdef';
const swapping = { ...service, alternateTargetGroup: green };

/** Id, and the target group or the expression, of each query. */
const shapes = (queries: MetricDataQuery[]) =>
  queries.map(({ Id, Expression, MetricStat }) => [
    Id,
    Expression ?? MetricStat?.Metric?.Dimensions?.find(({ Name }) => Name === 'TargetGroup')?.Value,
  ]);

describe('what is watched over two target groups', () => {
  it('is the larger one of a latency', () => {
    const { shown, needed } = watchedQueries(swapping, 'latencyP99Seconds');
    expect(shapes([shown])).toEqual([['p99', 'MAX([p99One, p99Other])']]);
    expect(shapes(needed)).toEqual([
      ['p99One', service.targetGroup],
      ['p99Other', green],
    ]);
    expect(needed.map(({ ReturnData }) => ReturnData)).toEqual([false, false]);
  });

  it('is the sum of a count, and what an expression is made from', () => {
    const { shown, needed } = watchedQueries(swapping, 'errorRatePercent');
    expect(shown.Id).toBe('errors');
    expect(shapes(needed)).toEqual([
      ['requestsOne', service.targetGroup],
      ['requestsOther', green],
      ['requests', 'SUM([requestsOne, requestsOther])'],
      ['target5xxOne', service.targetGroup],
      ['target5xxOther', green],
      ['target5xx', 'SUM([target5xxOne, target5xxOther])'],
      ['elb5xx', undefined],
      ['everybody', undefined],
    ]);
  });
});

describe('what is watched as it is', () => {
  const Metric = { Namespace: 'AWS/ApplicationELB', MetricName: 'RequestCount' };
  const stat = { Period: 60, Stat: 'Sum' };
  it.each<[string, MetricDataQuery]>([
    ['an expression', { Id: 'errors', Expression: '100 * a / b' }],
    ['a metric without dimensions', { Id: 'all', MetricStat: { Metric, ...stat } }],
    ['a metric of nothing', { Id: 'none', MetricStat: { Metric: undefined, ...stat } }],
    [
      'a metric of the load balancer',
      {
        Id: 'everybody',
        MetricStat: { Metric: { ...Metric, Dimensions: [{ Name: 'LoadBalancer', Value: 'x' }] }, ...stat },
      },
    ],
  ])('is %s', (_, query) => {
    expect(overGroups(query, swapping)).toEqual({ shown: query, needed: [] });
  });

  it('is everything of a service with one target group', () => {
    const { shown, needed } = watchedQueries(service, 'latencyP99Seconds');
    expect(shapes([shown])).toEqual([['p99', service.targetGroup]]);
    expect(needed).toEqual([]);
  });
});

it.each([
  [undefined, 60],
  [false, 60],
  [true, 20],
])('CPU is watched in its finest period where that is asked for: %s, %i s', (finest, period) => {
  const { shown } = watchedQueries({ ...service, cpuMetricSeconds: 20 }, 'cpuPercent', finest);
  expect(shown.MetricStat?.Period).toBe(period);
});
