import {
  DescribeClustersCommand,
  DescribeServiceDeploymentsCommand,
  DescribeServiceRevisionsCommand,
  DescribeServicesCommand,
  DescribeTaskDefinitionCommand,
  DescribeTasksCommand,
  ListServiceDeploymentsCommand,
  ListServicesCommand,
  ListTaskDefinitionsCommand,
  ListTasksCommand,
  StopServiceDeploymentCommand,
  UpdateServiceCommand,
} from '@aws-sdk/client-ecs';
import { describe, expect, it } from '@jest/globals';
import { CLUSTER, SERVICE } from './fake-world.ts';
import { createHarness } from './harness.ts';

const ARN = 'arn:aws:ecs:ap-southeast-1:123456789012';
const which = { cluster: CLUSTER, service: SERVICE };

describe('DescribeServices', () => {
  it('answers counts, deployments and events, with dates that the SDK understands', async () => {
    const { ecs } = createHarness();
    const answer = await ecs.send(new DescribeServicesCommand({ cluster: CLUSTER, services: [SERVICE] }));
    const [service] = answer.services ?? [];
    expect(service).toMatchObject({
      serviceArn: `${ARN}:service/${CLUSTER}/${SERVICE}`,
      status: 'ACTIVE',
      desiredCount: 3,
      runningCount: 3,
      pendingCount: 0,
      taskDefinition: `${ARN}:task-definition/buywhere-api:42`,
    });
    expect(service?.deployments?.[0]).toMatchObject({ status: 'PRIMARY', rolloutState: 'COMPLETED' });
    expect(service?.events?.[0]?.createdAt).toBeInstanceOf(Date);
    expect(answer.failures).toEqual([]);
  });

  it('reports a missing service as a failure and a missing cluster as an error', async () => {
    const { ecs } = createHarness();
    const missing = await ecs.send(new DescribeServicesCommand({ cluster: CLUSTER, services: ['no-such'] }));
    expect(missing).toMatchObject({
      services: [],
      failures: [{ arn: `${ARN}:service/${CLUSTER}/no-such`, reason: 'MISSING' }],
    });
    const elsewhere = ecs.send(new DescribeServicesCommand({ cluster: 'nowhere', services: [SERVICE] }));
    await expect(elsewhere).rejects.toMatchObject({
      name: 'ClusterNotFoundException',
      message: 'Cluster not found.',
    });
  });

  it('takes at most ten services', async () => {
    const { ecs } = createHarness();
    const services = Array.from({ length: 11 }, (_, index) => `service-${index}`);
    await expect(ecs.send(new DescribeServicesCommand({ cluster: CLUSTER, services }))).rejects.toMatchObject(
      {
        name: 'InvalidParameterException',
      },
    );
  });
});

describe('UpdateService', () => {
  it('sets an absolute count without a deployment and records who changed what', async () => {
    const { aws, ecs, now } = createHarness();
    const { service } = await ecs.send(new UpdateServiceCommand({ ...which, desiredCount: 6 }));
    expect(service?.desiredCount).toBe(6);
    expect(service?.deployments).toHaveLength(1);
    expect(aws.writes).toEqual([
      {
        at: now(),
        who: 'scale-out',
        call: 'ecs:UpdateService',
        service: `${CLUSTER}/${SERVICE}`,
        from: { desired: 3 },
        to: { desired: 6 },
      },
    ]);
  });

  it('records no write when nothing changes', async () => {
    const { aws, ecs } = createHarness();
    await ecs.send(new UpdateServiceCommand({ ...which, desiredCount: 3 }));
    expect(aws.writes).toEqual([]);
    expect(aws.calls).toHaveLength(1);
  });

  it.each([
    [{ desiredCount: -1 }, 'InvalidParameterException', 'Desired count must be zero or more.'],
    [{ desiredCount: 5001 }, 'InvalidParameterException', 'Desired count exceeds limit.'],
    [{ taskDefinition: 'buywhere-api:7' }, 'ClientException', 'TaskDefinition not found.'],
    [{ taskDefinition: 'buywhere-api:40' }, 'ClientException', 'TaskDefinition is inactive'],
    [{ service: 'no-such' }, 'ServiceNotFoundException', 'Service not found.'],
  ])('refuses %j', async (change, name, message) => {
    const { aws, ecs } = createHarness();
    await expect(ecs.send(new UpdateServiceCommand({ ...which, ...change }))).rejects.toMatchObject({
      name,
      message,
    });
    expect(aws.writes).toEqual([]);
    expect(aws.calls[0]).toMatchObject({ service: 'ecs', operation: 'UpdateService', error: name });
  });

  it('takes the latest active revision of a family', async () => {
    const { aws, ecs } = createHarness();
    await ecs.send(new UpdateServiceCommand({ ...which, taskDefinition: 'buywhere-api:41' }));
    await ecs.send(new UpdateServiceCommand({ ...which, taskDefinition: 'buywhere-api' }));
    expect(aws.settings(CLUSTER, SERVICE).taskDefinition).toBe('buywhere-api:42');
  });
});

describe('tasks', () => {
  it('lists in pages and describes what it lists', async () => {
    const { ecs } = createHarness();
    const first = await ecs.send(
      new ListTasksCommand({ cluster: CLUSTER, serviceName: SERVICE, maxResults: 2 }),
    );
    const second = await ecs.send(
      new ListTasksCommand({ cluster: CLUSTER, serviceName: SERVICE, nextToken: first.nextToken }),
    );
    expect(first.taskArns).toHaveLength(2);
    expect(second.taskArns).toHaveLength(1);
    const tasks = [...(first.taskArns ?? []), 'gone'];
    const answer = await ecs.send(new DescribeTasksCommand({ cluster: CLUSTER, tasks }));
    expect(answer.tasks?.[0]).toMatchObject({
      lastStatus: 'RUNNING',
      startedBy: 'ecs-svc/4200000000000000042',
    });
    expect(answer.failures).toEqual([{ arn: `${ARN}:task/${CLUSTER}/gone`, reason: 'MISSING' }]);
  });

  it('knows no tasks of desired status PENDING, and no unknown service', async () => {
    const { ecs } = createHarness();
    const pending = await ecs.send(new ListTasksCommand({ cluster: CLUSTER, desiredStatus: 'PENDING' }));
    expect(pending.taskArns).toEqual([]);
    await expect(
      ecs.send(new ListTasksCommand({ cluster: CLUSTER, serviceName: 'no-such' })),
    ).rejects.toMatchObject({ name: 'ServiceNotFoundException' });
  });
});

describe('what a deployment is made of', () => {
  /** The revisions of the service's deployments, newest first. */
  async function revisions(options: Parameters<typeof createHarness>[0]) {
    const { ecs } = createHarness(options);
    const { serviceDeployments = [] } = await ecs.send(new ListServiceDeploymentsCommand(which));
    const serviceRevisionArns = serviceDeployments.flatMap(
      ({ targetServiceRevisionArn }) => targetServiceRevisionArn ?? [],
    );
    const answer = await ecs.send(new DescribeServiceRevisionsCommand({ serviceRevisionArns }));
    return answer.serviceRevisions ?? [];
  }

  it('shows metrics of 20 seconds where they are configured, and nothing at the default', async () => {
    const [fast] = await revisions({ cpuMetricSeconds: 20 });
    expect(fast?.monitoring?.metricConfigurations).toEqual([
      { metricNames: ['CPUUtilization', 'MemoryUtilization'], resolutionSeconds: 20 },
    ]);
    const [slow] = await revisions({});
    expect(slow?.taskDefinition).toMatch(/buywhere-api:42$/);
    expect(slow).not.toHaveProperty('monitoring');
  });

  it('has a task definition with the roles of its tasks', async () => {
    const { ecs } = createHarness();
    const { taskDefinition } = await ecs.send(
      new DescribeTaskDefinitionCommand({ taskDefinition: 'buywhere-api:42' }),
    );
    expect(taskDefinition).toMatchObject({
      taskRoleArn: 'arn:aws:iam::123456789012:role/buywhere-api-task',
      executionRoleArn: 'arn:aws:iam::123456789012:role/ecsTaskExecutionRole',
    });
  });
});

describe('rollback', () => {
  it('finds the deployment before the present one and its revision', async () => {
    const { ecs } = createHarness();
    const { serviceDeployments } = await ecs.send(
      new ListServiceDeploymentsCommand({ ...which, status: ['SUCCESSFUL'] }),
    );
    const [newest, previous] = serviceDeployments ?? [];
    expect(newest?.finishedAt).toBeInstanceOf(Date);
    const revision = await ecs.send(
      new DescribeServiceRevisionsCommand({
        serviceRevisionArns: [previous?.targetServiceRevisionArn ?? ''],
      }),
    );
    expect(revision.serviceRevisions?.[0]?.taskDefinition).toBe(`${ARN}:task-definition/buywhere-api:41`);
    const details = await ecs.send(
      new DescribeServiceDeploymentsCommand({ serviceDeploymentArns: [newest?.serviceDeploymentArn ?? ''] }),
    );
    expect(details.serviceDeployments?.[0]).toMatchObject({
      targetServiceRevision: { requestedTaskCount: 3, runningTaskCount: 3 },
      sourceServiceRevisions: [{ arn: previous?.targetServiceRevisionArn }],
    });
  });

  it('stops a running deployment but not a finished one', async () => {
    const { aws, ecs, world } = createHarness();
    const { serviceDeployments } = await ecs.send(new ListServiceDeploymentsCommand(which));
    const stop = new StopServiceDeploymentCommand({
      serviceDeploymentArn: serviceDeployments?.[0]?.serviceDeploymentArn,
    });
    await expect(ecs.send(stop)).rejects.toMatchObject({ name: 'ConflictException' });
    world.deploying = true;
    await ecs.send(stop);
    expect(aws.writes.at(-1)).toMatchObject({
      call: 'ecs:StopServiceDeployment',
      from: { taskDefinition: 'buywhere-api:42' },
      to: { taskDefinition: 'buywhere-api:41' },
    });
    const unknown = new StopServiceDeploymentCommand({
      serviceDeploymentArn: `${ARN}:service-deployment/a/b/c`,
    });
    await expect(ecs.send(unknown)).rejects.toMatchObject({ name: 'ServiceDeploymentNotFoundException' });
  });

  it('lists active task definitions newest first and tells an inactive one', async () => {
    const { ecs } = createHarness();
    const list = await ecs.send(new ListTaskDefinitionsCommand({ familyPrefix: SERVICE, sort: 'DESC' }));
    expect(list.taskDefinitionArns).toEqual(
      [42, 41].map((revision) => `${ARN}:task-definition/buywhere-api:${revision}`),
    );
    const old = await ecs.send(new DescribeTaskDefinitionCommand({ taskDefinition: 'buywhere-api:40' }));
    expect(old.taskDefinition).toMatchObject({ revision: 40, status: 'INACTIVE' });
    await expect(
      ecs.send(new DescribeTaskDefinitionCommand({ taskDefinition: 'other:1' })),
    ).rejects.toMatchObject({ name: 'ClientException' });
  });
});

it('answers for clusters', async () => {
  const { ecs } = createHarness();
  const { serviceArns } = await ecs.send(new ListServicesCommand({ cluster: CLUSTER }));
  expect(serviceArns).toEqual([`${ARN}:service/${CLUSTER}/${SERVICE}`]);
  const answer = await ecs.send(new DescribeClustersCommand({ clusters: [CLUSTER, 'nowhere'] }));
  expect(answer.clusters?.[0]).toMatchObject({ clusterName: CLUSTER, runningTasksCount: 3 });
  expect(answer.failures?.[0]?.reason).toBe('MISSING');
});
