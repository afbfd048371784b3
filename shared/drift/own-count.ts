import type { Assessment } from '../document/assessment.ts';
import type { Changes } from '../document/changes.ts';
import type { Step } from '../document/document.ts';
import { activitiesOf, isJustNow } from './activities.ts';

/** The count that a run last wrote itself, as ECS's answer confirmed, and those before it. */
export interface OwnCount {
  to: number;
  /** What ECS may still show: it is eventually consistent. */
  before: readonly number[];
  at?: string | undefined;
  /** Whether ECS has shown the written count since. An older one that is back after that is a person's. */
  shown: boolean;
}

interface Known {
  change?: Changes | undefined;
  step?: Step | undefined;
  verification?: { shown?: number | undefined } | undefined;
}

/** What a run knows of its own last write of the count; nothing before the first. Pure. */
export function ownCount({ change, step, verification }: Known): OwnCount | undefined {
  const last = change?.desired ?? step;
  if (!last?.before) return undefined;
  const looks = [change?.cpuPolicy?.shown, step?.shown, verification?.shown];
  return { to: last.to, before: last.before, at: last.at, shown: looks.includes(last.to) };
}

/** A count that autoscaling asked for, and when. */
interface Asked {
  at: string;
  count?: number | undefined;
}

/** However late ECS shows a write, and however wrong the clocks of two functions are, by then it has. Milliseconds. */
const shownBy = 900_000;

/**
 * The desired count; where ECS shows one from before this run's own, or that one for the first time, it is that one, or what
 * autoscaling has asked for since: an older one is nobody's change. Pure.
 * @param asked newest first
 * @param seenAt when ECS showed it: long after the write an older count is a person's
 */
export function knownCount(
  desired: number,
  own: OwnCount | undefined,
  asked: readonly Asked[] = [],
  seenAt = own?.at,
): number {
  if (!own || own.shown || ![own.to, ...own.before].includes(desired)) return desired;
  const age = Date.parse(seenAt ?? '') - Date.parse(own.at ?? '');
  if (age > shownBy && desired !== own.to) return desired;
  const since = asked.find(({ at, count }) => count !== undefined && at > (own.at ?? '9'));
  return since?.count ?? own.to;
}

/** The assessment with the count as this run knows it. Pure. */
export function withOwnCount(now: Assessment, own: OwnCount | undefined): Assessment {
  if (!own || 'unknown' in now.service) return now;
  const { desired } = now.service;
  // One that autoscaling has left for a while, and that is back, is a person's.
  const asked = activitiesOf(now.autoscaling).filter(
    (activity) => isJustNow(activity, now) || desired !== own.to,
  );
  return { ...now, service: { ...now.service, desired: knownCount(desired, own, asked, now.at) } };
}

/** So many of a run's writes may not be shown yet. */
const remembered = 10;

/** The counts before a write, newest first, without the written one. Pure. */
export const countsBefore = (to: number, ...counts: readonly (number | undefined)[]): number[] =>
  [...new Set(counts)]
    .filter((count) => count !== undefined)
    .filter((count) => count !== to)
    .slice(0, remembered);
