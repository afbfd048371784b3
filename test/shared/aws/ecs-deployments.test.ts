import {
  DescribeServiceRevisionsCommand,
  DescribeTaskDefinitionCommand,
  ECSClient,
  ListServiceDeploymentsCommand,
  type ServiceDeploymentStatus,
  StopServiceDeploymentCommand,
  UpdateServiceCommand,
} from '@aws-sdk/client-ecs';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import { deploy, isActive, readDeployments, stopDeployment } from '../../../shared/aws/ecs-deployments.ts';
import { now } from '../../support/builders.ts';

const mock = mockClient(ECSClient);
beforeEach(() => {
  mock.reset();
});
const ecs = new ECSClient({});
const name = { cluster: 'buywhere-production', service: 'buywhere-api' };
const named = (error: string) => Object.assign(new Error(error), { name: error });

describe('the deployments of a service', () => {
  it('have completed where they succeeded, and at no other end', async () => {
    const ended = (status: ServiceDeploymentStatus) => ({ status, finishedAt: new Date(now) });
    mock.on(ListServiceDeploymentsCommand).resolves({
      serviceDeployments: [
        ended('SUCCESSFUL'),
        ended('STOPPED'),
        ended('ROLLBACK_SUCCESSFUL'),
        { status: 'SUCCESSFUL' },
      ],
    });
    const completed = (await readDeployments(ecs, name)).map(({ completedAt }) => completedAt);
    expect(completed).toEqual([now, undefined, undefined, undefined]);
  });

  it('come with the task definition of their revision', async () => {
    mock.on(ListServiceDeploymentsCommand).resolves({
      serviceDeployments: [
        {
          serviceDeploymentArn: 'deployment/2',
          status: 'IN_PROGRESS',
          createdAt: new Date(now),
          targetServiceRevisionArn: 'revision/2',
        },
        {
          serviceDeploymentArn: 'deployment/1',
          status: 'SUCCESSFUL',
          targetServiceRevisionArn: 'revision/1',
        },
        { targetServiceRevisionArn: 'revision/2' },
        {},
      ],
    });
    mock.on(DescribeServiceRevisionsCommand).resolves({
      serviceRevisions: [
        { serviceRevisionArn: 'revision/2', taskDefinition: 'arn:aws:ecs:task-definition/buywhere-api:42' },
        { serviceRevisionArn: 'revision/1' },
        { taskDefinition: 'arn:aws:ecs:task-definition/buywhere-api:1' },
      ],
    });
    const long = '1970-01-01T00:00:00.000Z';

    expect(await readDeployments(ecs, name)).toEqual([
      { arn: 'deployment/2', status: 'IN_PROGRESS', createdAt: now, taskDefinition: 'buywhere-api:42' },
      { arn: 'deployment/1', status: 'SUCCESSFUL', createdAt: long, taskDefinition: undefined },
      { arn: '', status: '', createdAt: long, taskDefinition: 'buywhere-api:42' },
      { arn: '', status: '', createdAt: long, taskDefinition: undefined },
    ]);
    expect(mock.commandCalls(ListServiceDeploymentsCommand)[0]?.args[0].input).toEqual({
      ...name,
      maxResults: 20,
    });
    expect(mock.commandCalls(DescribeServiceRevisionsCommand)[0]?.args[0].input).toEqual({
      serviceRevisionArns: ['revision/2', 'revision/1'],
    });
  });

  it.each(['buywhere-api:42', 'arn:aws:ecs:ap-southeast-1:123456789012:task-definition/buywhere-api:42'])(
    'come with the short name of %s',
    async (taskDefinition) => {
      const revision = { targetServiceRevisionArn: 'revision/2' };
      mock.on(ListServiceDeploymentsCommand).resolves({ serviceDeployments: [revision] });
      mock
        .on(DescribeServiceRevisionsCommand)
        .resolves({ serviceRevisions: [{ serviceRevisionArn: 'revision/2', taskDefinition }] });
      expect(await readDeployments(ecs, name)).toMatchObject([{ taskDefinition: 'buywhere-api:42' }]);
    },
  );

  it('are looked up twenty at most, as ECS allows', async () => {
    const serviceDeployments = Array.from({ length: 25 }, (_, at) => ({
      targetServiceRevisionArn: `revision/${at}`,
    }));
    mock.on(ListServiceDeploymentsCommand).resolves({ serviceDeployments });
    mock.on(DescribeServiceRevisionsCommand).resolves({});

    expect(await readDeployments(ecs, name)).toHaveLength(25);
    const { input } = mock.commandCalls(DescribeServiceRevisionsCommand)[0]?.args[0] ?? {};
    expect(input?.serviceRevisionArns).toHaveLength(20);
  });

  it('may be none', async () => {
    mock.on(ListServiceDeploymentsCommand).resolves({});
    expect(await readDeployments(ecs, name)).toEqual([]);
    expect(mock.commandCalls(DescribeServiceRevisionsCommand)).toEqual([]);
  });
});

describe('a task definition', () => {
  it.each([
    ['ACTIVE', true],
    ['INACTIVE', false],
  ] as const)('that is %s can be deployed: %s', async (status, active) => {
    mock.on(DescribeTaskDefinitionCommand).resolves({ taskDefinition: { status } });
    expect(await isActive(ecs, 'buywhere-api:41')).toBe(active);
    expect(mock.commandCalls(DescribeTaskDefinitionCommand)[0]?.args[0].input).toEqual({
      taskDefinition: 'buywhere-api:41',
    });
  });

  it('that ECS does not know cannot be deployed; where ECS does not say, nothing is assumed', async () => {
    mock.on(DescribeTaskDefinitionCommand).resolves({});
    expect(await isActive(ecs, 'buywhere-api:41')).toBe(false);
    mock.on(DescribeTaskDefinitionCommand).rejects(named('ClientException'));
    expect(await isActive(ecs, 'buywhere-api:41')).toBe(false);
    mock.on(DescribeTaskDefinitionCommand).rejects(named('ServerException'));
    await expect(isActive(ecs, 'buywhere-api:41')).rejects.toThrow('ServerException');
  });

  it('is deployed anew, also when it is the present one', async () => {
    mock.on(UpdateServiceCommand).resolves({});
    await deploy(ecs, name, 'buywhere-api:41');
    expect(mock.commandCalls(UpdateServiceCommand)[0]?.args[0].input).toEqual({
      ...name,
      taskDefinition: 'buywhere-api:41',
      forceNewDeployment: true,
    });
  });

  it('is the present one where none is named', async () => {
    mock.on(UpdateServiceCommand).resolves({});
    await deploy(ecs, name, undefined);
    expect(mock.commandCalls(UpdateServiceCommand)[0]?.args[0].input).toEqual({
      ...name,
      forceNewDeployment: true,
    });
  });
});

it('stops a deployment by rolling it back', async () => {
  mock.on(StopServiceDeploymentCommand).resolves({});
  await stopDeployment(ecs, 'deployment/2');
  expect(mock.commandCalls(StopServiceDeploymentCommand)[0]?.args[0].input).toEqual({
    serviceDeploymentArn: 'deployment/2',
    stopType: 'ROLLBACK',
  });
});
