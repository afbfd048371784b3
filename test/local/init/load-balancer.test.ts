import {
  CloudWatchClient,
  ListMetricsCommand,
  type ListMetricsCommandInput,
} from '@aws-sdk/client-cloudwatch';
import { describe, expect, it } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import { readBalancing } from '../../../local/init/load-balancer.ts';

const group = 'targetgroup/shop-api/6d0ecf831eec9f09';
const alternate = 'targetgroup/shop-green/7a1ecf831eec9f10';
const elb = 'AWS/ApplicationELB';

/** A namespace, a target group, its load balancer, and whether it had points in the last hours. */
type Metric = [namespace: string, group: string, loadBalancer: string, recent?: boolean];

/** A CloudWatch that lists these, one to a page, each once more by zone. */
function cloudwatch(metrics: readonly Metric[]) {
  const mock = mockClient(CloudWatchClient);
  mock.on(ListMetricsCommand).callsFake((input: ListMetricsCommandInput) => {
    const wanted = input.Dimensions?.find(({ Name }) => Name === 'TargetGroup')?.Value;
    const fitting = metrics
      .filter(([namespace, of, , recent = true]) => {
        const soon = input.RecentlyActive === undefined || recent;
        return namespace === input.Namespace && of === wanted && soon;
      })
      .flatMap(([, of, loadBalancer]) => [
        [
          { Name: 'TargetGroup', Value: of },
          { Name: 'LoadBalancer', Value: loadBalancer },
        ],
        [
          { Name: 'AvailabilityZone', Value: 'eu-west-1a' },
          { Name: 'LoadBalancer', Value: loadBalancer },
          { Name: 'TargetGroup', Value: of },
        ],
      ]);
    const place = Number(input.NextToken ?? 0);
    const next = place + 1 < fitting.length ? { NextToken: `${place + 1}` } : {};
    return { Metrics: fitting.slice(place, place + 1).map((Dimensions) => ({ Dimensions })), ...next };
  });
  return new CloudWatchClient({ region: 'eu-west-1' });
}

const read = (metrics: readonly Metric[], groups = [{ group }]) => readBalancing(cloudwatch(metrics), groups);

describe('the load balancer of a target group', () => {
  it('is none where the service has no target group', async () => {
    expect(await read([[elb, group, 'app/shop/1']], [])).toEqual({ kind: 'none' });
  });

  it('is the one that had metrics with it', async () => {
    expect(await read([[elb, group, 'app/shop/1']])).toEqual({
      kind: 'application',
      loadBalancer: 'app/shop/1',
      targetGroup: group,
      others: [],
    });
  });

  it('is the present one where it was another one days ago', async () => {
    const found = await read([
      [elb, group, 'app/old/1', false],
      [elb, group, 'app/new/2'],
    ]);
    expect(found).toMatchObject({ loadBalancer: 'app/new/2' });
  });

  it('is that of the last two weeks where nothing runs now', async () => {
    expect(await read([[elb, group, 'app/old/1', false]])).toMatchObject({ loadBalancer: 'app/old/1' });
  });

  it('is found by the other group of a pair, too', async () => {
    const pair = [{ group, alternate }];
    expect(await read([[elb, alternate, 'app/shop/1']], pair)).toEqual({
      kind: 'application',
      loadBalancer: 'app/shop/1',
      targetGroup: group,
      alternateTargetGroup: alternate,
      others: [],
    });
  });

  it('is not chosen between two', async () => {
    const found = await read([
      [elb, group, 'app/a/1'],
      [elb, group, 'app/b/2'],
    ]);
    expect(found).toEqual({ kind: 'unknown', targetGroup: group });
  });

  it('is unknown where no metric names it', async () => {
    expect(await read([])).toEqual({ kind: 'unknown', targetGroup: group });
  });

  it('is told where it is a Network Load Balancer', async () => {
    expect(await read([['AWS/NetworkELB', group, 'net/shop/1']])).toEqual({
      kind: 'network',
      loadBalancer: 'net/shop/1',
    });
  });

  it('is an Application Load Balancer where a service is behind both', async () => {
    const groups = [{ group: alternate }, { group }];
    const found = await read(
      [
        ['AWS/NetworkELB', alternate, 'net/shop/1'],
        [elb, group, 'app/shop/1'],
      ],
      groups,
    );
    expect(found).toMatchObject({ kind: 'application', targetGroup: group, others: [alternate] });
  });
});
