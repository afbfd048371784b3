import {
  ContinueServiceDeploymentCommand,
  DescribeServiceDeploymentsCommand,
  type ECSClient,
  ListServiceDeploymentsCommand,
} from '@aws-sdk/client-ecs';
import type { DeploymentPause } from '../document/assessment.ts';
import type { ServiceName } from './ecs.ts';
import { checkRepeats, type Precondition } from './repeated-attempts.ts';

/** The pause at which a deployment awaits an action, if it does. Source: ECS API, DeploymentLifecycleHookDetail. */
export async function readPause(ecs: ECSClient, deploymentArn: string): Promise<DeploymentPause | undefined> {
  const { serviceDeployments = [] } = await ecs.send(
    new DescribeServiceDeploymentsCommand({ serviceDeploymentArns: [deploymentArn] }),
  );
  const hook = serviceDeployments[0]?.lifecycleHookDetails?.find(
    ({ targetType, status }) => targetType === 'PAUSE' && status === 'AWAITING_ACTION',
  );
  if (!hook?.hookId) return undefined;
  return { hookId: hook.hookId, ...(hook.expiresAt ? { until: hook.expiresAt.toISOString() } : {}) };
}

/** The same of the deployment of a service that is under way. */
export async function readPauseOf(ecs: ECSClient, name: ServiceName): Promise<DeploymentPause | undefined> {
  const { serviceDeployments = [] } = await ecs.send(
    new ListServiceDeploymentsCommand({
      cluster: name.cluster,
      service: name.service,
      status: ['PENDING', 'IN_PROGRESS'],
      maxResults: 1,
    }),
  );
  const arn = serviceDeployments[0]?.serviceDeploymentArn;
  return arn === undefined ? undefined : readPause(ecs, arn);
}

/** Rolls a deployment back that awaits an action. Source: ECS API, ContinueServiceDeployment. */
export async function rollBackPaused(
  ecs: ECSClient,
  serviceDeploymentArn: string,
  hookId: string,
  check?: Precondition,
): Promise<void> {
  const command = new ContinueServiceDeploymentCommand({ serviceDeploymentArn, hookId, action: 'ROLLBACK' });
  command.middlewareStack.use(checkRepeats(check));
  await ecs.send(command);
}
