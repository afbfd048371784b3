import {
  DescribeServicesCommand,
  DescribeTasksCommand,
  type ECSClient,
  ListTasksCommand,
  type Service,
  type Task,
  UpdateServiceCommand,
} from '@aws-sdk/client-ecs';
import { ServiceNotUsableError } from '../core/errors.ts';
import { oneLine } from '../core/plain-text.ts';
import type { ServiceView, StoppedTasks } from '../document/assessment.ts';
import { eventKind, stopKind, stopReason, unwanted } from './ecs-words.ts';
import { recentStartSeconds } from './recent-starts.ts';
import { checkRepeats, type Precondition } from './repeated-attempts.ts';

/** Cluster and name of an ECS service. */
export interface ServiceName {
  cluster: string;
  service: string;
}

const recentEvents = 5;
/** A start that failed twice counts, so two of a kind are kept. */
const ofEachKind = 2;

/**
 * Reads one service.
 * @throws ServiceNotUsableError when the service or its cluster is missing, or the service is not ACTIVE, deployed by
 * CodeDeploy or another controller, or a daemon.
 */
export async function readService(ecs: ECSClient, name: ServiceName): Promise<ServiceView> {
  const described = await describeService(ecs, name);
  if (!('service' in described)) throw new ServiceNotUsableError(described.missing);
  requireUsable(described.service, name);
  return viewOf(described.service);
}

/**
 * The service as ECS describes it, or which of the two is missing, and how that is said.
 * Source: ECS API, DescribeServices (a missing service is a failure in the answer, not an exception).
 */
export async function describeService(
  ecs: ECSClient,
  { cluster, service }: ServiceName,
): Promise<{ service: Service } | { what: 'cluster' | 'service'; missing: string }> {
  try {
    const answer = await ecs.send(new DescribeServicesCommand({ cluster, services: [service] }));
    const [found] = answer.services ?? [];
    if (found) return { service: found };
    const reason = answer.failures?.[0]?.reason ?? 'no answer';
    return { what: 'service', missing: `service ${service} in cluster ${cluster}: ${reason}` };
  } catch (error) {
    if (error instanceof Error && error.name === 'ClusterNotFoundException')
      return { what: 'cluster', missing: `cluster ${cluster} does not exist` };
    throw error;
  }
}

/** @throws ServiceNotUsableError for a service that this product cannot scale: not ACTIVE, another controller, a daemon. */
export function requireUsable(service: Service, { cluster, service: name }: ServiceName): void {
  if (service.status !== 'ACTIVE') {
    throw new ServiceNotUsableError(`service ${name} in cluster ${cluster} is ${service.status}, not ACTIVE`);
  }
  const controller = service.deploymentController?.type ?? 'ECS';
  if (controller !== 'ECS' || service.schedulingStrategy === 'DAEMON')
    throw new ServiceNotUsableError(
      `service ${name} in cluster ${cluster} is not supported: it has ${controller} deployments and the scheduling strategy ${service.schedulingStrategy ?? 'REPLICA'}, and must have ECS (rolling) deployments and REPLICA`,
    );
}

function viewOf(service: Service): ServiceView {
  const deployments = service.deployments ?? [];
  const primary = deployments.find((deployment) => deployment.status === 'PRIMARY');
  // A deployment that ECS has rolled back by itself may still be listed: it is over.
  const failed = (primary ?? deployments[0])?.rolloutState === 'FAILED';
  const listed = deployments.filter(({ status }) => status !== 'INACTIVE');
  const running = listed.some((deployment) => deployment.rolloutState === 'IN_PROGRESS') || listed.length > 1;
  const deployed = primary?.createdAt;
  const startSeconds = recentStartSeconds(service.events ?? []);
  return {
    status: service.status ?? '',
    desired: service.desiredCount ?? 0,
    running: service.runningCount ?? 0,
    pending: service.pendingCount ?? 0,
    taskDefinition: service.taskDefinition ?? '',
    rollout: failed ? 'failed' : running ? 'in-progress' : 'steady',
    failedTasks: deployments.reduce((sum, deployment) => sum + (deployment.failedTasks ?? 0), 0),
    ...(deployed ? { deployedAt: deployed.toISOString() } : {}),
    ...targetGroupsOf(service),
    ...minimumOf(service),
    ...(startSeconds === undefined ? {} : { startSeconds }),
    events: tellingEvents(service),
  };
}

/** The newest events, and the newest two of each kind: why tasks do not start is said less often than what else goes on. */
function tellingEvents({ events = [] }: Service): ServiceView['events'] {
  const all = events.map((event) => ({
    at: (event.createdAt ?? new Date(0)).toISOString(),
    kind: eventKind(event.message ?? ''),
    message: oneLine(event.message ?? '', 300),
  }));
  const ofKinds = [...Map.groupBy(all, ({ kind }) => kind).values()].flatMap((same) =>
    same.slice(0, ofEachKind),
  );
  return all.filter((event, place) => place < recentEvents || ofKinds.includes(event));
}

/** Blue/green, linear and canary deployments keep the old tasks until the new ones serve. Source: ECS API, DeploymentConfiguration. */
function minimumOf({ deploymentConfiguration }: Service): Pick<ServiceView, 'minimumHealthyPercent'> {
  const { strategy = 'ROLLING', minimumHealthyPercent = 100 } = deploymentConfiguration ?? {};
  return strategy === 'ROLLING' && minimumHealthyPercent < 100 ? { minimumHealthyPercent } : {};
}

/** Source: ECS API, LoadBalancer (advancedConfiguration.alternateTargetGroupArn). */
export function targetGroupsOf({ loadBalancers = [] }: Service): Pick<ServiceView, 'targetGroups'> {
  const targetGroups = loadBalancers.flatMap(({ targetGroupArn, advancedConfiguration }) => {
    const alternate = advancedConfiguration?.alternateTargetGroupArn;
    if (!targetGroupArn) return [];
    return [{ group: tailOf(targetGroupArn), ...(alternate ? { alternate: tailOf(alternate) } : {}) }];
  });
  return targetGroups.length > 0 ? { targetGroups } : {};
}

/** `targetgroup/NAME/ID` of its ARN. */
const tailOf = (arn: string): string => arn.slice(arn.indexOf(':targetgroup/') + 1);

/**
 * Why tasks stopped at or after `since` that nobody wanted to stop, most frequent first.
 * Source: ECS API, DescribeTasks.
 */
export async function readStoppedTasks(
  ecs: ECSClient,
  name: ServiceName,
  since: Date,
): Promise<StoppedTasks[]> {
  const listed = await ecs.send(
    new ListTasksCommand({
      cluster: name.cluster,
      serviceName: name.service,
      desiredStatus: 'STOPPED',
      maxResults: 100,
    }),
  );
  const taskArns = listed.taskArns ?? [];
  if (taskArns.length === 0) return [];
  const described = await ecs.send(new DescribeTasksCommand({ cluster: name.cluster, tasks: taskArns }));
  const stops = (described.tasks ?? []).flatMap((task) => {
    const ended = task.stoppedAt ?? task.stoppingAt;
    const kind = stopKind(task);
    if (!unwanted(kind) || (ended && ended < since)) return [];
    const { taskDefinitionArn: taskDefinition } = task;
    const of = taskDefinition === undefined ? {} : { taskDefinition };
    return { kind, reason: stopReason(task), asked: askedAt(task), ended: ended?.toISOString(), ...of };
  });
  return [
    ...Map.groupBy(
      stops,
      ({ kind, reason, taskDefinition = '' }) => `${kind} ${reason} ${taskDefinition}`,
    ).values(),
  ]
    .flatMap((same) => {
      const [first] = same;
      if (!first) return [];
      const asked = newestFirst(same.map((stop) => stop.asked)).slice(0, 10);
      const [ended] = newestFirst(same.flatMap((stop) => stop.ended ?? []));
      return { ...first, count: same.length, asked, ...(ended === undefined ? {} : { ended }) };
    })
    .sort((a, b) => b.count - a.count);
}

const newestFirst = (times: readonly string[]): string[] => times.toSorted().toReversed();

/** When a task was asked for, or the nearest that is known of it. */
const askedAt = ({ createdAt, startedAt, stoppedAt, stoppingAt }: Task): string =>
  (createdAt ?? startedAt ?? stoppingAt ?? stoppedAt ?? new Date(0)).toISOString();

/** Sets the desired count to an absolute number. Does not start a deployment. Source: ECS API, UpdateService. */
export async function setDesiredCount(
  ecs: ECSClient,
  name: ServiceName,
  desiredCount: number,
  check?: Precondition,
): Promise<void> {
  const command = new UpdateServiceCommand({ cluster: name.cluster, service: name.service, desiredCount });
  command.middlewareStack.use(checkRepeats(check));
  await ecs.send(command);
}
