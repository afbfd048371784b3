import type { SimulatedDeployment, SimulatedService, SimulatedTask } from '../../world/model/types.ts';
import type { Output } from '../input.ts';
import { arn, epochSeconds, type Site } from '../site.ts';

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

/** Rolling deployment settings of every simulated service: ECS's defaults, with the circuit breaker on. */
export const DEPLOYMENT_CONFIGURATION = {
  deploymentCircuitBreaker: { enable: true, rollback: true },
  maximumPercent: 200,
  minimumHealthyPercent: 100,
  strategy: 'ROLLING',
};

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
  const { targetGroup } = site.loadBalancersOf(service);
  return [
    {
      targetGroupArn: arn(site, 'elasticloadbalancing', targetGroup),
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
    deploymentConfiguration: DEPLOYMENT_CONFIGURATION,
    deployments: service.deployments.map((deployment) => deploymentShape(site, deployment)),
    roleArn: `arn:aws:iam::${site.account}:role/aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS`,
    events: service.events.map(({ id, at, message }) => ({ id, createdAt: epochSeconds(at), message })),
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
  };
}

function taskTimes(task: SimulatedTask): Output {
  return {
    createdAt: epochSeconds(task.createdAt),
    ...(task.startedAt !== undefined && { startedAt: epochSeconds(task.startedAt) }),
    ...(task.stoppingAt !== undefined && { stoppingAt: epochSeconds(task.stoppingAt) }),
    ...(task.stoppedAt !== undefined && { stoppedAt: epochSeconds(task.stoppedAt) }),
  };
}

/** `Task` of the ECS API (API_Task.html). No container health check is defined, so `healthStatus` is UNKNOWN. */
export function taskShape(site: Site, service: SimulatedService, task: SimulatedTask): Output {
  const own = taskArn(site, service.cluster, task.id);
  return {
    taskArn: own,
    clusterArn: clusterArn(site, service.cluster),
    taskDefinitionArn: taskDefinitionArn(site, task.taskDefinition),
    group: `service:${service.name}`,
    startedBy: task.deploymentId,
    launchType: 'FARGATE',
    platformVersion: '1.4.0',
    cpu: '1024',
    memory: '2048',
    lastStatus: task.lastStatus,
    desiredStatus: task.desiredStatus,
    healthStatus: 'UNKNOWN',
    connectivity: task.startedAt === undefined ? 'DISCONNECTED' : 'CONNECTED',
    containers: [{ name: service.name, taskArn: own, lastStatus: task.lastStatus, healthStatus: 'UNKNOWN' }],
    ...(task.stopCode !== undefined && { stopCode: task.stopCode }),
    ...(task.stoppedReason !== undefined && { stoppedReason: task.stoppedReason }),
    ...taskTimes(task),
    version: 1,
  };
}
