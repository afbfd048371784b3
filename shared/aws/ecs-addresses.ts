import { DescribeTasksCommand, type ECSClient, ListTasksCommand, type Task } from '@aws-sdk/client-ecs';
import { ServiceNotUsableError } from '../core/errors.ts';
import type { TaskAddress } from '../document/assessment.ts';
import type { ServiceName } from './ecs.ts';

/** ListTasks answers with at most so many, and DescribeTasks takes no more. Source: ECS API. */
const mostTasks = 100;

/**
 * The tasks that a service wants to run, each with its private address. One that only begins to run may have none yet; one
 * that is told to stop is none of them any more.
 * Source: ECS API, DescribeTasks (attachments of type ElasticNetworkInterface: network mode awsvpc, which Fargate has).
 * @throws ServiceNotUsableError where there are more tasks than are read
 */
export async function readAddresses(
  ecs: ECSClient,
  { cluster, service }: ServiceName,
): Promise<TaskAddress[]> {
  const { taskArns: tasks = [], nextToken } = await ecs.send(
    new ListTasksCommand({ cluster, serviceName: service, desiredStatus: 'RUNNING', maxResults: mostTasks }),
  );
  if (nextToken !== undefined)
    throw new ServiceNotUsableError(
      `service ${service} in cluster ${cluster} has more than ${mostTasks} tasks: no more are read`,
    );
  if (tasks.length === 0) return [];
  const described = await ecs.send(new DescribeTasksCommand({ cluster, tasks }));
  return (described.tasks ?? []).filter(isWanted).map((task) => {
    const address = privateAddress(task);
    return {
      task: (task.taskArn ?? '').split('/').at(-1) ?? '',
      running: task.lastStatus === 'RUNNING',
      ...(address === undefined ? {} : { address }),
    };
  });
}

/** It may have been told to stop since it was listed. */
const isWanted = ({ desiredStatus }: Task): boolean => desiredStatus === 'RUNNING';

const privateAddress = ({ attachments = [] }: Task): string | undefined =>
  attachments
    .filter(({ type }) => type === 'ElasticNetworkInterface')
    .flatMap(({ details = [] }) => details)
    .find(({ name }) => name === 'privateIPv4Address')?.value;
