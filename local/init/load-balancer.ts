import { type CloudWatchClient, paginateListMetrics } from '@aws-sdk/client-cloudwatch';

/** Where a service's requests come from. */
export type Balancing =
  | { kind: 'none' }
  | {
      kind: 'application';
      loadBalancer: string;
      targetGroup: string;
      alternateTargetGroup?: string;
      /** Target groups besides, which nobody will watch. */
      others: string[];
    }
  /** A load balancer that counts no requests: a Network Load Balancer. */
  | { kind: 'network'; loadBalancer: string }
  /** A target group whose load balancer no metric names, or more than one. */
  | { kind: 'unknown'; targetGroup: string; alternateTargetGroup?: string };

interface TargetGroups {
  group: string;
  alternate?: string | undefined;
}

/**
 * The load balancer in front of a service. ECS names only the target groups; CloudWatch keeps the number of healthy hosts
 * by target group and load balancer, so the list of metrics has the pair, and no right at the load balancer is needed.
 * Source: CloudWatch API, ListMetrics; CloudWatch metrics for your Application Load Balancer.
 */
export async function readBalancing(
  client: CloudWatchClient,
  targetGroups: readonly TargetGroups[],
): Promise<Balancing> {
  let instead: Balancing | undefined;
  for (const { group, alternate } of targetGroups) {
    const groups = { targetGroup: group, ...(alternate ? { alternateTargetGroup: alternate } : {}) };
    const found = await inFrontOf(client, 'AWS/ApplicationELB', groups);
    const [loadBalancer] = found;
    if (loadBalancer !== undefined && found.length === 1) {
      const others = targetGroups.map((one) => one.group).filter((one) => one !== group);
      return { kind: 'application', loadBalancer, ...groups, others };
    }
    const [network] = found.length === 0 ? await inFrontOf(client, 'AWS/NetworkELB', groups) : [undefined];
    instead ??= network === undefined ? undefined : { kind: 'network', loadBalancer: network };
  }
  return instead ?? unclear(targetGroups);
}

/** What is known without the list of metrics. */
export function unclear([first]: readonly TargetGroups[]): Balancing {
  if (!first) return { kind: 'none' };
  const { group, alternate } = first;
  return {
    kind: 'unknown',
    targetGroup: group,
    ...(alternate ? { alternateTargetGroup: alternate } : {}),
  };
}

/** Load balancers with one of the target groups: those of the last hours, or else those of the last two weeks. */
async function inFrontOf(
  client: CloudWatchClient,
  namespace: string,
  { targetGroup, alternateTargetGroup }: { targetGroup: string; alternateTargetGroup?: string },
): Promise<string[]> {
  const groups = [targetGroup, ...(alternateTargetGroup ? [alternateTargetGroup] : [])];
  for (const recent of [{ RecentlyActive: 'PT3H' } as const, {}]) {
    const found = await Promise.all(groups.map((group) => listed(client, namespace, group, recent)));
    const names = [...new Set(found.flat())].sort();
    if (names.length > 0) return names;
  }
  return [];
}

async function listed(
  client: CloudWatchClient,
  Namespace: string,
  targetGroup: string,
  recent: { RecentlyActive?: 'PT3H' },
): Promise<string[]> {
  const Dimensions = [{ Name: 'TargetGroup', Value: targetGroup }, { Name: 'LoadBalancer' }];
  const input = { Namespace, MetricName: 'HealthyHostCount', Dimensions, ...recent };
  const found: string[] = [];
  for await (const { Metrics = [] } of paginateListMetrics({ client }, input)) {
    const dimensions = Metrics.flatMap((metric) => metric.Dimensions ?? []);
    found.push(...dimensions.flatMap(({ Name, Value }) => (Name === 'LoadBalancer' && Value ? [Value] : [])));
  }
  return found;
}
