import { describe, expect, it } from '@jest/globals';
import { readCron } from '../../../shared/schedules/cron.ts';
import { zoneTime } from '../../../shared/schedules/zone.ts';

const minute = 60_000;
const day = 86_400_000;

/** The moments from a start on that an expression names, as much of each as is asked for. */
function named(expression: string, start: string, step: number, count: number, shown: [number, number]) {
  const cron = readCron(expression);
  const from = Date.parse(start);
  const moments = Array.from({ length: count }, (_, index) => from + index * step);
  return moments.flatMap((at) =>
    cron?.(zoneTime(at, 'UTC')) ? [new Date(at).toISOString().slice(...shown)] : [],
  );
}

const dates = (expression: string) => named(expression, '2026-01-01T00:00:00Z', day, 365, [5, 10]);
const minutes = (expression: string) => named(expression, '2026-10-02T17:00:00Z', minute, 60, [14, 16]);

describe('a cron expression', () => {
  it.each([
    ['5 17 * * ? *', ['05']],
    ['5,50 17 * * ? *', ['05', '50']],
    ['5-8 17 * * ? *', ['05', '06', '07', '08']],
    ['5/15 17 * * ? *', ['05', '20', '35', '50']],
    ['*/20 17 * * ? *', ['00', '20', '40']],
    ['10-30/10 17 * * ? *', ['10', '20', '30']],
    ['59 17 * * ? *', ['59']],
    ['  0  17  *  *  ?  *  ', ['00']],
    ['0 17 * * ? 2026', ['00']],
    ['0 17 * * ? 2027', []],
    ['0 18 * * ? *', []],
  ])('%s names these minutes of the hour: %j', (expression, expected) => {
    expect(minutes(expression)).toEqual(expected);
  });

  it.each([
    ['0 0 L 1-4 ? *', ['01-31', '02-28', '03-31', '04-30']],
    // 15 August 2026 is a Saturday, 15 March a Sunday.
    ['0 0 15W 3,8,10 ? *', ['03-16', '08-14', '10-15']],
    // 1 August is a Saturday: the Friday before it is in another month. So is the Monday after Sunday, 31 May.
    ['0 0 1W AUG ? *', ['08-03']],
    ['0 0 31W MAY ? *', ['05-29']],
    ['0 0 2W AUG ? *', ['08-03']],
    ['0 0 8W AUG ? *', ['08-07']],
    ['0 0 30W MAY ? *', ['05-29']],
    ['0 0 LW 1,5,6 ? *', ['01-30', '05-29', '06-30']],
    ['0 0 3,L JAN ? *', ['01-03', '01-31']],
    ['0 0 31 * ? *', ['01-31', '03-31', '05-31', '07-31', '08-31', '10-31', '12-31']],
  ])('%s names these days of the month: %j', (expression, expected) => {
    expect(dates(expression)).toEqual(expected);
  });

  it.each([
    ['0 0 ? OCT 6L *', ['10-30']],
    ['0 0 ? JAN SATL *', ['01-31']],
    ['0 0 ? JAN SUNL *', ['01-25']],
    ['0 0 ? oct fri#3 *', ['10-16']],
    ['0 0 ? OCT 6#5 *', ['10-30']],
    ['0 0 ? FEB 6#5 *', []],
    ['0 0 ? OCT L *', ['10-03', '10-10', '10-17', '10-24', '10-31']],
    ['0 0 ? OCT SUN *', ['10-04', '10-11', '10-18', '10-25']],
    ['0 0 ? OCT MON#1,WED#1 *', ['10-05', '10-07']],
  ])('%s names these days of the week: %j', (expression, expected) => {
    expect(dates(expression)).toEqual(expected);
  });

  it.each([
    ['five fields', '0 17 * * ?'],
    ['seven fields', '0 17 * * ? * *'],
    ['two steps', '0/5/2 17 * * ? *'],
    ['half a step', '0/2.5 17 * * ? *'],
    ['half a minute', '1.5 17 * * ? *'],
    ['a span with three ends', '1-3-5 17 * * ? *'],
    ['a span without an end', '1- 17 * * ? *'],
    ['the minute 60', '60 17 * * ? *'],
    ['the day 0', '0 17 0 * ? *'],
    ['a span from the day 0', '0 17 0-5 * ? *'],
    ['the month 0', '0 17 * 0 ? *'],
    ['the month 13', '0 17 * 13 ? *'],
    ['a month that is none', '0 17 * FOO ? *'],
    ['the year 1969', '0 17 * * ? 1969'],
    ['one wrong part of a list', '0,x 17 * * ? *'],
    ['a day of three digits before W', '0 17 115W * ? *'],
    ['something after W', '0 17 15W2 * ? *'],
    ['the sixth Friday', '0 17 ? * 6#6 *'],
    ['the 33rd Friday', '0 17 ? * 6#33 *'],
    ['something after the last Friday', '0 17 ? * 6L2 *'],
    ['something before the last Friday', '0 17 ? * -6L *'],
    ['the last of no weekday', '0 17 ? * XL *'],
    ['the third of the weekday 8', '0 17 ? * 8#3 *'],
    ['minutes that are no number', 'L 17 * * ? *'],
  ])('cannot be read with %s: %s', (_, expression) => {
    expect(readCron(expression)).toBeUndefined();
  });
});
