import { describe, expect, it } from '@jest/globals';
import type { ScheduledAction } from '../../../shared/document/settings.ts';
import { dueBetween } from '../../../shared/schedules/due.ts';

const from = '2026-10-02T17:06:00.000Z';
const until = '2026-10-02T18:00:00.000Z';

/** When an action was last due, or why that is not known. */
function last(schedule: string, part: Partial<ScheduledAction> = {}, [since, to] = [from, until]) {
  const { due, unread } = dueBetween([{ name: 'one', schedule, ...part }], Date.parse(since), Date.parse(to));
  return unread.length > 0 ? 'unread' : due[0] && new Date(due[0].at).toISOString();
}

describe('a scheduled action is due', () => {
  it.each<[string, Partial<ScheduledAction>, string | undefined]>([
    ['at(2026-10-02T17:08:30)', {}, '2026-10-02T17:08:30.000Z'],
    ['at(2026-10-02T17:06:00)', {}, undefined],
    ['at(2026-10-02T18:00:00)', {}, until],
    ['at(2026-10-02T18:00:01)', {}, undefined],
    ['at(2026-10-03T01:30:00)', { timezone: 'Asia/Singapore' }, '2026-10-02T17:30:00.000Z'],
    ['at(2026-10-02T13:30:00)', { timezone: 'America/New_York' }, '2026-10-02T17:30:00.000Z'],
    ['rate(10 minutes)', { startsAt: '2026-10-01T00:03:00Z' }, '2026-10-02T17:53:00.000Z'],
    ['rate(1 hour)', { createdAt: '2026-10-02T09:30:00Z' }, '2026-10-02T17:30:00.000Z'],
    ['rate(1 day)', { createdAt: '2026-10-02T09:30:00Z' }, undefined],
    ['cron(0 18 * * ? *)', {}, until],
    ['cron(0/15 17 * * ? *)', {}, '2026-10-02T17:45:00.000Z'],
    ['cron(30 17 ? * FRI *)', {}, '2026-10-02T17:30:00.000Z'],
    ['cron(30 17 ? * 6 2026)', {}, '2026-10-02T17:30:00.000Z'],
    ['cron(30 17 ? * MON-THU *)', {}, undefined],
    ['cron(30 17 ? * 6#1 *)', {}, '2026-10-02T17:30:00.000Z'],
    ['cron(30 17 ? * 6L *)', {}, undefined],
    ['cron(30 17 L * ? *)', {}, undefined],
    ['cron(30 17 2W OCT ? *)', {}, '2026-10-02T17:30:00.000Z'],
    ['cron(30 17 3W OCT ? *)', {}, '2026-10-02T17:30:00.000Z'],
    ['cron(30 1 3 10 ? *)', { timezone: 'Asia/Singapore' }, '2026-10-02T17:30:00.000Z'],
    ['cron(30 17,22 1,2 * ? *)', {}, '2026-10-02T17:30:00.000Z'],
    ['cron(30 17 * * ? *)', { startsAt: '2026-10-03T00:00:00Z' }, undefined],
    ['cron(30 17 * * ? *)', { endsAt: '2026-10-02T17:29:00Z' }, undefined],
    ['cron(30 17 * * ? *)', { startsAt: '2026-10-02T17:30:00Z' }, '2026-10-02T17:30:00.000Z'],
    ['cron(30 17 * * ? *)', { endsAt: '2026-10-02T17:30:00Z' }, '2026-10-02T17:30:00.000Z'],
    ['cron(6 17 * * ? *)', {}, undefined],
    ['rate(10  minutes)', { createdAt: '2026-10-02T17:06:00Z' }, '2026-10-02T17:56:00.000Z'],
    ['rate(1 hour)', { createdAt: '2026-10-02T17:06:00Z' }, undefined],
    ['rate(1 hour)', { createdAt: '2026-10-02T17:30:00Z' }, '2026-10-02T17:30:00.000Z'],
    ['rate(1 hour)', { createdAt: '2026-10-02T19:30:00Z' }, undefined],
    ['  cron( 30 17 * * ? * )  ', {}, '2026-10-02T17:30:00.000Z'],
    ['  at( 2026-10-02T17:30:00 )  ', {}, '2026-10-02T17:30:00.000Z'],
    ['  rate( 1 hour )  ', { createdAt: '2026-10-02T09:30:00Z' }, '2026-10-02T17:30:00.000Z'],
  ])('%s %j: %s', (schedule, part, at) => {
    expect(last(schedule, part)).toBe(at);
  });

  it.each([
    ['at(soon)', {}],
    ['rate(10 minutes)', {}],
    ['rate(0 minutes)', { createdAt: from }],
    ['cron(0 18 * *)', {}],
    ['cron(0 25 * * ? *)', {}],
    ['cron(x 18 * * ? *)', {}],
    ['cron(0/0 18 * * ? *)', {}],
    ['every day', {}],
    ['every(30 17 * * ? *)', {}],
    ['not at(2026-10-02T17:30:00)', {}],
    ['at(2026-10-02T17:30:00) or so', {}],
    ['at()', {}],
    ['rate(every 10 minutes)', { createdAt: from }],
    ['rate(10 minutes or so)', { createdAt: from }],
    ['rate(10 weeks)', { createdAt: from }],
    ['rate(minutes)', { createdAt: from }],
    ['rate(10 minutes)', { createdAt: 'yesterday' }],
    ['at(2026-10-02T17:30:00)', { timezone: 'Nowhere/Land' }],
  ])('or that is unknown: %s %j', (schedule, part) => {
    expect(last(schedule, part)).toBe('unread');
  });

  it('at the clock time of its zone, also on the day on which that changes', () => {
    const day = ['2026-10-24T22:00:00Z', '2026-10-25T22:00:00Z'] as const;
    expect(last('cron(0 9 * * ? *)', { timezone: 'Europe/Berlin' }, [...day])).toBe(
      '2026-10-25T08:00:00.000Z',
    );
    expect(last('at(2026-10-25T09:00:00)', { timezone: 'Europe/Berlin' }, [...day])).toBe(
      '2026-10-25T08:00:00.000Z',
    );
  });

  it('at the clock time of its zone, also just before and after it springs forward, by less than an hour too', () => {
    const day = ['2026-10-03T00:00:00Z', '2026-10-04T10:00:00Z'] as const;
    // Lord Howe Island goes from UTC+10:30 to UTC+11 at 02:00 on 4 October 2026.
    const lordHowe = { timezone: 'Australia/Lord_Howe' };
    expect(last('at(2026-10-04T01:45:00)', lordHowe, [...day])).toBe('2026-10-03T15:15:00.000Z');
    expect(last('at(2026-10-04T02:45:00)', lordHowe, [...day])).toBe('2026-10-03T15:45:00.000Z');
    expect(last('at(2026-10-04T02:45:45)', lordHowe, [...day])).toBe('2026-10-03T15:45:45.000Z');
    expect(last('cron(45 2 4 10 ? *)', lordHowe, [...day])).toBe('2026-10-03T15:45:00.000Z');
  });

  it('or not, where its last moment is over a week old', () => {
    const month = ['2026-09-01T00:00:00Z', '2026-10-02T00:00:00Z'] as const;
    expect(last('cron(0 0 25 9 ? *)', {}, [...month])).toBe('2026-09-25T00:00:00.000Z');
    expect(last('cron(0 0 24 9 ? *)', {}, [...month])).toBeUndefined();
    expect(last('cron(0 0 23 9 ? *)', {}, [...month])).toBeUndefined();
  });

  it('in the order of their moments', () => {
    const actions = [
      { name: 'late', schedule: 'at(2026-10-02T17:40:00)' },
      { name: 'early', schedule: 'at(2026-10-02T17:10:00)' },
    ];
    const { due } = dueBetween(actions, Date.parse(from), Date.parse(until));
    expect(due.map(({ action }) => action.name)).toEqual(['early', 'late']);
  });
});
