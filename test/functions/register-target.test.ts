import {
  DescribeScalingActivitiesCommand,
  DescribeScheduledActionsCommand,
} from '@aws-sdk/client-application-auto-scaling';
import { describe, expect, it } from '@jest/globals';
import { registerTarget } from '../../functions/register-target.ts';
import type { Bounds } from '../../shared/document/settings.ts';
import { because } from '../../shared/format/reasons.ts';
import {
  approval,
  assessment,
  bounds,
  incident,
  now,
  plan,
  planBack,
  policy,
  raisedBounds,
  raisedPolicy,
  request,
  secondsLater,
  seenRaised,
} from '../support/builders.ts';
import {
  autoscaling,
  context,
  listening,
  lockedStore,
  named,
  quietLog,
  standing,
  suspendedState,
  writes,
} from './harness.ts';

type Input = Parameters<typeof registerTarget.run>[0];
const what = 'bounds of autoscaling';
const out: Input['document'] = {
  request: request(),
  incident: incident(),
  plan: plan(),
  assessment: assessment(),
};
/** The steps down are taken; the assessment of the plan is an hour old. */
const back: Input['document'] = {
  request: request({ machine: 'scale-in' }),
  incident: incident(),
  plan: planBack(),
  assessment: seenRaised({ at: secondsLater(-3600) }),
  step: { to: 3, planHash: plan().hash },
  approval: approval(),
};
const restored = bounds({ suspended: raisedBounds.suspended });
const down = { desired: 3, bounds: raisedBounds, policy: raisedPolicy };

const run = async (mode: Input['mode'], document: Input['document'], log = quietLog) =>
  registerTarget.run({ mode, document }, context(await lockedStore(), { log }));
const registers = (to: Bounds) => [
  [
    'RegisterScalableTarget',
    { ...named, MinCapacity: to.min, MaxCapacity: to.max, SuspendedState: suspendedState(to) },
  ],
];

/** What Application Auto Scaling has done just now. */
function done(...descriptions: string[]): void {
  autoscaling.on(DescribeScalingActivitiesCommand).resolves({
    ScalingActivities: descriptions.map((Description, index) => ({
      ...named,
      ActivityId: `${index}`,
      Description,
      Cause: 'scheduled action evening',
      StartTime: new Date(now),
      StatusCode: 'Successful',
    })),
  });
}
const action = (Schedule: string, ScalableTargetAction: { MinCapacity?: number; MaxCapacity?: number }) => ({
  ...named,
  ScheduledActionName: 'evening',
  ScheduledActionARN: 'arn:evening',
  Schedule,
  ScalableTargetAction,
  CreationTime: new Date(secondsLater(-86_400)),
});

describe('raising', () => {
  it('asks for no approval, whatever the plan says', async () => {
    standing();
    const document = { ...out, plan: plan({ approvalRequired: true }) };
    expect(await run('raise', document)).toMatchObject({ changed: true });
    expect(writes()).toEqual(registers(raisedBounds));
  });

  it('tells what it changes, and the log as well', async () => {
    standing();
    const { log, lines } = listening();
    const change = await run('raise', out, log);
    const row = (setting: 'min' | 'max', from: number, to: number) =>
      because('setting-changed', { setting, from, to });
    const suspends = (setting: 'scaleInSuspended' | 'scheduledSuspended') =>
      because('setting-changed', { setting, from: false, to: true });
    expect(change).toEqual({
      changed: true,
      from: bounds(),
      to: raisedBounds,
      reasons: [
        row('min', 1, 2),
        row('max', 10, 20),
        suspends('scaleInSuspended'),
        suspends('scheduledSuspended'),
      ],
    });
    expect(lines).toEqual([['info', 'register-target', { mode: 'raise', ...change }]]);
  });

  it('says so where the bounds are there already, and where the plan has none', async () => {
    standing({ bounds: raisedBounds });
    expect(await run('raise', out)).toEqual({
      changed: false,
      from: raisedBounds,
      to: raisedBounds,
      reasons: [because('as-wanted', { what })],
    });
    const { bounds: _, ...without } = plan();
    expect(await run('raise', { ...out, plan: without })).toEqual({
      changed: false,
      from: null,
      to: null,
      reasons: [because('nothing-to-change', { what })],
    });
    expect(writes()).toEqual([]);
  });

  it('never minds more tasks than the raised max', async () => {
    standing({ desired: 25, scaledTo: [25] });
    expect(await run('raise', out)).toMatchObject({ changed: true });
  });

  it('starts from what a scheduled action has set meanwhile, and never lowers it', async () => {
    standing({ bounds: bounds({ min: 4, max: 25 }) });
    done('Setting min capacity to 4 and max capacity to 25');
    expect(await run('raise', out)).toMatchObject({ changed: true, from: { min: 4, max: 25 } });
    expect(writes()).toEqual(registers({ ...raisedBounds, min: 4, max: 25 }));
  });

  it.each([
    ['max', 'Setting max capacity to 25'],
    ['min', 'Setting min capacity to 4'],
  ])('stops where a person has changed one bound and a schedule only %s', async (_, description) => {
    standing({ bounds: bounds({ min: 4, max: 25 }) });
    done(description);
    await expect(run('raise', out)).rejects.toMatchObject({
      name: 'ChangedByPersonError',
      message: 'min 1 → 4; max 10 → 25; it stays as it is',
    });
    expect(writes()).toEqual([]);
  });

  it('stops where the target is gone', async () => {
    standing({ bounds: undefined });
    await expect(run('raise', out)).rejects.toMatchObject({
      name: 'ChangedByPersonError',
      message: expect.stringContaining('scalable target'),
    });
    expect(writes()).toEqual([]);
  });

  it('comes first: what an earlier round has written since is no starting point', async () => {
    standing({ desired: 9 });
    const document = { ...out, plan: plan({ desired: { from: 9, to: 12 } }), change: { desired: { to: 5 } } };
    expect(await run('raise', document)).toMatchObject({ changed: true });
  });

  it('stops where a person has changed the count or the policy', async () => {
    standing({ desired: 5 });
    await expect(run('raise', out)).rejects.toMatchObject({
      message: 'desired count 3 → 5; it stays as it is',
    });
    standing({ policy: policy({ target: 60 }) });
    await expect(run('raise', out)).rejects.toMatchObject({ name: 'ChangedByPersonError' });
    expect(writes()).toEqual([]);
  });
});

describe('restoring', () => {
  it('keeps scaling in and schedules suspended', async () => {
    standing(down);
    expect(await run('restore', back)).toMatchObject({ changed: true, from: raisedBounds, to: restored });
    expect(writes()).toEqual(registers(restored));
  });

  it('holds before it cuts a task', async () => {
    standing({ ...down, desired: 11 });
    const document = { ...back, step: { to: 11, planHash: plan().hash } };
    await expect(run('restore', document)).rejects.toMatchObject({
      name: 'GuardError',
      message: 'max 10 is below the 11 desired tasks: that would be a scale-in at once',
    });
    expect(writes()).toEqual([]);
  });

  it('goes down to as many as there are', async () => {
    standing({ ...down, desired: 10 });
    const document = { ...back, step: { to: 10, planHash: plan().hash } };
    expect(await run('restore', document)).toMatchObject({ changed: true, to: { max: 10 } });
  });

  it('gives back what a schedule would have set since the plan, and says so', async () => {
    standing(down);
    const at = secondsLater(-1800);
    autoscaling
      .on(DescribeScheduledActionsCommand)
      .resolves({ ScheduledActions: [action(`at(${at.slice(0, 19)})`, { MinCapacity: 2, MaxCapacity: 8 })] });
    const change = await run('restore', back);
    expect(change).toMatchObject({ changed: true, to: { ...restored, min: 2, max: 8 } });
    expect(change.reasons).toContainEqual(because('schedule-due', { action: 'evening', at, min: 2, max: 8 }));
    expect(writes()).toEqual(registers({ ...restored, min: 2, max: 8 }));
  });

  it('says of a schedule that it cannot read that it does not know', async () => {
    standing(down);
    autoscaling
      .on(DescribeScheduledActionsCommand)
      .resolves({ ScheduledActions: [action('whenever', { MaxCapacity: 8 })] });
    const { reasons } = await run('restore', back);
    expect(reasons).toContainEqual(because('schedule-unread', { action: 'evening', schedule: 'whenever' }));
  });
});

describe('resuming', () => {
  const change = { bounds: { to: restored }, cpuPolicy: { to: policy() } };

  it('starts from what the restore has left', async () => {
    const left = { ...restored, max: 12 };
    standing({ desired: 3, bounds: left });
    const document = { ...back, change: { ...change, bounds: { to: left } } };
    expect(await run('resume', document)).toMatchObject({ changed: true, from: left, to: bounds() });
    expect(writes()).toEqual(registers(bounds()));
  });

  it.each<[string, Input['document']]>([
    ['bounds', { ...back, change: { cpuPolicy: change.cpuPolicy } }],
    ['anything', { ...back, plan: planBack({ cpuPolicy: undefined }) }],
  ])('starts from what it should have left, where nothing tells that it wrote %s', async (_, document) => {
    standing({ desired: 3, bounds: restored, policy: policy() });
    const known = { ...document, plan: { ...document.plan, bounds: { from: raisedBounds, to: bounds() } } };
    const present = { min: 1, max: 10 };
    expect(await run('resume', known)).toMatchObject({ changed: true, from: present, to: bounds() });
  });
});
