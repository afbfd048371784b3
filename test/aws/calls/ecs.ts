import {
  DescribeClustersCommand,
  DescribeServiceDeploymentsCommand,
  DescribeServiceRevisionsCommand,
  DescribeServicesCommand,
  DescribeTaskDefinitionCommand,
  DescribeTasksCommand,
  type ECSClient,
  ListClustersCommand,
  ListServiceDeploymentsCommand,
  ListServicesCommand,
  ListTaskDefinitionsCommand,
  ListTasksCommand,
  type Service,
  StopServiceDeploymentCommand,
  UpdateServiceCommand,
  type UpdateServiceCommandInput,
} from '@aws-sdk/client-ecs';
import { calls, cluster, service } from './call.ts';

const named = { cluster, service };
/** The members of a service that a call changes; its whole shape is compared once. */
const changing = (service: Service | undefined) => ({
  serviceArn: service?.serviceArn,
  desiredCount: service?.desiredCount,
  runningCount: service?.runningCount,
  taskDefinition: service?.taskDefinition,
  deployments: service?.deployments?.map(({ status, desiredCount, taskDefinition }) => ({
    status,
    desiredCount,
    taskDefinition,
  })),
});
const described = async (ecs: ECSClient, names: { cluster: string; services: string[] }) =>
  changing((await ecs.send(new DescribeServicesCommand(names))).services?.[0]);
const updated = async (ecs: ECSClient, change: Partial<UpdateServiceCommandInput>) =>
  changing((await ecs.send(new UpdateServiceCommand({ ...named, ...change }))).service);

const arn = (resource: string) => `arn:aws:ecs:ap-southeast-1:123456789012:${resource}`;

export const ecsCalls = calls({
  'ECS DescribeServices': ({ ecs }) =>
    ecs.send(new DescribeServicesCommand({ cluster, services: [service] })),
  'ECS DescribeServices, by ARN': ({ ecs }) =>
    described(ecs, {
      cluster: arn(`cluster/${cluster}`),
      services: [arn(`service/${cluster}/${service}`)],
    }),
  'ECS DescribeServices, missing service': ({ ecs }) =>
    ecs.send(new DescribeServicesCommand({ cluster, services: ['no-such'] })),
  'ECS DescribeServices, missing cluster': ({ ecs }) =>
    ecs.send(new DescribeServicesCommand({ cluster: 'no-such', services: [service] })),
  'ECS DescribeServices, none': ({ ecs }) => ecs.send(new DescribeServicesCommand({ cluster, services: [] })),
  'ECS DescribeServices, eleven': ({ ecs }) =>
    ecs.send(new DescribeServicesCommand({ cluster, services: Array(11).fill(service) })),
  'ECS ListServices': ({ ecs }) => ecs.send(new ListServicesCommand({ cluster })),
  'ECS ListServices, missing cluster': ({ ecs }) => ecs.send(new ListServicesCommand({ cluster: 'no-such' })),
  'ECS ListClusters': ({ ecs }) => ecs.send(new ListClustersCommand({})),
  'ECS DescribeClusters': ({ ecs }) =>
    ecs.send(new DescribeClustersCommand({ clusters: [cluster, 'no-such'] })),
  'ECS ListTasks': ({ ecs }) => ecs.send(new ListTasksCommand({ cluster, serviceName: service })),
  'ECS ListTasks, stopped': ({ ecs }) =>
    ecs.send(new ListTasksCommand({ cluster, serviceName: service, desiredStatus: 'STOPPED' })),
  'ECS ListTasks, missing service': ({ ecs }) =>
    ecs.send(new ListTasksCommand({ cluster, serviceName: 'no-such' })),
  'ECS ListTasks, missing cluster': ({ ecs }) => ecs.send(new ListTasksCommand({ cluster: 'no-such' })),
  'ECS DescribeTasks, missing task': ({ ecs }) =>
    ecs.send(new DescribeTasksCommand({ cluster, tasks: ['0123456789abcdef0123456789abcdef'] })),
  'ECS DescribeTasks, none': ({ ecs }) => ecs.send(new DescribeTasksCommand({ cluster, tasks: [] })),
  'ECS DescribeTaskDefinition': ({ ecs }) =>
    ecs.send(new DescribeTaskDefinitionCommand({ taskDefinition: `${service}:2` })),
  'ECS DescribeTaskDefinition, latest of a family': ({ ecs }) =>
    ecs.send(new DescribeTaskDefinitionCommand({ taskDefinition: service })),
  'ECS DescribeTaskDefinition, missing': ({ ecs }) =>
    ecs.send(new DescribeTaskDefinitionCommand({ taskDefinition: `${service}:99` })),
  'ECS ListTaskDefinitions, newest first': ({ ecs }) =>
    ecs.send(new ListTaskDefinitionsCommand({ familyPrefix: service, sort: 'DESC' })),
  'ECS ListTaskDefinitions, two per page': ({ ecs }) =>
    ecs.send(new ListTaskDefinitionsCommand({ familyPrefix: service, maxResults: 2 })),
  'ECS ListTaskDefinitions, part of a family': ({ ecs }) =>
    ecs.send(new ListTaskDefinitionsCommand({ familyPrefix: 'buywhere' })),
  'ECS ListServiceDeployments': ({ ecs }) => ecs.send(new ListServiceDeploymentsCommand(named)),
  'ECS DescribeServiceDeployments, missing': ({ ecs }) =>
    ecs.send(
      new DescribeServiceDeploymentsCommand({
        serviceDeploymentArns: [arn(`service-deployment/${cluster}/${service}/no-such`)],
      }),
    ),
  'ECS DescribeServiceRevisions, missing': ({ ecs }) =>
    ecs.send(
      new DescribeServiceRevisionsCommand({
        serviceRevisionArns: [arn(`service-revision/${cluster}/${service}/1`)],
      }),
    ),
  'ECS StopServiceDeployment, missing': ({ ecs }) =>
    ecs.send(
      new StopServiceDeploymentCommand({
        serviceDeploymentArn: arn(`service-deployment/${cluster}/${service}/no-such`),
      }),
    ),
  'ECS UpdateService, count': ({ ecs }) => updated(ecs, { desiredCount: 5 }),
  'ECS DescribeServices, after the count': ({ ecs }) => described(ecs, { cluster, services: [service] }),
  'ECS UpdateService, missing service': ({ ecs }) =>
    ecs.send(new UpdateServiceCommand({ cluster, service: 'no-such', desiredCount: 5 })),
  'ECS UpdateService, missing cluster': ({ ecs }) =>
    ecs.send(new UpdateServiceCommand({ cluster: 'no-such', service, desiredCount: 5 })),
  'ECS UpdateService, missing definition': ({ ecs }) => updated(ecs, { taskDefinition: `${service}:99` }),
  'ECS UpdateService, earlier definition': ({ ecs }) =>
    updated(ecs, { taskDefinition: `${service}:2`, forceNewDeployment: true }),
  'ECS UpdateService, negative count': ({ ecs }) => updated(ecs, { desiredCount: -1 }),
  'ECS UpdateService, count above the limit': ({ ecs }) => updated(ecs, { desiredCount: 5001 }),
});
