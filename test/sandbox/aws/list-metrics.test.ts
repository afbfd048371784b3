import { ListMetricsCommand, type ListMetricsCommandInput } from '@aws-sdk/client-cloudwatch';
import { describe, expect, it } from '@jest/globals';
import { SERVICE } from './fake-world.ts';
import { createHarness, START } from './harness.ts';

const LOAD_BALANCER = { Name: 'LoadBalancer', Value: `app/${SERVICE}/50dc6c495c0c9188` };

describe('ListMetrics', () => {
  const TARGET_GROUP = { Name: 'TargetGroup', Value: `targetgroup/${SERVICE}/73e2d6bc24d8a067` };

  /** What is listed after three minutes in which these metrics had points. */
  async function listed(had: readonly string[], input: ListMetricsCommandInput) {
    const { cloudWatch, pass, world } = createHarness();
    world.script = (metric) => (had.includes(metric) ? 1 : undefined);
    pass(180);
    const { Metrics = [] } = await cloudWatch.send(new ListMetricsCommand(input));
    return Metrics;
  }

  it('finds the load balancer of a target group by the dimensions of its metrics', async () => {
    const metrics = await listed(['HealthyHostCount'], {
      Namespace: 'AWS/ApplicationELB',
      MetricName: 'HealthyHostCount',
      Dimensions: [TARGET_GROUP, { Name: 'LoadBalancer' }],
    });
    expect(metrics).toEqual([
      {
        Namespace: 'AWS/ApplicationELB',
        MetricName: 'HealthyHostCount',
        Dimensions: [LOAD_BALANCER, TARGET_GROUP],
      },
    ]);
  });

  it('lists a metric under each set of dimensions that it has, and no other namespace', async () => {
    const metrics = await listed(['RequestCount', 'CPUUtilization'], { Namespace: 'AWS/ApplicationELB' });
    expect(metrics.map(({ Dimensions = [] }) => Dimensions.map(({ Name }) => Name))).toEqual([
      ['LoadBalancer'],
      ['LoadBalancer', 'TargetGroup'],
    ]);
  });

  it('leaves out what has no points, and what has another value', async () => {
    expect(await listed([], {})).toEqual([]);
    const Dimensions = [{ Name: 'TargetGroup', Value: 'targetgroup/other/0123456789abcdef' }];
    expect(await listed(['HealthyHostCount'], { Dimensions })).toEqual([]);
  });

  it('leaves out what had its last point hours ago, when asked', async () => {
    const { cloudWatch, pass, world } = createHarness();
    world.script = (_, at) => (at < START + 60_000 ? 1 : undefined);
    pass(4 * 3600);
    const input = { MetricName: 'CPUUtilization' };
    const weeks = await cloudWatch.send(new ListMetricsCommand(input));
    const hours = await cloudWatch.send(new ListMetricsCommand({ ...input, RecentlyActive: 'PT3H' }));
    expect([weeks.Metrics?.length, hours.Metrics?.length]).toEqual([1, 0]);
  });

  it('refuses another activity than three hours', async () => {
    const { cloudWatch } = createHarness();
    const asked = cloudWatch.send(new ListMetricsCommand({ RecentlyActive: 'PT1H' as 'PT3H' }));
    await expect(asked).rejects.toThrow("Value at 'RecentlyActive'");
  });
});
