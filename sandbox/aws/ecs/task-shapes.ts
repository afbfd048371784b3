import type { SimulatedService, SimulatedTask } from '../../world/model/types.ts';
import type { Output } from '../input.ts';
import type { ShownTask } from '../shown.ts';
import { epochSeconds, type Site } from '../site.ts';
import { addressByTask, networkInterface } from './attachments.ts';
import { clusterArn, taskArn, taskDefinitionArn } from './shapes.ts';

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
    attachments: networkInterface(task.id, task.lastStatus, addressByTask(task.id)),
    connectivity: task.startedAt === undefined ? 'DISCONNECTED' : 'CONNECTED',
    containers: [{ name: service.name, taskArn: own, lastStatus: task.lastStatus, healthStatus: 'UNKNOWN' }],
    ...(task.stopCode !== undefined && { stopCode: task.stopCode }),
    ...(task.stoppedReason !== undefined && { stoppedReason: task.stoppedReason }),
    ...taskTimes(task),
    version: 1,
  };
}

/** A stopped task that is shown beside the world's own: its members, and for the rest what every task has. */
export function shownTaskShape(site: Site, service: SimulatedService, { id, members }: ShownTask): Output {
  return {
    clusterArn: clusterArn(site, service.cluster),
    taskDefinitionArn: taskDefinitionArn(site, service.taskDefinition),
    group: `service:${service.name}`,
    launchType: 'FARGATE',
    lastStatus: 'STOPPED',
    desiredStatus: 'STOPPED',
    healthStatus: 'UNKNOWN',
    containers: [],
    version: 1,
    ...members,
    taskArn: taskArn(site, service.cluster, id),
  };
}
