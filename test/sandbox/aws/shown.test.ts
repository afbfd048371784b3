import {
  DescribeServicesCommand,
  DescribeTasksCommand,
  ListTasksCommand,
  UpdateServiceCommand,
} from '@aws-sdk/client-ecs';
import { describe, expect, it } from '@jest/globals';
import type { ShownService } from '../../../sandbox/aws/shown.ts';
import { CLUSTER, SERVICE } from './fake-world.ts';
import { createHarness, START } from './harness.ts';

const harnessWith = (shown: ShownService) => createHarness({ shown: { [`${CLUSTER}/${SERVICE}`]: shown } });

const describeService = async ({ ecs }: ReturnType<typeof createHarness>) =>
  (await ecs.send(new DescribeServicesCommand({ cluster: CLUSTER, services: [SERVICE] }))).services?.[0];

describe('what ECS shows beside the world', () => {
  it('members of the service, besides or instead', async () => {
    const service = await describeService(
      harnessWith({
        serviceMembers: {
          deploymentController: { type: 'CODE_DEPLOY' },
          capacityProviderStrategy: [{ capacityProvider: 'FARGATE_SPOT', weight: 3, base: 0 }],
        },
      }),
    );
    expect(service).toMatchObject({
      desiredCount: 3,
      deploymentController: { type: 'CODE_DEPLOY' },
      capacityProviderStrategy: [{ capacityProvider: 'FARGATE_SPOT' }],
    });
  });

  it('events in their order, from their own moment on', async () => {
    const harness = harnessWith({
      serviceEvents: [
        { id: 'old', at: START - 90_000_000, message: '(service a) was unable to place a task.' },
        { id: 'soon', at: START + 60_000, message: '(service a) later' },
      ],
    });
    const ids = async () => (await describeService(harness))?.events?.map(({ id }) => id);
    expect(await ids()).toEqual(['e1', 'old']);
    harness.pass(60);
    expect(await ids()).toEqual(['soon', 'e1', 'old']);
  });

  it('stopped tasks, from the moment at which they stopped', async () => {
    const harness = harnessWith({
      stoppedTasks: [
        {
          id: 'aaaa',
          stoppedAt: START + 60_000,
          members: {
            stopCode: 'SpotInterruption',
            stoppedAt: START / 1000 + 60,
            startedAt: START / 1000 - 60,
          },
        },
      ],
    });
    const list = () =>
      harness.ecs.send(
        new ListTasksCommand({ cluster: CLUSTER, serviceName: SERVICE, desiredStatus: 'STOPPED' }),
      );
    expect((await list()).taskArns).toEqual([]);
    harness.pass(60);
    const { taskArns: tasks } = await list();
    const described = await harness.ecs.send(new DescribeTasksCommand({ cluster: CLUSTER, tasks }));
    expect(described.tasks).toMatchObject([
      {
        taskArn: `arn:aws:ecs:ap-southeast-1:123456789012:task/${CLUSTER}/aaaa`,
        lastStatus: 'STOPPED',
        stopCode: 'SpotInterruption',
        startedAt: new Date(START - 60_000),
        stoppedAt: new Date(START + 60_000),
      },
    ]);
  });

  it('lags behind each write for as long as is said; the answer of the write itself is new', async () => {
    const harness = harnessWith({ lagSeconds: 30 });
    const update = (desiredCount: number) =>
      harness.ecs.send(new UpdateServiceCommand({ cluster: CLUSTER, service: SERVICE, desiredCount }));
    const shown = async () => (await describeService(harness))?.desiredCount;
    expect((await update(5)).service?.desiredCount).toBe(5);
    expect(await shown()).toBe(3);
    harness.pass(20);
    await update(8);
    expect(await shown()).toBe(3);
    harness.pass(10);
    expect(await shown()).toBe(5);
    harness.pass(20);
    expect(await shown()).toBe(8);
  });
});
