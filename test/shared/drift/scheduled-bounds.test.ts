import { describe, expect, it } from '@jest/globals';
import type { ScheduledAction } from '../../../shared/document/settings.ts';
import { actionsOf, afterSchedules, withoutScheduled } from '../../../shared/drift/scheduled-bounds.ts';
import { assessment, bounds, now, registered, secondsLater, throttled } from '../../support/builders.ts';

const at = (seconds: number) => `at(${secondsLater(seconds).slice(0, 19)})`;
const between = { since: now, until: secondsLater(3600) };
const action = (seconds: number, part: Partial<ScheduledAction> = {}): ScheduledAction => ({
  name: 'evening',
  schedule: at(seconds),
  ...part,
});
const led = (actions: ScheduledAction[], desired = 3, from = bounds()) => {
  const { target, reasons } = afterSchedules({ desired, bounds: from }, actions, between);
  const { min, max } = target.bounds ?? {};
  return [target.desired, min, max, reasons.map(({ code }) => code)];
};

describe('where a restore goes after scheduled actions', () => {
  it.each<[string, ScheduledAction[], number, unknown[]]>([
    ['none', [], 3, [3, 1, 10, []]],
    ['one before the snapshot', [action(-60, { max: 6 })], 3, [3, 1, 10, []]],
    ['one still to come', [action(7200, { max: 6 })], 3, [3, 1, 10, []]],
    ['one that was due', [action(60, { min: 2, max: 6 })], 3, [3, 2, 6, ['schedule-due']]],
    [
      'a max below the count',
      [action(60, { max: 2 })],
      5,
      [5, 1, 5, ['schedule-due', 'schedule-below-floor']],
    ],
    ['a min above the count', [action(60, { min: 5 })], 3, [5, 5, 10, ['schedule-due']]],
    [
      'the later of two',
      [action(90, { name: 'b', max: 8 }), action(60, { name: 'a', min: 2, max: 4 })],
      3,
      [3, 2, 8, ['schedule-due', 'schedule-due']],
    ],
    [
      'a night at zero: no task goes for it',
      [action(60, { min: 0, max: 0 })],
      3,
      [3, 0, 3, ['schedule-due', 'schedule-below-floor']],
    ],
    ['a max at the count', [action(60, { max: 3 })], 3, [3, 1, 3, ['schedule-due']]],
    ['none, and a count above max, which stays so', [], 12, [12, 1, 10, []]],
    ['one that cannot be read', [action(0, { schedule: 'cron(?)' })], 3, [3, 1, 10, ['schedule-unread']]],
  ])('%s', (_, actions, desired, expected) => {
    expect(led(actions, desired)).toEqual(expected);
  });

  it('is told with the numbers of the action, and with the schedule that cannot be read', () => {
    const odd = { name: 'odd', schedule: 'cron(?)' };
    const due = action(60, { min: 2, max: 6 });
    expect(afterSchedules({ desired: 3, bounds: bounds() }, [due, odd], between).reasons).toMatchObject([
      { code: 'schedule-unread', action: 'odd', schedule: 'cron(?)' },
      { code: 'schedule-due', action: 'evening', at: secondsLater(60), min: 2, max: 6 },
    ]);
  });

  it('is the same as before where a person had suspended scheduled scaling, or no target exists', () => {
    const suspended = bounds({ suspended: { ...bounds().suspended, scheduledScaling: true } });
    expect(led([action(60, { max: 6 })], 3, suspended)).toEqual([3, 1, 10, []]);
    expect(afterSchedules({ desired: 3 }, [action(60, { max: 6 })], between)).toEqual({
      target: { desired: 3 },
      reasons: [],
    });
  });
});

describe('bounds that a scheduled action set', () => {
  it('are put back to what was expected, each by itself', () => {
    const expected = bounds({ min: 2, max: 20 });
    const present = bounds({ min: 3, max: 6 });
    const rest = (...set: Parameters<typeof withoutScheduled>[2]) => withoutScheduled(expected, present, set);
    expect(rest({ min: 3, max: 6 })).toEqual(expected);
    expect(rest({ max: 6 })).toEqual({ ...expected, min: 3 });
    expect(rest({ min: 3, max: 7 })).toEqual({ ...expected, max: 6 });
    expect(rest()).toEqual(present);
  });
});

describe('the scheduled actions of an incident', () => {
  it('are those of now, and one-time ones that are not listed any more', () => {
    const listed = action(60, { max: 6 });
    const once = action(30, { name: 'once', max: 4 });
    const daily = { name: 'daily', schedule: 'cron(0 1 * * ? *)', max: 5 };
    const seen = assessment({ autoscaling: registered({ scheduledActions: [listed] }) });
    expect(actionsOf([action(60, { max: 9 }), once, daily], seen)).toEqual([listed, once]);
    const both = assessment({ autoscaling: registered({ scheduledActions: [listed, daily] }) });
    expect(actionsOf([listed, once, daily], both)).toEqual([listed, daily, once]);
  });

  it('are one-time ones also with blanks before, and not what only speaks of a time', () => {
    const seen = assessment({ autoscaling: registered({ scheduledActions: [] }) });
    const padded = { name: 'padded', schedule: ' at(2026-10-02T18:00:00)' };
    const odd = { name: 'odd', schedule: 'look at(2026-10-02T18:00:00)' };
    expect(actionsOf([padded, odd], seen)).toEqual([padded]);
  });

  it('are those of its beginning where those of now are unknown', () => {
    const once = action(30, { name: 'once', max: 4 });
    const seen = assessment({ autoscaling: registered({ scheduledActions: throttled }) });
    expect(actionsOf([once], seen)).toEqual([once]);
    expect(actionsOf([once], assessment({ autoscaling: throttled }))).toEqual([once]);
  });
});
