import { addressOfServer, type PoolServer } from '../../world/model/database-pool.ts';
import type { SimulatedService } from '../../world/model/types.ts';
import type { Output } from '../input.ts';
import { nameOf, type Site } from '../site.ts';
import { networkInterface } from './attachments.ts';
import { clusterArn, taskArn, taskDefinitionArn } from './shapes.ts';

/** PgBouncers that run as tasks of an ECS service of their own; ECS knows nothing else of that service here. */
export interface PoolTasks {
  cluster: string;
  name: string;
  servers: readonly PoolServer[];
}

/** The services of PgBouncers in a cluster, with those that run. */
export const poolTasksIn = ({ world }: Site, cluster: string): PoolTasks[] =>
  world.services.flatMap((service) => {
    const place = placeOf(service);
    return place?.cluster === cluster ? [{ ...place, servers: service.databasePools().servers }] : [];
  });

/** Those of one service. */
export const poolTasksOf = (site: Site, cluster: string, nameOrArn: string): PoolTasks | undefined =>
  poolTasksIn(site, cluster).find(({ name }) => name === nameOf(nameOrArn));

const placeOf = ({ poolService }: SimulatedService) => poolService;

/** 32 digits, as ECS gives them. */
const taskId = ({ number }: PoolServer): string => `${number}`.padStart(8, 'b').padEnd(32, '0');

export const poolTaskArns = (site: Site, { cluster, servers }: PoolTasks): string[] =>
  servers.map((server) => taskArn(site, cluster, taskId(server)));

/** What DescribeTasks answers of each, by its id. */
export const poolTaskShapes = (site: Site, { cluster, name, servers }: PoolTasks) =>
  servers.map((server): [string, () => Output] => {
    const id = taskId(server);
    return [
      id,
      () => ({
        taskArn: taskArn(site, cluster, id),
        clusterArn: clusterArn(site, cluster),
        taskDefinitionArn: taskDefinitionArn(site, `${name}:1`),
        group: `service:${name}`,
        launchType: 'FARGATE',
        lastStatus: 'RUNNING',
        desiredStatus: 'RUNNING',
        healthStatus: 'UNKNOWN',
        attachments: networkInterface(id, 'RUNNING', addressOfServer(server)),
        containers: [],
        version: 1,
      }),
    ];
  });
