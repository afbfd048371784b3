import {
  ContinueServiceDeploymentCommand,
  DescribeServiceDeploymentsCommand,
  type ECSClient,
} from '@aws-sdk/client-ecs';
import type { DeploymentPause } from '../document/assessment.ts';
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
