import {
  DeleteScheduledActionCommand,
  DescribeScalingActivitiesCommand,
  DescribeScheduledActionsCommand,
  PutScheduledActionCommand,
  RegisterScalableTargetCommand,
} from '@aws-sdk/client-application-auto-scaling';
import { describe, expect, it } from '@jest/globals';
import { CLUSTER, SERVICE } from './fake-world.ts';
import { createHarness, START, TARGET } from './harness.ts';

const inMinutes = (minutes: number) =>
  `at(${new Date(START + minutes * 60_000).toISOString().replace(/\.000Z$/, '')})`;

/** Eight tasks within 1 to 20, and an action that sets 2 to 6 in two minutes. */
async function scheduled() {
  const harness = createHarness({ initialCount: 8 });
  const { scaling } = harness;
  await scaling.send(new RegisterScalableTargetCommand({ ...TARGET, MinCapacity: 1, MaxCapacity: 20 }));
  await scaling.send(
    new PutScheduledActionCommand({
      ...TARGET,
      ScheduledActionName: 'evening',
      Schedule: inMinutes(2),
      ScalableTargetAction: { MinCapacity: 2, MaxCapacity: 6 },
    }),
  );
  return harness;
}

describe('scheduled actions', () => {
  it('set the bounds at their moment and cut the count at once, each with an activity', async () => {
    const { aws, scaling, pass } = await scheduled();
    pass(110);
    expect(aws.settings(CLUSTER, SERVICE)).toMatchObject({ desired: 8, max: 20 });
    pass(10);
    expect(aws.settings(CLUSTER, SERVICE)).toMatchObject({ desired: 6, min: 2, max: 6 });
    const { ScalingActivities } = await scaling.send(new DescribeScalingActivitiesCommand(TARGET));
    expect(ScalingActivities).toMatchObject([
      { Description: 'Setting desired count to 6.', Cause: 'maximum capacity was set to 6' },
      {
        Description: 'Setting min capacity to 2 and max capacity to 6',
        Cause: 'scheduled action name evening was triggered',
        StatusCode: 'Successful',
      },
    ]);
    expect(aws.writes.slice(-2)).toMatchObject([
      { who: 'application-autoscaling', call: 'application-autoscaling:RegisterScalableTarget' },
      { who: 'application-autoscaling', call: 'ecs:UpdateService', from: { desired: 8 }, to: { desired: 6 } },
    ]);
  });

  it('pass without effect while scheduled scaling is suspended, and are not made up for', async () => {
    const { aws, scaling, pass } = await scheduled();
    const suspended = (ScheduledScalingSuspended: boolean) =>
      scaling.send(
        new RegisterScalableTargetCommand({ ...TARGET, SuspendedState: { ScheduledScalingSuspended } }),
      );
    await suspended(true);
    pass(180);
    expect(aws.settings(CLUSTER, SERVICE)).toMatchObject({ desired: 8, max: 20 });
    await suspended(false);
    pass(60);
    expect(aws.settings(CLUSTER, SERVICE)).toMatchObject({ desired: 8, max: 20 });
  });

  it('are described, by name or all, and deleted', async () => {
    const { scaling, aws, pass } = await scheduled();
    const described = (names?: string[]) =>
      scaling.send(
        new DescribeScheduledActionsCommand({ ServiceNamespace: 'ecs', ScheduledActionNames: names }),
      );
    expect((await described()).ScheduledActions).toMatchObject([
      {
        ScheduledActionName: 'evening',
        Schedule: inMinutes(2),
        ScalableTargetAction: { MinCapacity: 2, MaxCapacity: 6 },
        CreationTime: expect.any(Date),
      },
    ]);
    expect((await described(['morning'])).ScheduledActions).toEqual([]);
    const deletion = new DeleteScheduledActionCommand({ ...TARGET, ScheduledActionName: 'evening' });
    await scaling.send(deletion);
    await expect(scaling.send(deletion)).rejects.toMatchObject({ name: 'ObjectNotFoundException' });
    pass(180);
    expect(aws.settings(CLUSTER, SERVICE).max).toBe(20);
  });

  it('of a recurring kind are refused: they are not simulated', async () => {
    const { scaling } = await scheduled();
    const recurring = new PutScheduledActionCommand({
      ...TARGET,
      ScheduledActionName: 'nightly',
      Schedule: 'cron(0 22 * * ? *)',
      ScalableTargetAction: { MaxCapacity: 4 },
    });
    await expect(scaling.send(recurring)).rejects.toMatchObject({ name: 'ValidationException' });
  });
});
