import {
  ApplicationAutoScalingClient,
  DescribeScheduledActionsCommand,
  type ScheduledAction,
} from '@aws-sdk/client-application-auto-scaling';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import { readScheduledActions } from '../../../shared/aws/scheduled-actions.ts';

const autoscaling = mockClient(ApplicationAutoScalingClient);
beforeEach(() => {
  autoscaling.reset();
});
const client = new ApplicationAutoScalingClient({});
const read = () => readScheduledActions(client, { cluster: 'production', service: 'api' });
const resource = {
  ServiceNamespace: 'ecs',
  ScalableDimension: 'ecs:service:DesiredCount',
  ResourceId: 'service/production/api',
} as const;
const action = (part: Partial<ScheduledAction> = {}): ScheduledAction => ({
  ...resource,
  ScheduledActionName: 'evening',
  ScheduledActionARN: 'arn:evening',
  Schedule: 'cron(0 18 * * ? *)',
  CreationTime: new Date('2026-09-01T08:00:00Z'),
  ...part,
});

describe('the scheduled actions of a service', () => {
  it('have a schedule in a zone, a time from which and to which they count, and what they set', async () => {
    autoscaling.on(DescribeScheduledActionsCommand).resolves({
      ScheduledActions: [
        action({
          Timezone: 'Asia/Singapore',
          StartTime: new Date('2026-10-01T00:00:00Z'),
          EndTime: new Date('2026-11-01T00:00:00Z'),
          ScalableTargetAction: { MinCapacity: 2, MaxCapacity: 6 },
        }),
      ],
    });
    expect(await read()).toEqual([
      {
        name: 'evening',
        schedule: 'cron(0 18 * * ? *)',
        timezone: 'Asia/Singapore',
        startsAt: '2026-10-01T00:00:00.000Z',
        endsAt: '2026-11-01T00:00:00.000Z',
        createdAt: '2026-09-01T08:00:00.000Z',
        min: 2,
        max: 6,
      },
    ]);
  });

  it.each<[string, Partial<ScheduledAction>, object]>([
    ['only min', { ScalableTargetAction: { MinCapacity: 0 } }, { min: 0 }],
    ['only max', { ScalableTargetAction: { MaxCapacity: 0 } }, { max: 0 }],
    ['nothing that is known', {}, {}],
  ])('may set %s', async (_, part, set) => {
    autoscaling.on(DescribeScheduledActionsCommand).resolves({ ScheduledActions: [action(part)] });
    expect(await read()).toStrictEqual([
      {
        name: 'evening',
        schedule: 'cron(0 18 * * ? *)',
        createdAt: '2026-09-01T08:00:00.000Z',
        ...set,
      },
    ]);
  });

  it('may lack everything', async () => {
    const bare = {
      ...action(),
      ScheduledActionName: undefined,
      Schedule: undefined,
      CreationTime: undefined,
    };
    autoscaling.on(DescribeScheduledActionsCommand).resolves({ ScheduledActions: [bare] });
    expect(await read()).toStrictEqual([{ name: '', schedule: '' }]);
  });

  it('come over all pages, and may be none', async () => {
    autoscaling
      .on(DescribeScheduledActionsCommand)
      .resolvesOnce({ ScheduledActions: [action()], NextToken: 'more' })
      .resolvesOnce({ NextToken: 'even more' })
      .resolves({ ScheduledActions: [action({ ScheduledActionName: 'morning' })] });
    expect((await read()).map(({ name }) => name)).toEqual(['evening', 'morning']);
    expect(autoscaling.calls()[0]?.args[0].input).toMatchObject(resource);

    autoscaling.reset();
    autoscaling.on(DescribeScheduledActionsCommand).resolves({});
    expect(await read()).toEqual([]);
  });
});
