import type { ZoneTime } from './zone.ts';

/** Whether a moment is one of a cron expression's. */
export type Cron = (time: ZoneTime) => boolean;

type Field = (time: ZoneTime) => boolean;

interface Range {
  least: number;
  most: number;
  names?: readonly string[];
}

const months = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const weekdays = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];

/**
 * Reads the six fields of AWS's cron expressions: minutes, hours, day of month, month, day of week, year; with `* ? , - /`,
 * names, and `L`, `W` and `#` for days. Undefined for what is none. Source: Application Auto Scaling user guide, cron
 * expressions.
 */
export function readCron(expression: string): Cron | undefined {
  const texts = expression.trim().split(/\s+/);
  const [minutes = '', hours = '', days = '', monthsText = '', week = '', years = '*'] = texts;
  if (texts.length !== 6) return undefined;
  const fields = [
    plain(minutes, { least: 0, most: 59 }, ({ minute }) => minute),
    plain(hours, { least: 0, most: 23 }, ({ hour }) => hour),
    anyOf(days, dayField),
    plain(monthsText, { least: 1, most: 12, names: months }, ({ month }) => month),
    anyOf(week, weekdayField),
    plain(years, { least: 1970, most: 2199 }, ({ year }) => year),
  ];
  const known = fields.filter((field) => field !== undefined);
  return known.length === fields.length ? (time) => known.every((field) => field(time)) : undefined;
}

/** A list of parts, each by itself; undefined where one cannot be read. */
function anyOf(text: string, read: (part: string) => Field | undefined): Field | undefined {
  const parts = text.split(',').map(read);
  const known = parts.filter((part) => part !== undefined);
  return known.length === parts.length ? (time) => known.some((part) => part(time)) : undefined;
}

const plain = (text: string, range: Range, of: (time: ZoneTime) => number) =>
  anyOf(text, (part) => numbers(part, range, of));

/** `*`, `?`, `5`, `5-9`, `5/15`, `*`/15. */
function numbers(part: string, range: Range, of: (time: ZoneTime) => number): Field | undefined {
  const [span = '', step, ...more] = part.split('/');
  const every = step === undefined ? 1 : Number(step);
  const ends = spanOf(span, range, step !== undefined);
  if (more.length > 0 || !ends || !Number.isInteger(every) || every < 1) return undefined;
  const [from, to] = ends;
  return (time) => of(time) >= from && of(time) <= to && (of(time) - from) % every === 0;
}

function spanOf(span: string, { least, most, names }: Range, stepped: boolean) {
  if (span === '*' || span === '?') return [least, most] as const;
  const ends = span.split('-').map((text) => {
    const named = names?.indexOf(text.toUpperCase()) ?? -1;
    return named < 0 ? Number(text || Number.NaN) : named + 1;
  });
  const [from = Number.NaN, to = stepped ? most : from] = ends;
  const sound = ends.length <= 2 && [from, to].every((end) => Number.isInteger(end) && end >= least);
  return sound && to <= most ? ([from, to] as const) : undefined;
}

const lastDay = ({ year, month }: ZoneTime) => new Date(Date.UTC(year, month, 0)).getUTCDate();

/** `L`: the month's last day; `15W`: the working day next to the fifteenth. */
function dayField(part: string): Field | undefined {
  if (part === 'L') return (time) => time.day === lastDay(time);
  const near = /^(\d{1,2}|L)W$/.exec(part)?.[1];
  if (near) return (time) => time.day === workingDay(near === 'L' ? lastDay(time) : Number(near), time);
  return numbers(part, { least: 1, most: 31 }, ({ day }) => day);
}

/** The Monday to Friday next to a day, in the same month. */
function workingDay(wanted: number, time: ZoneTime): number {
  const last = lastDay(time);
  const day = Math.min(wanted, last);
  const weekday = new Date(Date.UTC(time.year, time.month - 1, day)).getUTCDay();
  if (weekday === 6) return day > 1 ? day - 1 : day + 2;
  if (weekday === 0) return day < last ? day + 1 : day - 2;
  return day;
}

/** `6L`: the month's last Friday; `6#3`: its third. */
function weekdayField(part: string): Field | undefined {
  const range = { least: 1, most: 7, names: weekdays };
  const special = /^(\w+?)(?:(L)|#([1-5]))$/.exec(part);
  if (part === 'L') return ({ weekday }) => weekday === 7;
  if (!special) return numbers(part, range, ({ weekday }) => weekday);
  const [, name = '', last, nth] = special;
  const fits = numbers(name, range, ({ weekday }) => weekday);
  if (!fits) return undefined;
  return last
    ? (time) => fits(time) && time.day > lastDay(time) - 7
    : (time) => fits(time) && Math.ceil(time.day / 7) === Number(nth);
}
