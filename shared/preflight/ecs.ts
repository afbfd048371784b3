import {
  DescribeTasksCommand,
  type DesiredStatus,
  type ECSClient,
  ListTasksCommand,
} from '@aws-sdk/client-ecs';
import { poolServiceOf } from '../assess/pool-tasks.ts';
import { readService, type ServiceName, setDesiredCount } from '../aws/ecs.ts';
import type { ServiceConfig } from '../config/service.ts';
import type { PreflightAsk } from '../document/preflight.ts';
import type { StepContext } from '../lambda/context.ts';
import { neverAgain, whyNoWrite } from './harmless.ts';
import { given, once, type Trial } from './trials.ts';

/** A task that no cluster has: ECS names it among the failures of its answer. */
const noTask = '0'.repeat(32);

/** Reads the service as every step does. */
export const serviceTrial = (ecs: ECSClient, name: ServiceName): Trial => ({
  check: 'ecs:DescribeServices',
  async try() {
    await readService(ecs, name);
    return undefined;
  },
});

/** Lists the tasks of the service that have stopped, or those that run, and describes one. */
export function taskTrials(
  ecs: ECSClient,
  { cluster, service }: ServiceName,
  desiredStatus: DesiredStatus = 'STOPPED',
): Trial[] {
  const listed = once(() =>
    ecs.send(new ListTasksCommand({ cluster, serviceName: service, desiredStatus, maxResults: 1 })),
  );
  return [
    {
      check: 'ecs:ListTasks',
      async try() {
        await listed();
        return undefined;
      },
    },
    {
      check: 'ecs:DescribeTasks',
      async try() {
        const { taskArns = [] } = await listed().catch(() => ({ taskArns: [] }));
        await ecs.send(new DescribeTasksCommand({ cluster, tasks: [taskArns[0] ?? noTask] }));
        return undefined;
      },
    },
  ];
}

/** The same of PgBouncer's tasks, as `assess` looks for their addresses; nothing where they are no ECS service. */
export function poolTaskTrials(ecs: ECSClient, service: ServiceConfig): Trial[] {
  const pools = poolServiceOf(service);
  if (!pools) return [];
  const on = `${pools.cluster}/${pools.service}`;
  return taskTrials(ecs, pools, 'RUNNING').map((trial) => ({ ...trial, on }));
}

/** Sets the desired count that is there: neither a change of tasks nor a deployment. */
export const countTrial = (
  context: StepContext<'ecs' | 'store' | 'switch'>,
  ask: PreflightAsk,
  service: ServiceConfig,
): Trial => ({
  check: 'ecs:UpdateService',
  async try() {
    const why = await whyNoWrite(ask, service, context);
    if (why) return { notTried: why };
    // Read last: autoscaling may move it at any time.
    return given(
      () => readService(context.ecs, service),
      async ({ desired }) => {
        await setDesiredCount(context.ecs, service, desired, neverAgain);
        return undefined;
      },
    );
  },
});
