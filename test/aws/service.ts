import {
  CreateClusterCommand,
  CreateServiceCommand,
  type ECSClient,
  RegisterTaskDefinitionCommand,
} from '@aws-sdk/client-ecs';
import * as usual from './calls/call.ts';

/** The roles of its tasks. */
export const rolesOf = ({ service }: { service: string }) => ({
  task: `${service}-task`,
  execution: 'ecsTaskExecutionRole',
});

const roleArn = (name: string) => `arn:aws:iam::123456789012:role/${name}`;

/** Registers three revisions of the definition, and a service of three tasks, behind a target group where one is given. */
export async function createService(
  ecs: ECSClient,
  {
    cluster,
    service,
    targetGroup,
  }: { cluster: string; service: string; targetGroup?: string | undefined } = usual,
): Promise<void> {
  const roles = rolesOf({ service });
  await ecs.send(new CreateClusterCommand({ clusterName: cluster }));
  for (let revision = 1; revision <= 3; revision += 1) {
    await ecs.send(
      new RegisterTaskDefinitionCommand({
        family: service,
        networkMode: 'awsvpc',
        requiresCompatibilities: ['FARGATE'],
        cpu: '1024',
        memory: '2048',
        taskRoleArn: roleArn(roles.task),
        executionRoleArn: roleArn(roles.execution),
        containerDefinitions: [
          {
            name: service,
            image: `123456789012.dkr.ecr.ap-southeast-1.amazonaws.com/${service}:${revision}`,
            cpu: 1024,
            memory: 2048,
            essential: true,
            portMappings: [{ containerPort: 8080, hostPort: 8080, protocol: 'tcp' }],
          },
        ],
      }),
    );
  }
  await ecs.send(
    new CreateServiceCommand({
      cluster,
      serviceName: service,
      taskDefinition: `${service}:3`,
      desiredCount: 3,
      launchType: 'FARGATE',
      ...(targetGroup && {
        loadBalancers: [
          {
            targetGroupArn: `arn:aws:elasticloadbalancing:ap-southeast-1:123456789012:${targetGroup}`,
            containerName: service,
            containerPort: 8080,
          },
        ],
      }),
    }),
  );
}
