import { z } from 'zod';
import type { SimulatedService, SimulatedTask } from '../../world/model/types.ts';
import { AwsError } from '../errors.ts';
import { type Operations, page, parseInput } from '../input.ts';
import type { ShownTask } from '../shown.ts';
import { nameOf, requireCluster, requireService, type Site } from '../site.ts';
import { poolTaskArns, poolTaskShapes, poolTasksIn, poolTasksOf } from './pool-tasks.ts';
import { INVALID, taskArn } from './shapes.ts';
import { shownTaskShape, taskShape } from './task-shapes.ts';

const MOST_TASKS = 100;

const ListTasks = z.object({
  cluster: z.string().default('default'),
  serviceName: z.string().optional(),
  family: z.string().optional(),
  startedBy: z.string().optional(),
  desiredStatus: z.enum(['RUNNING', 'PENDING', 'STOPPED']).default('RUNNING'),
  maxResults: z.int().min(1).max(MOST_TASKS).default(MOST_TASKS),
  nextToken: z.string().optional(),
});
const DescribeTasks = z.object({
  cluster: z.string().default('default'),
  tasks: z.array(z.string()).default([]),
});

type TaskFilter = z.infer<typeof ListTasks>;

function matches(task: SimulatedTask, filter: TaskFilter): boolean {
  return (
    task.desiredStatus === filter.desiredStatus &&
    (filter.family === undefined || task.taskDefinition.startsWith(`${filter.family}:`)) &&
    (filter.startedBy === undefined || task.deploymentId === filter.startedBy)
  );
}

function servicesOf(site: Site, cluster: string): SimulatedService[] {
  return site.world.services.filter((service) => service.cluster === cluster);
}

/** Stopped tasks that are shown beside the world's own, as soon as they have stopped. */
function stoppedBesides(site: Site, service: SimulatedService): readonly ShownTask[] {
  return (site.shownOf(service).stoppedTasks ?? []).filter(({ stoppedAt }) => stoppedAt <= site.now());
}

/** Whose tasks are asked for: of one service, or of all in the cluster. */
function listed(site: Site, cluster: string, serviceName: string | undefined) {
  if (serviceName === undefined)
    return { services: servicesOf(site, cluster), pools: poolTasksIn(site, cluster) };
  const pools = poolTasksOf(site, cluster, serviceName);
  return pools
    ? { services: [], pools: [pools] }
    : { services: [requireService(site, cluster, serviceName)], pools: [] };
}

/** ListTasks and DescribeTasks. Filtering by PENDING answers nothing, as ECS never sets that desired status. */
export function taskOperations(site: Site): Operations {
  return {
    ListTasks(input) {
      const request = parseInput(ListTasks, input, INVALID);
      const cluster = requireCluster(site, request.cluster);
      const { services, pools } = listed(site, cluster, request.serviceName);
      const ofServices = services.flatMap((service) => [
        ...service.tasks
          .filter((task) => matches(task, request))
          .map((task) => taskArn(site, cluster, task.id)),
        ...(request.desiredStatus === 'STOPPED' ? stoppedBesides(site, service) : []).map(({ id }) =>
          taskArn(site, cluster, id),
        ),
      ]);
      const ofPools =
        request.desiredStatus === 'RUNNING' ? pools.flatMap((tasks) => poolTaskArns(site, tasks)) : [];
      const { items, nextToken } = page(
        [...ofServices, ...ofPools],
        request.maxResults,
        request.nextToken,
        INVALID,
      );
      return { taskArns: items, ...(nextToken !== undefined && { nextToken }) };
    },

    DescribeTasks(input) {
      const request = parseInput(DescribeTasks, input, INVALID);
      if (request.tasks.length === 0) throw new AwsError(INVALID, 'Tasks cannot be empty.');
      if (request.tasks.length > MOST_TASKS) {
        throw new AwsError(INVALID, `Tasks cannot have more than ${MOST_TASKS} elements.`);
      }
      const cluster = requireCluster(site, request.cluster);
      const known = new Map([
        ...poolTasksIn(site, cluster).flatMap((tasks) => poolTaskShapes(site, tasks)),
        ...servicesOf(site, cluster).flatMap((service) => [
          ...service.tasks.map((task) => [task.id, () => taskShape(site, service, task)] as const),
          ...stoppedBesides(site, service).map(
            (task) => [task.id, () => shownTaskShape(site, service, task)] as const,
          ),
        ]),
      ]);
      const tasks = [];
      const failures = [];
      for (const id of request.tasks.map(nameOf)) {
        const shape = known.get(id);
        if (shape === undefined) failures.push({ arn: taskArn(site, cluster, id), reason: 'MISSING' });
        else tasks.push(shape());
      }
      return { tasks, failures };
    },
  };
}
