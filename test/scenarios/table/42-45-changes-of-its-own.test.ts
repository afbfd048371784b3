import { describe, expect, it, jest } from '@jest/globals';
import type { Report } from '../../../sandbox/report.ts';
import { scalable } from '../../../shared/aws/autoscaling.ts';
import { textsOf } from '../../../shared/format/reasons.ts';
import { asPerson, notGivenBack, play, playBriefly, reaching } from '../harness.ts';
import { lowering, name, ownWrites, setCount, slowNotices } from './support.ts';

jest.setTimeout(120_000);

const putAction = 'AnyScaleFrontendService.PutScheduledAction';

/** A scheduled action so long after the first alarm. */
const action = (secondsAfterAlarm: number, bounds: { minCapacity?: number; maxCapacity?: number }) => ({
  scheduledAction: { name: 'evening-scale-down', secondsAfterAlarm, ...bounds },
});

/** The counts that were written by a run, in order. */
const counts = (report: Report) =>
  ownWrites(report).flatMap(({ to }) => ('desired' in to ? [Number(to.desired)] : []));

/** What was lowered while the emergency went on: before the way back began. */
const loweredEarly = (report: Report) => {
  const down = report.writes.find(({ who }) => who === 'scale-in')?.at ?? '';
  return lowering(report).filter(({ at, who }) => at < down && who !== 'person');
};

describe('scenario 42: a scheduled action is due', () => {
  it.each([
    ['a moment after the first write', 5],
    ['in the middle of the emergency', 150],
    ['while calm is waited for', 700],
    ['between two steps down', 1500],
  ])('%s: nothing is cut, and the way back ends where it would have led', async (_, seconds) => {
    const { report } = await play({
      circumstances: action(seconds, { minCapacity: 2, maxCapacity: 6 }),
    });

    expect(report.outcome).toBe('restored');
    expect(loweredEarly(report)).toEqual([]);
    expect(report.after).toMatchObject({ min: 2, max: 6, desired: 3 });
    expect(report.after.suspended).toEqual(report.before?.suspended);
    expect(textsOf(report.reasons).join()).toMatch(
      seconds < 1000 ? /evening-scale-down was due/ : /snapshot/,
    );
  });

  it('before the alarm: its bounds are what the run finds, raises and gives back', async () => {
    const { report } = await playBriefly({ circumstances: action(-120, { minCapacity: 2, maxCapacity: 6 }) });

    expect(report.outcome).toBe('restored');
    expect(report.peak?.max).toBe(20);
    expect(report.after).toMatchObject({ min: 2, max: 6 });
  });

  it.each([
    [
      'cuts max below the count of before',
      { minCapacity: 1, maxCapacity: 2 },
      { min: 1, max: 3, desired: 3 },
    ],
    ['closes for the night', { minCapacity: 0, maxCapacity: 0 }, { min: 0, max: 3, desired: 3 }],
    ['raises min above the count', { minCapacity: 5 }, { min: 5, max: 10, desired: 5 }],
  ])('one that %s has had to wait: no task is removed for it', async (_, bounds, after) => {
    const { report } = await playBriefly({ circumstances: action(200, bounds) });

    expect(report.outcome).toBe('restored');
    expect(loweredEarly(report)).toEqual([]);
    expect(report.after).toMatchObject(after);
    expect(Math.max(...counts(report))).toBeGreaterThan(5);
  });

  it('between the plan and the first write: no person’s change, and raised again', async () => {
    const { report } = await playBriefly({
      faults: slowNotices,
      meanwhile: async (present) => {
        await reaching(present, 'emergency-scaling', 'Tell people the plan');
        const at = new Date(present.time.now() + 1000).toISOString().slice(0, 19);
        await asPerson(present, putAction, {
          ...scalable(name),
          ScheduledActionName: 'cut',
          Schedule: `at(${at})`,
          ScalableTargetAction: { MinCapacity: 1, MaxCapacity: 2 },
        });
      },
    });

    expect(report.writes.find(({ who }) => who === 'application-autoscaling')?.to).toMatchObject({ max: 2 });
    expect(report.outcome).toBe('restored');
    expect(report.peak?.max).toBe(20);
    expect(report.after).toMatchObject({ min: 1, max: 3, desired: 3 });
  });

  it('a cut that comes between two writes all the same is raised again at once', async () => {
    const { report } = await playBriefly({
      meanwhile: async (present) => {
        await reaching(present, 'emergency-scaling', 'Wait for the tasks');
        // As if it had been under way when the run suspended scheduled scaling.
        const { service, aws } = present;
        aws.seedScaling('RegisterScalableTarget', {
          ...scalable(service),
          SuspendedState: { ScheduledScalingSuspended: false },
        });
        const at = new Date(present.time.now() + 1000).toISOString().slice(0, 19);
        aws.seedScaling('PutScheduledAction', {
          ...scalable(service),
          ScheduledActionName: 'late',
          Schedule: `at(${at})`,
          ScalableTargetAction: { MinCapacity: 2, MaxCapacity: 4 },
        });
        await present.time.runUntil(() => aws.settings(name.cluster, name.service).max === 4, 60_000);
        aws.seedScaling('RegisterScalableTarget', {
          ...scalable(service),
          SuspendedState: { ScheduledScalingSuspended: true },
        });
      },
    });

    expect(report.outcome).toBe('restored');
    expect(textsOf(report.reasons).join()).not.toContain('person');
    expect(counts(report).filter((count) => count > 4).length).toBeGreaterThan(0);
    expect(report.after).toMatchObject({ min: 2, max: 4 });
  });
});

describe('scenario 45: answers of ECS that lag behind', () => {
  it.each([5, 20, 45, 90, 180])('by %i s: goes on, never lower, and is restored', async (ecsLagSeconds) => {
    const { report } = await playBriefly({ circumstances: { ecsLagSeconds } });

    expect(report.outcome).toBe('restored');
    expect(notGivenBack(report)).toEqual([]);
    expect(loweredEarly(report)).toEqual([]);
    expect(textsOf(report.reasons).join()).not.toContain('person');
  });

  it('a count that is none of its own is still a person’s', async () => {
    const { report } = await playBriefly({
      circumstances: { ecsLagSeconds: 20 },
      meanwhile: async (present) => {
        await reaching(present, 'emergency-scaling', 'Wait for the tasks');
        await setCount(present, 14);
      },
    });

    expect(report.outcome).toBe('held');
    expect(textsOf(report.reasons).join()).toMatch(/desired count \d+ → 14/);
    expect(report.after.desired).toBe(14);
  });

  it('the old count, once ECS has shown the new one, is a person’s too', async () => {
    let before = 0;
    const { report } = await playBriefly({
      meanwhile: async (present) => {
        before = present.aws.settings(name.cluster, name.service).desired;
        await reaching(present, 'emergency-scaling', 'Wait for the tasks');
        await setCount(present, before);
      },
    });

    expect(report.outcome).toBe('held');
    expect(report.after.desired).toBe(before);
  });

  it('a rollback waits until ECS shows it', async () => {
    const { report } = await playBriefly({
      scenario: 'bad-deployment',
      circumstances: { ecsLagSeconds: 60 },
    });

    expect(report.outcome).toBe('rolled-back');
    expect(report.after.taskDefinition).toMatch(/:42$/);
    expect(textsOf(report.reasons).join()).toContain('buywhere-api:42');
  });
});
