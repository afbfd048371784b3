import { arn, roleArn } from '../../place.ts';
import type { SimulatedDeployment } from '../../world/model/deployment.ts';
import type { SimulatedService } from '../../world/model/types.ts';
import type { Output } from '../input.ts';
import { epochSeconds, type Site } from '../site.ts';

/** Error name of ECS for input that it refuses. */
export const INVALID = 'InvalidParameterException';

export function clusterArn(site: Site, cluster: string): string {
  return arn(site, 'ecs', `cluster/${cluster}`);
}

export function serviceArn(site: Site, service: SimulatedService): string {
  return arn(site, 'ecs', `service/${service.cluster}/${service.name}`);
}

export function taskArn(site: Site, cluster: string, id: string): string {
  return arn(site, 'ecs', `task/${cluster}/${id}`);
}

export function taskDefinitionArn(site: Site, taskDefinition: string): string {
  return arn(site, 'ecs', `task-definition/${taskDefinition}`);
}

const PAUSE_HOOK = {
  targetType: 'PAUSE',
  lifecycleStages: ['PRE_SCALE_UP'],
  timeoutConfiguration: { timeoutInMinutes: 1440, action: 'ROLLBACK' },
};

/** Rolling deployment settings of a simulated service, with the circuit breaker on. */
export function deploymentConfigurationOf({ deploymentConfiguration }: SimulatedService): Output {
  const { maximumPercent, minimumHealthyPercent, pauses } = deploymentConfiguration;
  return {
    deploymentCircuitBreaker: { enable: true, rollback: true },
    maximumPercent,
    minimumHealthyPercent,
    strategy: 'ROLLING',
    ...(pauses && { lifecycleHooks: [PAUSE_HOOK] }),
  };
}

const NETWORK_CONFIGURATION = {
  awsvpcConfiguration: {
    subnets: ['subnet-0a1b2c3d4e5f60001', 'subnet-0a1b2c3d4e5f60002'],
    securityGroups: ['sg-0a1b2c3d4e5f60001'],
    assignPublicIp: 'DISABLED',
  },
};

function deploymentShape(site: Site, deployment: SimulatedDeployment): Output {
  return {
    id: deployment.id,
    status: deployment.status,
    taskDefinition: taskDefinitionArn(site, deployment.taskDefinition),
    desiredCount: deployment.desiredCount,
    pendingCount: deployment.pendingCount,
    runningCount: deployment.runningCount,
    failedTasks: deployment.failedTasks,
    createdAt: epochSeconds(deployment.createdAt),
    updatedAt: epochSeconds(deployment.updatedAt),
    launchType: 'FARGATE',
    platformVersion: '1.4.0',
    platformFamily: 'Linux',
    networkConfiguration: NETWORK_CONFIGURATION,
    rolloutState: deployment.rolloutState,
    rolloutStateReason: deployment.rolloutStateReason,
  };
}

/** The target group attachment, as services and service revisions report it. */
export function loadBalancersShape(site: Site, service: SimulatedService): Output[] {
  const names = site.loadBalancerOf(service);
  if (!names) return [];
  return [
    {
      targetGroupArn: arn(site, 'elasticloadbalancing', names.targetGroup),
      containerName: service.name,
      containerPort: 8080,
    },
  ];
}

/** `Service` of the ECS API (API_Service.html). */
export function serviceShape(site: Site, service: SimulatedService): Output {
  const created = service.history.at(-1)?.createdAt ?? service.deployments.at(-1)?.createdAt ?? site.now();
  return {
    serviceArn: serviceArn(site, service),
    serviceName: service.name,
    clusterArn: clusterArn(site, service.cluster),
    loadBalancers: loadBalancersShape(site, service),
    serviceRegistries: [],
    status: service.status,
    desiredCount: service.desiredCount,
    runningCount: service.runningCount,
    pendingCount: service.pendingCount,
    launchType: 'FARGATE',
    platformVersion: 'LATEST',
    platformFamily: 'Linux',
    taskDefinition: taskDefinitionArn(site, service.taskDefinition),
    deploymentConfiguration: deploymentConfigurationOf(service),
    deployments: service.deployments.map((deployment) => deploymentShape(site, deployment)),
    roleArn: roleArn(site, 'aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS'),
    events: eventsOf(site, service),
    createdAt: epochSeconds(created),
    placementConstraints: [],
    placementStrategy: [],
    networkConfiguration: NETWORK_CONFIGURATION,
    healthCheckGracePeriodSeconds: 60,
    schedulingStrategy: 'REPLICA',
    deploymentController: { type: 'ECS' },
    enableECSManagedTags: true,
    propagateTags: 'NONE',
    enableExecuteCommand: false,
    ...site.shownOf(service).serviceMembers,
  };
}

/** ECS keeps the newest. */
const EVENTS_KEPT = 100;

function eventsOf(site: Site, service: SimulatedService): Output[] {
  const besides = (site.shownOf(service).serviceEvents ?? []).filter(({ at }) => at <= site.now());
  const events = besides.length > 0 ? [...service.events, ...besides] : service.events;
  return events
    .toSorted((a, b) => b.at - a.at)
    .slice(0, EVENTS_KEPT)
    .map(({ id, at, message }) => ({ id, createdAt: epochSeconds(at), message }));
}
