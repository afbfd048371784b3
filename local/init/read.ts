import type { ApplicationAutoScalingClient } from '@aws-sdk/client-application-auto-scaling';
import { type CloudWatchClient, GetMetricDataCommand, paginateListMetrics } from '@aws-sdk/client-cloudwatch';
import {
  DescribeTaskDefinitionCommand,
  type ECSClient,
  ListClustersCommand,
  ListServicesCommand,
  type Service,
} from '@aws-sdk/client-ecs';
import { trackingPoliciesOf } from '../../shared/autoscaling/tracking-policies.ts';
import { readBounds, readPolicies } from '../../shared/aws/autoscaling.ts';
import { describeService, requireUsable, type ServiceName, targetGroupsOf } from '../../shared/aws/ecs.ts';
import { type DescribedDeployment, readRevisions } from '../../shared/aws/ecs-deployments.ts';
import { InvalidInputError } from '../../shared/core/errors.ts';
import type { TrackingPolicy } from '../../shared/document/autoscaling.ts';
import type { Bounds } from '../../shared/document/settings.ts';
import { asked } from '../aws-access.ts';
import { type Balancing, readBalancing, unclear } from './load-balancer.ts';

/** What AWS says of a service, as far as its configuration needs it. */
export interface Found {
  desired: number;
  /** `ROLLING`, `BLUE_GREEN` and the like. */
  strategy: string;
  fargate: boolean;
  /** CPU units of one task, 1024 for a vCPU; undefined where only its containers have limits. */
  cpuUnits: number | undefined;
  balancing: Balancing;
  /** Undefined where no revision tells it: those made before 25 October 2024 can't be described. */
  cpuMetricSeconds: 20 | 60 | undefined;
  /** What was not to be had and the file can do without, and why. */
  unread: { deployments?: string; metrics?: string };
  /** Names (with path) of the roles of the task definitions of its latest deployments. */
  taskRoles: string[];
  /** Absent when no scalable target is registered. */
  bounds: Bounds | undefined;
  tracking: TrackingPolicy[];
  /** Names of the policies of other types. */
  otherPolicies: string[];
  /** What it publishes itself, with the dimension `Service`. */
  published: { namespace: string; name: string }[];
  /** Requests in the busiest minute of the last day; undefined where nobody counted. */
  busiestMinute: number | undefined;
}

export interface Clients {
  ecs: ECSClient;
  autoscaling: ApplicationAutoScalingClient;
  cloudwatch: CloudWatchClient;
}

/**
 * Reads a service from AWS. Reads only.
 * @throws InvalidInputError for a cluster or service that does not exist, with those that do; ServiceNotUsableError for a
 * service that this product cannot scale, and in one line for whatever AWS refuses.
 */
export async function readFound(clients: Clients, name: ServiceName, now: Date): Promise<Found> {
  const { ecs, autoscaling, cloudwatch } = clients;
  const service = await requireService(ecs, name);
  const { targetGroups = [] } = targetGroupsOf(service);
  const unread: Found['unread'] = {};
  const [deployments, bounds, policies, balancing, published] = await Promise.all([
    orElse(
      asked('ecs:ListServiceDeployments and ecs:DescribeServiceRevisions', readRevisions(ecs, name)),
      (why) => Object.assign(unread, { deployments: why }),
      [],
    ),
    asked('application-autoscaling:DescribeScalableTargets', readBounds(autoscaling, name)),
    asked('application-autoscaling:DescribeScalingPolicies', readPolicies(autoscaling, name)),
    orElse(
      asked('cloudwatch:ListMetrics', readBalancing(cloudwatch, targetGroups)),
      (why) => Object.assign(unread, { metrics: why }),
      unclear(targetGroups),
    ),
    orElse(asked('cloudwatch:ListMetrics', publishedBy(cloudwatch, name.service)), () => {}, []),
  ]);
  const definitions = [service, ...deployments.map(({ revision }) => revision)].flatMap(
    (one) => one?.taskDefinition ?? [],
  );
  const { tracking, others } = trackingPoliciesOf(policies);
  return {
    desired: service.desiredCount ?? 0,
    strategy: service.deploymentConfiguration?.strategy ?? 'ROLLING',
    fargate: runsOnFargate(service),
    ...(await asked('ecs:DescribeTaskDefinition', readDefinitions(ecs, [...new Set(definitions)]))),
    balancing,
    cpuMetricSeconds: cpuMetricSecondsOf(deployments),
    unread,
    bounds,
    tracking,
    otherPolicies: others,
    published,
    busiestMinute: await orElse(
      asked('cloudwatch:GetMetricData', busiestMinute(cloudwatch, balancing, now)),
      () => {},
      undefined,
    ),
  };
}

/** What the file can do without: where AWS refuses it, `tell` hears why, and the rest goes on. */
async function orElse<T, Else>(call: Promise<T>, tell: (why: string) => void, otherwise: Else) {
  try {
    return await call;
  } catch (error) {
    tell(error instanceof Error ? error.message : String(error));
    return otherwise;
  }
}

/** @throws InvalidInputError with the names that there are, as far as this person may list them */
async function requireService(ecs: ECSClient, name: ServiceName): Promise<Service> {
  const described = await asked('ecs:DescribeServices', describeService(ecs, name));
  if ('service' in described) {
    requireUsable(described.service, name);
    return described.service;
  }
  const { region } = ecs.config;
  const [fault, place] =
    described.what === 'cluster'
      ? [`--cluster: "${name.cluster}"`, await region()]
      : [`--service: "${name.service}"`, name.cluster];
  const there = described.what === 'cluster' ? clusters(ecs) : services(ecs, name.cluster);
  // Whoever may describe one need not be allowed to list all.
  const names = (await there.catch(() => [])).map((arn) => arn.slice(arn.lastIndexOf('/') + 1)).sort();
  const some = names.length > 0 ? `; allowed: ${shortened(names)}` : '';
  throw new InvalidInputError(`${fault} does not exist in ${place}${some}`);
}

const clusters = async (ecs: ECSClient) => (await ecs.send(new ListClustersCommand({}))).clusterArns ?? [];
const services = async (ecs: ECSClient, cluster: string) =>
  (await ecs.send(new ListServicesCommand({ cluster, maxResults: 100 }))).serviceArns ?? [];

const mostNames = 20;
const shortened = (names: readonly string[]): string =>
  [...names.slice(0, mostNames), ...(names.length > mostNames ? ['…'] : [])].join(', ');

const runsOnFargate = ({ launchType, capacityProviderStrategy = [] }: Service): boolean =>
  launchType === 'FARGATE' ||
  capacityProviderStrategy.some(({ capacityProvider = '' }) => capacityProvider.startsWith('FARGATE'));

/**
 * Of the newest deployment that succeeded: one that was rolled back is not what runs.
 * Source: ECS API, MonitoringConfiguration (60 seconds where nothing is said).
 */
function cpuMetricSecondsOf(deployments: readonly DescribedDeployment[]): 20 | 60 | undefined {
  const succeeded = deployments.find(({ deployment }) => deployment.status === 'SUCCESSFUL');
  const { revision } = succeeded ?? deployments[0] ?? {};
  if (!revision) return undefined;
  const ofCpu = revision.monitoring?.metricConfigurations?.find(({ metricNames = [] }) =>
    metricNames.includes('CPUUtilization'),
  );
  return ofCpu?.resolutionSeconds === 20 ? 20 : 60;
}

/** The roles of all, and the size of a task of the first; a definition that was deleted tells nothing. */
async function readDefinitions(
  ecs: ECSClient,
  definitions: readonly string[],
): Promise<Pick<Found, 'taskRoles' | 'cpuUnits'>> {
  const described = await Promise.all(
    definitions.map(async (taskDefinition) => {
      try {
        return (await ecs.send(new DescribeTaskDefinitionCommand({ taskDefinition }))).taskDefinition;
      } catch (error) {
        if (error instanceof Error && error.name === 'ClientException') return undefined;
        throw error;
      }
    }),
  );
  const roles = described.flatMap((one) => [one?.taskRoleArn, one?.executionRoleArn]);
  const cpu = Number(described[0]?.cpu ?? Number.NaN);
  return {
    taskRoles: [...new Set(roles.flatMap((role) => (role ? roleName(role) : [])))].sort(),
    cpuUnits: Number.isFinite(cpu) && cpu > 0 ? cpu : undefined,
  };
}

/** A definition may name a role by its ARN or its name. Source: ECS API, TaskDefinition. */
const roleName = (role: string): string => role.slice(role.indexOf(':role/') + 1).replace(/^role\//, '');

/** Every metric with the service's name as the dimension `Service`, whatever its namespace. */
async function publishedBy(client: CloudWatchClient, service: string): Promise<Found['published']> {
  const found: Found['published'] = [];
  const pages = paginateListMetrics({ client }, { Dimensions: [{ Name: 'Service', Value: service }] });
  // The product asks for exactly this set of dimensions.
  for await (const { Metrics = [] } of pages)
    for (const { Namespace: namespace, MetricName: name, Dimensions = [] } of Metrics)
      if (namespace && name && Dimensions.length === 1) found.push({ namespace, name });
  return found;
}

const daySeconds = 86_400;

async function busiestMinute(
  client: CloudWatchClient,
  balancing: Balancing,
  now: Date,
): Promise<number | undefined> {
  if (balancing.kind !== 'application') return undefined;
  const { loadBalancer, targetGroup } = balancing;
  const answer = await client.send(
    new GetMetricDataCommand({
      StartTime: new Date(now.getTime() - daySeconds * 1000),
      EndTime: now,
      MetricDataQueries: [
        {
          Id: 'requests',
          MetricStat: {
            Metric: {
              Namespace: 'AWS/ApplicationELB',
              MetricName: 'RequestCount',
              Dimensions: [
                { Name: 'LoadBalancer', Value: loadBalancer },
                { Name: 'TargetGroup', Value: targetGroup },
              ],
            },
            Period: 60,
            Stat: 'Sum',
          },
        },
      ],
    }),
  );
  const values = answer.MetricDataResults?.[0]?.Values ?? [];
  return values.length > 0 ? Math.max(...values) : undefined;
}
