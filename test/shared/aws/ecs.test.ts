import {
  DescribeServicesCommand,
  DescribeTasksCommand,
  ECSClient,
  ListTasksCommand,
  type Service,
  type Task,
  UpdateServiceCommand,
} from '@aws-sdk/client-ecs';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import { readService, readStoppedTasks, setDesiredCount } from '../../../shared/aws/ecs.ts';
import { ServiceNotUsableError } from '../../../shared/core/errors.ts';
import { now, secondsLater, view } from '../../support/builders.ts';

const ecs = mockClient(ECSClient);
beforeEach(() => {
  ecs.reset();
});
const name = { cluster: 'buywhere-production', service: 'buywhere-api' };

describe('a service as ECS describes it', () => {
  const read = (service: Service) => {
    ecs.on(DescribeServicesCommand).resolves({ services: [{ status: 'ACTIVE', ...service }] });
    return readService(new ECSClient({}), name);
  };

  it('is asked for by cluster and name', async () => {
    expect(await read({})).toEqual(view({ desired: 0, running: 0, taskDefinition: '' }));
    expect(ecs.commandCalls(DescribeServicesCommand)[0]?.args[0].input).toEqual({
      cluster: 'buywhere-production',
      services: ['buywhere-api'],
    });
  });

  it('has its counts and its last five events, each in 300 characters', async () => {
    const events = Array.from({ length: 7 }, (_, number) => ({
      createdAt: new Date(secondsLater(-number)),
      message: `${number} ${'x'.repeat(400)}`,
    }));
    const seen = await read({
      desiredCount: 5,
      runningCount: 4,
      pendingCount: 1,
      taskDefinition: 'task-definition/buywhere-api:42',
      events,
    });

    expect(seen).toMatchObject({
      desired: 5,
      running: 4,
      pending: 1,
      taskDefinition: 'task-definition/buywhere-api:42',
    });
    expect(seen.events).toHaveLength(5);
    expect(seen.events[1]).toEqual({
      at: secondsLater(-1),
      kind: 'other',
      message: `1 ${'x'.repeat(298)}`,
    });
  });

  it('has the newest two events of each kind, however many others came since', async () => {
    const event = (message: string, number: number) => ({
      createdAt: new Date(secondsLater(-number)),
      message,
    });
    const place = '(service buywhere-api) was unable to place a task.';
    const messages = [...Array.from({ length: 6 }, () => 'x'), place, 'y', place, place];
    const { events } = await read({ events: messages.map(event) });
    expect(events.map(({ at, kind }) => [at, kind])).toEqual([
      ...[0, 1, 2, 3, 4].map((number) => [secondsLater(-number), 'other']),
      [secondsLater(-6), 'cannot-place'],
      [secondsLater(-8), 'cannot-place'],
    ]);
  });

  it('knows events by their words', async () => {
    const message = '(service buywhere-api) was unable to place a task.';
    expect((await read({ events: [{ message }] })).events).toMatchObject([{ kind: 'cannot-place', message }]);
  });

  it('knows how long its tasks lately took to start, where its events say so', async () => {
    const events = [0, 1000].flatMap((at) => [
      { createdAt: new Date(secondsLater(at)), message: 'has started 1 tasks: (task 0a).' },
      { createdAt: new Date(secondsLater(at + 300)), message: 'has reached a steady state.' },
    ]);
    expect((await read({ events })).startSeconds).toBe(300);
    expect(await read({ events: events.slice(1) })).not.toHaveProperty('startSeconds');
  });

  it('has its target groups, each with the one that it swaps with', async () => {
    const arn = (name: string) =>
      `arn:aws:elasticloadbalancing:ap-southeast-1:123456789012:targetgroup/${name}/0123456789abcdef`;
    const seen = await read({
      loadBalancers: [
        { targetGroupArn: arn('blue'), advancedConfiguration: { alternateTargetGroupArn: arn('green') } },
        { loadBalancerName: 'classic' },
        { targetGroupArn: arn('plain') },
      ],
    });
    expect(seen.targetGroups).toEqual([
      { group: 'targetgroup/blue/0123456789abcdef', alternate: 'targetgroup/green/0123456789abcdef' },
      { group: 'targetgroup/plain/0123456789abcdef' },
    ]);
    expect(await read({})).not.toHaveProperty('targetGroups');
    expect(await read({ loadBalancers: [{ loadBalancerName: 'classic' }] })).not.toHaveProperty(
      'targetGroups',
    );
  });

  it('may have events without time and text', async () => {
    expect((await read({ events: [{}] })).events).toEqual([
      { at: '1970-01-01T00:00:00.000Z', kind: 'other', message: '' },
    ]);
  });

  it.each<[string, Service['deployments'], object]>([
    ['steady', [{ rolloutState: 'COMPLETED', status: 'PRIMARY' }], { rollout: 'steady', failedTasks: 0 }],
    ['being deployed', [{ rolloutState: 'IN_PROGRESS' }], { rollout: 'in-progress' }],
    [
      'being deployed, as the old tasks still run',
      [{ rolloutState: 'COMPLETED' }, { rolloutState: 'COMPLETED' }],
      { rollout: 'in-progress' },
    ],
    [
      'failing to deploy',
      [
        { status: 'PRIMARY', rolloutState: 'FAILED', failedTasks: 3 },
        { status: 'ACTIVE', rolloutState: 'COMPLETED', failedTasks: 2 },
      ],
      { rollout: 'failed', failedTasks: 5 },
    ],
    [
      'failing to deploy, by the first where none is the primary',
      [{ rolloutState: 'FAILED' }],
      { rollout: 'failed' },
    ],
    [
      'being deployed, though what it replaces has failed',
      [
        { status: 'ACTIVE', rolloutState: 'FAILED' },
        { status: 'PRIMARY', rolloutState: 'IN_PROGRESS' },
      ],
      { rollout: 'in-progress' },
    ],
    [
      'steady again, with what ECS has rolled back still listed',
      [
        { status: 'PRIMARY', rolloutState: 'COMPLETED' },
        { status: 'INACTIVE', rolloutState: 'FAILED' },
      ],
      { rollout: 'steady' },
    ],
  ])('is %s', async (_, deployments, expected) => {
    expect(await read({ deployments })).toMatchObject(expected);
  });

  it('was deployed when its primary deployment began', async () => {
    const [old, young] = [new Date(secondsLater(-86_400)), new Date(secondsLater(-60))];
    const seen = await read({
      deployments: [
        { status: 'ACTIVE', createdAt: old },
        { status: 'PRIMARY', createdAt: young },
      ],
    });

    expect(seen.deployedAt).toBe(secondsLater(-60));
    expect(await read({})).not.toHaveProperty('deployedAt');
  });
});

describe('how few tasks ECS keeps while it deploys', () => {
  const read = (service: Service) => {
    ecs.on(DescribeServicesCommand).resolves({ services: [{ status: 'ACTIVE', ...service }] });
    return readService(new ECSClient({}), name);
  };

  it.each<[number | undefined, 'ROLLING' | 'BLUE_GREEN' | undefined, object]>([
    [50, undefined, { minimumHealthyPercent: 50 }],
    [0, 'ROLLING', { minimumHealthyPercent: 0 }],
    [99, 'ROLLING', { minimumHealthyPercent: 99 }],
  ])('is read: %j of %j', async (minimumHealthyPercent, strategy, expected) => {
    expect(await read({ deploymentConfiguration: { minimumHealthyPercent, strategy } })).toMatchObject(
      expected,
    );
  });

  it.each<[number | undefined, 'ROLLING' | 'BLUE_GREEN' | undefined]>([
    [100, 'ROLLING'],
    [150, undefined],
    [undefined, undefined],
    [50, 'BLUE_GREEN'],
  ])('is all of them: %j of %j', async (minimumHealthyPercent, strategy) => {
    const seen = await read({ deploymentConfiguration: { minimumHealthyPercent, strategy } });
    expect(seen).not.toHaveProperty('minimumHealthyPercent');
  });

  it('is all of them where ECS says nothing', async () => {
    expect(await read({})).not.toHaveProperty('minimumHealthyPercent');
  });
});

describe('a service that cannot be scaled', () => {
  const failing = async () => {
    const read = readService(new ECSClient({}), name);
    await expect(read).rejects.toThrow(ServiceNotUsableError);
    return read.catch((error: Error) => error.message);
  };
  const supported = 'and must have ECS (rolling) deployments and REPLICA';

  it.each<[Service, string]>([
    [{ status: 'DRAINING' }, 'is DRAINING, not ACTIVE'],
    [
      { status: 'ACTIVE', deploymentController: { type: 'CODE_DEPLOY' } },
      `is not supported: it has CODE_DEPLOY deployments and the scheduling strategy REPLICA, ${supported}`,
    ],
    [
      { status: 'ACTIVE', schedulingStrategy: 'DAEMON' },
      `is not supported: it has ECS deployments and the scheduling strategy DAEMON, ${supported}`,
    ],
  ])('is refused: %j', async (service, message) => {
    ecs.on(DescribeServicesCommand).resolves({ services: [service] });
    expect(await failing()).toBe(`service buywhere-api in cluster buywhere-production ${message}`);
  });

  it('is refused where ECS does not know it', async () => {
    ecs.on(DescribeServicesCommand).resolves({ failures: [{ reason: 'MISSING' }] });
    expect(await failing()).toBe('service buywhere-api in cluster buywhere-production: MISSING');
    ecs.on(DescribeServicesCommand).resolves({ failures: [] });
    expect(await failing()).toBe('service buywhere-api in cluster buywhere-production: no answer');
    ecs.on(DescribeServicesCommand).resolves({});
    expect(await failing()).toBe('service buywhere-api in cluster buywhere-production: no answer');
  });

  it('is refused where its cluster does not exist', async () => {
    const error = Object.assign(new Error('gone'), { name: 'ClusterNotFoundException' });
    ecs.on(DescribeServicesCommand).rejects(error);
    expect(await failing()).toBe('cluster buywhere-production does not exist');
  });
});

describe('why tasks stopped', () => {
  const read = (...tasks: Task[]) => {
    ecs.on(ListTasksCommand).resolves({ taskArns: tasks.map((_, number) => `task-${number}`) });
    ecs.on(DescribeTasksCommand).resolves({ tasks });
    return readStoppedTasks(new ECSClient({}), name, new Date(secondsLater(-900)));
  };
  const pull: Task = { stopCode: 'TaskFailedToStart', stoppedReason: 'CannotPullContainerError' };
  const exit: Task = {
    stopCode: 'EssentialContainerExited',
    stoppedReason: 'Essential container exited',
    startedAt: new Date(secondsLater(-600)),
  };

  it('is counted by reason, the most frequent first', async () => {
    expect(await read({ ...pull, createdAt: new Date(now) }, exit, exit)).toEqual([
      {
        kind: 'ran-and-failed',
        reason: 'EssentialContainerExited: Essential container exited',
        count: 2,
        asked: [secondsLater(-600), secondsLater(-600)],
      },
      {
        kind: 'never-started',
        reason: 'TaskFailedToStart: CannotPullContainerError',
        count: 1,
        asked: [secondsLater(0)],
      },
    ]);
    expect(ecs.commandCalls(ListTasksCommand)[0]?.args[0].input).toEqual({
      cluster: 'buywhere-production',
      serviceName: 'buywhere-api',
      desiredStatus: 'STOPPED',
      maxResults: 100,
    });
    expect(ecs.commandCalls(DescribeTasksCommand)[0]?.args[0].input).toEqual({
      cluster: 'buywhere-production',
      tasks: ['task-0', 'task-1', 'task-2'],
    });
  });

  it('is counted for each task definition', async () => {
    const of = (taskDefinitionArn: string) => ({ ...pull, taskDefinitionArn });
    expect(await read(of('shop:42'), of('shop:43'), of('shop:43'))).toMatchObject([
      { count: 2, taskDefinition: 'shop:43' },
      { count: 1, taskDefinition: 'shop:42' },
    ]);
  });

  it('is nothing where tasks went because the service or a person wanted it', async () => {
    expect(await read({ stopCode: 'ServiceSchedulerInitiated' }, { stopCode: 'UserInitiated' })).toEqual([]);
  });

  it('is of late: tasks that stopped before are left out', async () => {
    const at = (seconds: number) => new Date(secondsLater(seconds));
    expect(
      await read(
        { ...pull, stoppedAt: at(-900) },
        { ...pull, stoppedAt: at(-901) },
        { ...pull, stoppingAt: at(-901) },
        { ...pull, stoppingAt: at(-901), stoppedAt: at(-899) },
      ),
    ).toMatchObject([{ count: 2 }]);
  });

  it('may be unknown, and is cut after 200 characters', async () => {
    expect(await read({})).toMatchObject([{ kind: 'never-started', reason: 'unknown: no reason given' }]);
    expect(await read({ ...pull, stoppedReason: 'x'.repeat(300) })).toMatchObject([
      { kind: 'never-started', reason: `TaskFailedToStart: ${'x'.repeat(200)}`, count: 1 },
    ]);
  });

  it('knows when the newest ten were asked for, newest first', async () => {
    const many = Array.from({ length: 12 }, (_, i) => ({
      ...pull,
      createdAt: new Date(secondsLater(i - 60)),
      stoppedAt: new Date(now),
    }));
    const [seen] = await read(...many);
    expect([seen?.count, seen?.asked.length, seen?.asked[0]]).toEqual([12, 10, secondsLater(-49)]);
  });

  it('is not asked for where none stopped', async () => {
    ecs.on(ListTasksCommand).resolves({});
    expect(await readStoppedTasks(new ECSClient({}), name, new Date(now))).toEqual([]);
    expect(ecs.commandCalls(DescribeTasksCommand)).toEqual([]);
  });
});

it('sets the desired count, and nothing else', async () => {
  ecs.on(UpdateServiceCommand).resolves({});
  await setDesiredCount(new ECSClient({}), name, 9);
  expect(ecs.commandCalls(UpdateServiceCommand)[0]?.args[0].input).toEqual({ ...name, desiredCount: 9 });
});
