import {
  DescribeServiceRevisionsCommand,
  DescribeTaskDefinitionCommand,
  type ECSClient,
  ListServiceDeploymentsCommand,
  type ServiceDeploymentBrief,
  type ServiceRevision,
  StopServiceDeploymentCommand,
  UpdateServiceCommand,
} from '@aws-sdk/client-ecs';
import type { ServiceName } from './ecs.ts';
import { checkRepeats, type Precondition } from './repeated-attempts.ts';

/** One service deployment, newest first in every list. */
export interface ServiceDeployment {
  arn: string;
  status: string;
  createdAt: string;
  /** When it completed, with the last task of before gone; absent where it has not. */
  completedAt?: string | undefined;
  /** `family:revision`; undefined where the revision can't be described (made before 25 October 2024). */
  taskDefinition: string | undefined;
}

/** Whether a deployment is still under way. Source: ECS API, ServiceDeployment.status. */
export const isInFlight = ({ status }: Pick<ServiceDeployment, 'status'>): boolean =>
  status === 'PENDING' || status === 'IN_PROGRESS';

/** A deployment as ECS lists it, with what it deployed where that can still be described. */
export interface DescribedDeployment {
  deployment: ServiceDeploymentBrief;
  revision: ServiceRevision | undefined;
}

/**
 * The service's latest twenty deployments with their revisions, newest first.
 * Source: ECS API, ListServiceDeployments, DescribeServiceRevisions.
 */
export async function readRevisions(ecs: ECSClient, name: ServiceName): Promise<DescribedDeployment[]> {
  const { serviceDeployments = [] } = await ecs.send(
    new ListServiceDeploymentsCommand({ cluster: name.cluster, service: name.service, maxResults: 20 }),
  );
  const revisionArns = [
    ...new Set(serviceDeployments.flatMap((deployment) => deployment.targetServiceRevisionArn ?? [])),
  ];
  const known = new Map<string | undefined, ServiceRevision>();
  if (revisionArns.length > 0) {
    const { serviceRevisions = [] } = await ecs.send(
      new DescribeServiceRevisionsCommand({ serviceRevisionArns: revisionArns.slice(0, 20) }),
    );
    for (const revision of serviceRevisions) known.set(revision.serviceRevisionArn, revision);
  }
  return serviceDeployments.map((deployment) => ({
    deployment,
    revision: known.get(deployment.targetServiceRevisionArn ?? ''),
  }));
}

/** The same, with their task definitions alone. */
export async function readDeployments(ecs: ECSClient, name: ServiceName): Promise<ServiceDeployment[]> {
  return (await readRevisions(ecs, name)).map(({ deployment, revision }) => ({
    arn: deployment.serviceDeploymentArn ?? '',
    status: deployment.status ?? '',
    createdAt: (deployment.createdAt ?? new Date(0)).toISOString(),
    ...(deployment.status === 'SUCCESSFUL' && deployment.finishedAt
      ? { completedAt: deployment.finishedAt.toISOString() }
      : {}),
    taskDefinition: revision?.taskDefinition && shortName(revision.taskDefinition),
  }));
}

/** `family:revision` of a task definition's ARN. */
const shortName = (arn: string): string => arn.slice(arn.lastIndexOf('/') + 1);

/** Whether a task definition can still be deployed: a service can't be updated to an INACTIVE one. */
export async function isActive(ecs: ECSClient, taskDefinition: string): Promise<boolean> {
  try {
    const answer = await ecs.send(new DescribeTaskDefinitionCommand({ taskDefinition }));
    return answer.taskDefinition?.status === 'ACTIVE';
  } catch (error) {
    if (error instanceof Error && error.name === 'ClientException') return false;
    throw error;
  }
}

/** Stops a deployment in flight; ECS goes back to the last one that completed. */
export async function stopDeployment(
  ecs: ECSClient,
  serviceDeploymentArn: string,
  check?: Precondition,
): Promise<void> {
  const command = new StopServiceDeploymentCommand({ serviceDeploymentArn, stopType: 'ROLLBACK' });
  command.middlewareStack.use(checkRepeats(check));
  await ecs.send(command);
}

/** Deploys a task definition, or without one the present one again. ECS asks who names one for iam:PassRole on its roles. */
export async function deploy(
  ecs: ECSClient,
  name: ServiceName,
  taskDefinition: string | undefined,
  check?: Precondition,
): Promise<void> {
  const command = new UpdateServiceCommand({
    cluster: name.cluster,
    service: name.service,
    taskDefinition,
    forceNewDeployment: true,
  });
  command.middlewareStack.use(checkRepeats(check));
  await ecs.send(command);
}
