import type { ScheduledAction } from '../document/settings.ts';
import { readCron } from './cron.ts';
import { momentIn, zoneTime } from './zone.ts';

/** A scheduled action that was due, and when. */
export interface DueAction {
  action: ScheduledAction;
  at: number;
}

/** What was due between two moments, and the schedules that could not be read. */
export interface Due {
  /** Oldest first, each action with its last moment. */
  due: DueAction[];
  unread: ScheduledAction[];
}

/** What was due after `since` until `until`, both in milliseconds. Pure. */
export function dueBetween(actions: readonly ScheduledAction[], since: number, until: number): Due {
  const due: DueAction[] = [];
  const unread: ScheduledAction[] = [];
  for (const action of actions) {
    const at = lastMoment(action, since, until);
    if (at === 'unread') unread.push(action);
    else if (at !== undefined) due.push({ action, at });
  }
  return { due: due.sort((a, b) => a.at - b.at), unread };
}

/** The last of an action's moments after `since` until `until`. */
function lastMoment(action: ScheduledAction, since: number, until: number): number | undefined | 'unread' {
  const from = Math.max(since, action.startsAt ? Date.parse(action.startsAt) - 1 : since);
  const to = Math.min(until, action.endsAt ? Date.parse(action.endsAt) : until);
  const [, kind, inner = ''] = /^\s*(at|rate|cron)\((.*)\)\s*$/.exec(action.schedule) ?? [];
  try {
    if (kind === 'at') return within(atMoment(inner, action.timezone ?? 'UTC'), from, to);
    if (kind === 'rate') return rateMoment(inner, action, from, to);
    if (kind === 'cron') return cronMoment(inner, action.timezone ?? 'UTC', from, to);
  } catch (error) {
    // A zone that does not exist.
    if (!(error instanceof RangeError)) throw error;
  }
  return 'unread';
}

const within = (at: number, from: number, to: number) =>
  Number.isNaN(at) ? 'unread' : at > from && at <= to ? at : undefined;

function atMoment(text: string, timeZone: string): number {
  const shown = Date.parse(`${text.trim()}Z`);
  return Number.isNaN(shown) ? shown : momentIn(shown, timeZone);
}

const unitMilliseconds: Readonly<Record<string, number>> = {
  minute: 60_000,
  hour: 3_600_000,
  day: 86_400_000,
};

/** A rate counts from its start, or from when it was made. */
function rateMoment(text: string, { startsAt, createdAt }: ScheduledAction, from: number, to: number) {
  const [, value = '', unit = ''] = /^\s*(\d+)\s+(minute|hour|day)s?\s*$/.exec(text) ?? [];
  const period = Number(value) * (unitMilliseconds[unit] ?? 0);
  const anchor = Date.parse(startsAt ?? createdAt ?? '');
  if (!(period > 0) || Number.isNaN(anchor)) return 'unread';
  const at = anchor + Math.floor((to - anchor) / period) * period;
  return at > from && at >= anchor ? at : undefined;
}

const minuteMilliseconds = 60_000;
/** No incident lasts longer: its workflows have a deadline of a week. */
const longestLook = 8 * 86_400_000;

function cronMoment(text: string, timeZone: string, from: number, to: number) {
  const cron = readCron(text);
  if (!cron) return 'unread';
  const newest = Math.floor(to / minuteMilliseconds) * minuteMilliseconds;
  const oldest = Math.max(from, to - longestLook);
  for (let at = newest; at > oldest; at -= minuteMilliseconds) if (cron(zoneTime(at, timeZone))) return at;
  return undefined;
}
