/** The fields of a moment on the clock of a zone. Months and days of the week count from 1, Sunday is 1. */
export interface ZoneTime {
  minute: number;
  hour: number;
  day: number;
  month: number;
  weekday: number;
  year: number;
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** The zone's format, made once. @throws RangeError for a zone that does not exist */
function formatOf(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone);
  if (known) return known;
  const numeric = 'numeric' as const;
  const made = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: numeric,
    month: numeric,
    day: numeric,
    hour: numeric,
    minute: numeric,
    second: numeric,
  });
  formats.set(timeZone, made);
  return made;
}

/** What a clock of the zone shows at a moment, read as if it were UTC: milliseconds. */
function shownAt(at: number, timeZone: string): number {
  if (timeZone === 'UTC') return at;
  const parts = new Map(
    formatOf(timeZone)
      .formatToParts(at)
      .map(({ type, value }) => [type, Number(value)]),
  );
  const part = (name: Intl.DateTimeFormatPartTypes) => parts.get(name) ?? 0;
  return Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second'));
}

/** The fields of a moment on the clock of a zone. @throws RangeError for a zone that does not exist */
export function zoneTime(at: number, timeZone: string): ZoneTime {
  const shown = new Date(shownAt(at, timeZone));
  return {
    minute: shown.getUTCMinutes(),
    hour: shown.getUTCHours(),
    day: shown.getUTCDate(),
    month: shown.getUTCMonth() + 1,
    weekday: shown.getUTCDay() + 1,
    year: shown.getUTCFullYear(),
  };
}

/** The moment at which a clock of the zone shows so much, which is given as if it were UTC. Milliseconds. */
export function momentIn(shown: number, timeZone: string): number {
  const guess = shown - (shownAt(shown, timeZone) - shown);
  // The offset may change in between.
  return guess + (shown - shownAt(guess, timeZone));
}
