import type { MetricName, SimulatedService } from '../../world/model/types.ts';
import type { Site } from '../site.ts';
import type { MetricIdentity } from './schemas.ts';

/** The dimension sets under which each metric exists; CloudWatch finds a metric only by its exact set. */
const LOAD_BALANCER = 'LoadBalancer';
const WITH_TARGET_GROUP = 'LoadBalancer,TargetGroup';
const TARGET_GROUP = 'TargetGroup';
const ECS_SERVICE = 'ClusterName,ServiceName';

const NATIVE: Readonly<Record<string, { name: MetricName; dimensionSets: readonly string[] }>> = {
  'AWS/ECS CPUUtilization': { name: 'CPUUtilization', dimensionSets: [ECS_SERVICE] },
  'AWS/ECS MemoryUtilization': { name: 'MemoryUtilization', dimensionSets: [ECS_SERVICE] },
  'AWS/ApplicationELB TargetResponseTime': {
    name: 'TargetResponseTime',
    dimensionSets: [LOAD_BALANCER, WITH_TARGET_GROUP],
  },
  'AWS/ApplicationELB RequestCount': {
    name: 'RequestCount',
    dimensionSets: [LOAD_BALANCER, WITH_TARGET_GROUP],
  },
  'AWS/ApplicationELB RequestCountPerTarget': {
    name: 'RequestCountPerTarget',
    dimensionSets: [TARGET_GROUP, WITH_TARGET_GROUP],
  },
  'AWS/ApplicationELB HTTPCode_Target_5XX_Count': {
    name: 'HTTPCode_Target_5XX_Count',
    dimensionSets: [LOAD_BALANCER, WITH_TARGET_GROUP],
  },
  'AWS/ApplicationELB HTTPCode_ELB_5XX_Count': {
    name: 'HTTPCode_ELB_5XX_Count',
    dimensionSets: [LOAD_BALANCER],
  },
  'AWS/ApplicationELB HealthyHostCount': { name: 'HealthyHostCount', dimensionSets: [WITH_TARGET_GROUP] },
  'AWS/ApplicationELB UnHealthyHostCount': { name: 'UnHealthyHostCount', dimensionSets: [WITH_TARGET_GROUP] },
};

/** By the load balancer alone these count other services behind it as well. */
const OF_LOAD_BALANCER: Partial<Record<MetricName, MetricName>> = {
  RequestCount: 'LoadBalancer.RequestCount',
  HTTPCode_Target_5XX_Count: 'LoadBalancer.HTTPCode_Target_5XX_Count',
  HTTPCode_ELB_5XX_Count: 'LoadBalancer.HTTPCode_ELB_5XX_Count',
};

/** Metrics that the services publish themselves, with the one dimension `Service`. */
const PUBLISHED: ReadonlyMap<string, MetricName> = new Map([
  ['DBPoolUsage', 'DBPoolUsage'],
  ['PgBouncerPoolUsage', 'PgBouncerPoolUsage'],
  ['PgBouncerWaitTime', 'PgBouncerWaitTime'],
]);

/** A metric of the simulated world. */
export interface WorldMetric {
  service: SimulatedService;
  name: MetricName;
}

/** All dimension values by which a service is known. */
function dimensionValues(site: Site, service: SimulatedService): Readonly<Record<string, string>> {
  const names = site.loadBalancerOf(service);
  const { idleTargetGroup } = site.shownOf(service);
  return {
    ClusterName: service.cluster,
    ServiceName: service.name,
    Service: service.name,
    // No dimension has an empty value, so without a load balancer, or without another group, nothing is found.
    LoadBalancer: names?.loadBalancer ?? '',
    TargetGroup: (idleTargetGroup ? idleTargetGroup.instead : names?.targetGroup) ?? '',
  };
}

function knownName(site: Site, metric: MetricIdentity, dimensionNames: string): MetricName | undefined {
  if (metric.Namespace === site.customNamespace && dimensionNames === 'Service') {
    return PUBLISHED.get(metric.MetricName ?? '');
  }
  const native = NATIVE[`${metric.Namespace} ${metric.MetricName}`];
  if (!native?.dimensionSets.includes(dimensionNames)) return undefined;
  return dimensionNames === LOAD_BALANCER ? (OF_LOAD_BALANCER[native.name] ?? native.name) : native.name;
}

/** Finds the metric of the world that namespace, name and dimensions denote, if there is one. */
export function findMetric(site: Site, metric: MetricIdentity): WorldMetric | undefined {
  const dimensionNames = metric.Dimensions.map((dimension) => dimension.Name)
    .sort()
    .join(',');
  const name = knownName(site, metric, dimensionNames);
  if (name === undefined) return undefined;
  const service = site.world.services.find((candidate) => {
    const values = dimensionValues(site, candidate);
    return metric.Dimensions.every((dimension) => values[dimension.Name] === dimension.Value);
  });
  return service && { service, name };
}

/** Every metric that a service can have, by each set of dimensions under which CloudWatch keeps it. */
export function knownMetrics(site: Site): { identity: MetricIdentity; metric: WorldMetric }[] {
  const identities = (service: SimulatedService): MetricIdentity[] => {
    const values = dimensionValues(site, service);
    const under = (Namespace: string, MetricName: string, names: string) => ({
      Namespace,
      MetricName,
      Dimensions: names.split(',').map((Name) => ({ Name, Value: values[Name] ?? '' })),
    });
    return [
      ...Object.entries(NATIVE).flatMap(([key, { dimensionSets }]) => {
        const [namespace = '', name = ''] = key.split(' ');
        return dimensionSets.map((names) => under(namespace, name, names));
      }),
      ...[...PUBLISHED.keys()].map((name) => under(site.customNamespace, name, 'Service')),
    ];
  };
  return site.world.services
    .flatMap(identities)
    .filter(({ Dimensions }) => Dimensions.every(({ Value }) => Value !== ''))
    .flatMap((identity) => {
      const metric = findMetric(site, identity);
      return metric ? [{ identity, metric }] : [];
    });
}
