import { describe, expect, it } from '@jest/globals';
import { ChangedByPersonError, GuardError } from '../../../shared/core/errors.ts';
import { lastWritten } from '../../../shared/document/changes.ts';
import type { Reason } from '../../../shared/document/reason.ts';
import type { Movers } from '../../../shared/drift/person-change.ts';
import { because } from '../../../shared/format/reasons.ts';
import {
  decideScaleOut,
  decideStepDown,
  type LastStep,
  type Least,
} from '../../../shared/writes/desired-count.ts';
import { configWith, plan, planBack, production, service, serviceName } from '../../support/builders.ts';

const nobody: Movers = { byAutoscaling: [] };

describe('setting the desired count for an emergency, planned 3 to 9', () => {
  it.each<[string, number, Movers, Partial<ReturnType<typeof decideScaleOut>>]>([
    ['as planned', 3, nobody, { changed: true, from: 3, to: 9 }],
    ['a repeated call', 9, nobody, { changed: false, to: 9 }],
    ['autoscaling was faster', 5, { byAutoscaling: [4, 5] }, { changed: true, from: 5, to: 9 }],
    [
      'the raised minimum moved it',
      4,
      { byAutoscaling: [], bounds: { min: 4, max: 20 } },
      { changed: true, from: 4, to: 9 },
    ],
    ['autoscaling went higher still', 12, { byAutoscaling: [12] }, { changed: false, to: 12, wrote: null }],
  ])('%s: %i now', (_, present, explained, expected) => {
    expect(decideScaleOut(plan(), present, explained, service)).toMatchObject(expected);
  });

  it.each<[number, Movers]>([
    [5, nobody],
    [12, nobody],
    [0, nobody],
    [5, { byAutoscaling: [6], bounds: { min: 2, max: 20 } }],
    // A minimum raises a count, it never lowers one.
    [2, { byAutoscaling: [], bounds: { min: 2, max: 20 } }],
  ])('stops at %i, which a person set', (present, explained) => {
    expect(() => decideScaleOut(plan(), present, explained, service)).toThrow(
      new ChangedByPersonError(`desired count 3 → ${present}; it stays as it is`),
    );
  });

  it.each([
    ['the ceiling', {}, 21],
    ['the task quota', { taskQuota: 8 }, 9],
  ])('writes up to %s, and nothing above', (_, capacity, to) => {
    const config = configWith((_config, draft) => Object.assign(draft.capacity, capacity));
    const limited = config.services[serviceName] ?? service;

    const planned = (count: number) => () =>
      decideScaleOut(plan({ desired: { from: 3, to: count } }), 3, nobody, limited);

    expect(planned(to)).toThrow(
      new GuardError(`desired count ${to} is above the ceiling of ${to - 1} tasks`),
    );
    expect(planned(to - 1)()).toMatchObject({ changed: true, to: to - 1 });
  });

  it('writes nothing for a plan without a count', () => {
    const { desired: _, ...empty } = plan({ action: 'hold' });
    expect(() => decideScaleOut(empty, 3, nobody, service)).toThrow('the plan (hold) has no desired count');
  });
});

describe('the reasons of a scale-out', () => {
  it.each<[number, Movers, object]>([
    [
      3,
      nobody,
      { done: true, reasons: [because('setting-changed', { setting: 'desired', from: 3, to: 9 })] },
    ],
    [9, nobody, { done: true, reasons: [because('count-already', { count: 9 })] }],
    [
      12,
      { byAutoscaling: [12] },
      { done: true, reasons: [because('autoscaling-above-plan', { count: 12, planned: 9 })] },
    ],
  ])('say what becomes of %i tasks', (present, explained, expected) => {
    expect(decideScaleOut(plan(), present, explained, service)).toMatchObject(expected);
  });
});

describe('one step on the way back, planned 9 to 3', () => {
  const step = (present: number, last?: number | LastStep, explained = nobody, least: Partial<Least> = {}) =>
    decideStepDown(
      planBack(),
      present,
      typeof last === 'number' ? { to: last } : last,
      explained,
      { floor: 1, tasksNeeded: 1, ...least },
      production,
    );

  it.each<[string, number, number | LastStep | undefined, Movers, Partial<ReturnType<typeof step>>]>([
    ['the first step', 9, undefined, nobody, { changed: true, from: 9, to: 7, done: false }],
    ['the first step again', 7, undefined, nobody, { changed: false, to: 7, done: false }],
    ['the second step', 7, 7, nobody, { changed: true, from: 7, to: 6, done: false }],
    ['the last step', 4, 4, nobody, { changed: true, from: 4, to: 3, done: true }],
    ['the last step again', 3, 4, nobody, { changed: false, done: true }],
    [
      'autoscaling added some meanwhile, and they fit the old bounds',
      10,
      7,
      { byAutoscaling: [10] },
      { changed: false, from: 10, to: 10, done: true },
    ],
    [
      'autoscaling added some meanwhile, more than the old bounds allow',
      11,
      7,
      { byAutoscaling: [11] },
      { changed: true, from: 11, to: 9, done: false, takenBack: 1 },
    ],
    [
      'and once more',
      11,
      { to: 9, takenBack: 1 },
      { byAutoscaling: [11] },
      { changed: true, from: 11, to: 9, done: false, takenBack: 2 },
    ],
    [
      'and again, up to twelve times',
      11,
      { to: 9, takenBack: 11 },
      { byAutoscaling: [11] },
      { changed: true, takenBack: 12 },
    ],
    ['autoscaling took two', 5, 7, { byAutoscaling: [5] }, { changed: true, from: 5, to: 4, done: false }],
    ['there already', 3, undefined, nobody, { changed: false, done: true }],
  ])('%s', (_, present, last, explained, expected) => {
    expect(step(present, last, explained)).toMatchObject(expected);
  });

  it.each([
    [8, undefined],
    [12, undefined],
    [5, 7],
  ])('stops at %i after %s, which a person set', (present, last) => {
    expect(() => step(present, last)).toThrow(
      new ChangedByPersonError(`desired count ${last ?? 9} → ${present}; it stays as it is`),
    );
  });

  it('waits while a deployment runs, and counts what was taken back all the same', () => {
    const reasons = [because('deployment-running')];
    const waits = { changed: false, from: 9, to: 9, wrote: null, done: false, reasons };
    expect(step(9, undefined, nobody, { deploying: true })).toEqual(waits);
    expect(step(9, undefined, nobody, { deploying: false })).toMatchObject({ changed: true });
    const back = step(11, { to: 9 }, { byAutoscaling: [11] }, { deploying: true });
    expect(back).toEqual({ ...waits, from: 11, to: 11, wrote: 9, takenBack: 1 });
    expect(step(7, undefined, nobody, { deploying: true }).reasons).toEqual([
      because('count-already', { count: 7 }),
    ]);
  });

  it.each<[number, number | undefined, Reason]>([
    [9, undefined, because('step-down', { from: 9, to: 7, target: 3, sharePercent: 25 })],
    [7, undefined, because('count-already', { count: 7 })],
    [2, undefined, because('nothing-to-scale-in', { count: 2 })],
    [10, 7, because('autoscaling-takes-over', { from: 7, to: 10 })],
  ])('says what becomes of %i tasks after %s', (present, last, reason) => {
    expect(step(present, last, { byAutoscaling: [10] }).reasons).toEqual([reason]);
  });

  it.each<[string, number, LastStep | undefined, Movers, Partial<Least>, number | null]>([
    ['nothing, where no step was taken', 3, undefined, nobody, {}, null],
    ['nothing, where none could be taken yet', 9, undefined, nobody, { deploying: true }, null],
    ['an earlier step, where autoscaling takes over', 10, { to: 7 }, { byAutoscaling: [10] }, {}, 7],
    ['an earlier step, where the traffic needs all', 7, { to: 7 }, nobody, { tasksNeeded: 7 }, 7],
    ['one before that, which this one and the last found', 3, { to: 3, wrote: 4 }, nobody, {}, 4],
    ['nothing, where the last one found it as well', 3, { to: 3, wrote: null }, nobody, {}, null],
  ])('keeps what was written last: %s', (_, present, last, explained, least, wrote) => {
    expect(step(present, last, explained, least)).toMatchObject({ changed: false, to: present, wrote });
  });

  it('what a lost answer wrote is written all the same', () => {
    expect(lastWritten(step(7))).toBe(7);
  });

  it.each<[string, number, number | undefined, number, Partial<ReturnType<typeof step>>]>([
    ['a step ends at what it needs', 9, undefined, 8, { changed: true, to: 8, done: false }],
    ['and again, when the answer was lost', 8, undefined, 8, { changed: false, to: 8, done: false }],
    ['no step when it needs them all', 9, undefined, 9, { changed: false, to: 9, done: false }],
    ['nor when it needs more', 7, 7, 12, { changed: false, to: 7, done: false }],
    ['the way goes on when it needs less', 8, 8, 3, { changed: true, to: 6, done: false }],
    ['the end is the plan, however little it needs', 4, 4, 1, { changed: true, to: 3, done: true }],
    ['there already, whatever it needs', 3, 3, 9, { changed: false, to: 3, done: true }],
  ])('the present traffic: %s', (_, present, last, tasksNeeded, expected) => {
    expect(step(present, last, nobody, { tasksNeeded })).toMatchObject(expected);
  });

  it('says that the traffic needs every task', () => {
    expect(step(9, undefined, nobody, { tasksNeeded: 9 })).toEqual({
      changed: false,
      from: 9,
      to: 9,
      wrote: null,
      done: false,
      reasons: [because('traffic-needs-all', { needed: 9, desired: 9 })],
    });
  });

  it('counts only steps in a row that were taken back', () => {
    expect(step(9, { to: 9, takenBack: 12 })).not.toHaveProperty('takenBack');
    const needed = step(11, { to: 9, takenBack: 3 }, { byAutoscaling: [11] }, { tasksNeeded: 11 });
    expect(needed).toMatchObject({ changed: false, done: false, takenBack: 4 });
  });

  it('stops where autoscaling takes back step after step', () => {
    expect(() => step(11, { to: 9, takenBack: 12 }, { byAutoscaling: [11] })).toThrow(
      new GuardError(
        'autoscaling took 12 steps down in a row back, now to 11 tasks, above the old maximum of 10: the count stays',
      ),
    );
  });

  it("a person's count is not taken for what the traffic needs", () => {
    expect(() => step(12, 9, nobody, { tasksNeeded: 12 })).toThrow(ChangedByPersonError);
  });

  it('goes on where no bounds are planned', () => {
    const { bounds: _, ...plain } = planBack();
    const made = decideStepDown(plain, 7, { to: 7 }, nobody, { floor: 1, tasksNeeded: 1 }, production);
    expect(made).toMatchObject({ changed: true, from: 7, to: 6 });
  });

  it('writes nothing below the floor', () => {
    expect(() => step(9, undefined, nobody, { floor: 4 })).toThrow(
      new GuardError('desired count 3 is below the floor of 4 tasks'),
    );
    expect(step(9, undefined, nobody, { floor: 3 })).toMatchObject({ changed: true, to: 7 });
  });
});

it('a count that was read late lowers nothing: what autoscaling has asked for since counts', () => {
  const late = decideScaleOut(plan({ desired: { from: 3, to: 9 } }), 3, { byAutoscaling: [12] }, service);
  expect(late).toMatchObject({ changed: false, from: 3, to: 3 });
  const lower = decideScaleOut(plan({ desired: { from: 3, to: 9 } }), 3, { byAutoscaling: [6] }, service);
  expect(lower).toMatchObject({ changed: true, to: 9 });
  const same = decideScaleOut(plan({ desired: { from: 3, to: 9 } }), 3, { byAutoscaling: [9] }, service);
  expect(same).toMatchObject({ changed: true, to: 9 });
});
