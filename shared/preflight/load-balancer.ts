import { type CloudWatchClient, GetMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { loadBalancingOf } from '../config/servers/load-balancing.ts';
import type { ServiceConfig } from '../config/service.ts';

const windowMilliseconds = 3_600_000;

/**
 * Whether CloudWatch has the health of the configured pair of load balancer and target group: ECS names no load balancer, and
 * there is a metric of a pair only where the two belong together. Source: CloudWatch metrics for your Application Load Balancer.
 */
export async function hasPoints(
  client: CloudWatchClient,
  service: ServiceConfig,
  now: Date,
): Promise<boolean> {
  const names = loadBalancingOf(service);
  if (!names) return false;
  const groups = [names.targetGroup, ...(service.alternateTargetGroup ? [service.alternateTargetGroup] : [])];
  const queries = groups.flatMap((group, index) =>
    ['HealthyHostCount', 'UnHealthyHostCount'].map((MetricName) => ({
      Id: `${MetricName === 'HealthyHostCount' ? 'healthy' : 'unhealthy'}${index}`,
      MetricStat: {
        Metric: {
          Namespace: 'AWS/ApplicationELB',
          MetricName,
          Dimensions: [
            { Name: 'LoadBalancer', Value: names.loadBalancer },
            { Name: 'TargetGroup', Value: group },
          ],
        },
        Period: 60,
        Stat: 'Maximum',
      },
    })),
  );
  const { MetricDataResults = [] } = await client.send(
    new GetMetricDataCommand({
      MetricDataQueries: queries,
      StartTime: new Date(now.getTime() - windowMilliseconds),
      EndTime: now,
    }),
  );
  return MetricDataResults.some(({ Values = [] }) => Values.length > 0);
}
