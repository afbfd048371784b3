import { sourceLabels } from '../config/metric-sources.ts';
import type { Config } from '../config/schema.ts';
import type { Level } from '../document/assessment.ts';
import { ageSeconds, type OtherSource, type Point, type Series } from './series.ts';

/** Two values that differ by more than this factor contradict each other, if their levels differ as well. */
const contradictionFactor = 2;
/** A source is behind when its newest whole minute ended this much later than the configured delay explains. */
const slackSeconds = 60;
const periodSeconds = 60;

export interface Combination {
  now: Date;
  planning: Config['planning'];
  /** Level of a value of this metric; without it nothing can contradict. */
  level?: (value: number) => Level;
}

type Known = Extract<Series, { points: readonly Point[] }>;

/**
 * One metric out of its sources, in the order of the configuration. The first known value counts; a source that lags
 * behind its usual delay gives way to a later one that does not. The others confirm it: where two values of the same
 * minute differ by more than a factor of 2 and give different levels, the metric is unknown, with both values in the
 * reason. A scrape sees one task only, so it counts as a last resort and confirms nothing.
 */
export function combine(readings: readonly Series[], { now, planning, level }: Combination): Series {
  const [first, ...rest] = readings;
  if (!first) return { unknown: 'no source is configured', source: 'none' };
  if (rest.length === 0) return first;
  const known = readings.filter(isKnown);
  const chosen = known.find((series) => !lags(series, now, planning)) ?? known[0];
  if (!chosen) {
    const reasons = readings.map(
      (series) => `${series.source}: ${'unknown' in series ? series.unknown : ''}`,
    );
    return { unknown: reasons.join('; '), source: readings.map(({ source }) => source).join(', ') };
  }
  const others = readings.filter((series) => series !== chosen);
  const contradictions = others.flatMap((other) => contradiction(chosen, other, level) ?? []);
  const said = others.map((other) => summary(other, now, planning));
  return contradictions.length > 0
    ? { unknown: contradictions.join('; '), source: chosen.source, others: said }
    : { ...chosen, others: said };
}

const isKnown = (series: Series): series is Known => 'points' in series;

function lags({ points }: Known, now: Date, { metricDelaySeconds }: Config['planning']): boolean {
  const newest = points.at(-1);
  return !newest || ageSeconds(newest, now) > 2 * periodSeconds + metricDelaySeconds + slackSeconds;
}

/** Only values of the same minute can contradict each other: during a spike each minute differs from the last. */
function contradiction(chosen: Known, other: Series, level: Combination['level']): string | undefined {
  if (!level || !isKnown(other) || isOneTask(chosen) || isOneTask(other)) return undefined;
  const same = chosen.points.findLast((point) => valueAt(other, point.at) !== undefined);
  const theirs = same && valueAt(other, same.at);
  if (!same || theirs === undefined) return undefined;
  const apart = Math.max(same.value, theirs) > contradictionFactor * Math.min(same.value, theirs);
  if (!apart || level(same.value) === level(theirs)) return undefined;
  const minute = same.at.toISOString().slice(11, 16);
  return `contradiction: at ${minute} ${chosen.source} says ${short(same.value)} and ${other.source} says ${short(theirs)}`;
}

const isOneTask = ({ source }: Series) => source === sourceLabels.scrape;

const valueAt = ({ points }: Known, at: Date) =>
  points.find((point) => point.at.getTime() === at.getTime())?.value;

function summary(series: Series, now: Date, planning: Config['planning']): OtherSource {
  const { source } = series;
  if (!isKnown(series)) return { source, reason: 'unknown' in series ? series.unknown : 'unknown' };
  const newest = series.points.at(-1);
  const late = newest && lags(series, now, planning) ? `${ageSeconds(newest, now)} s old` : undefined;
  return { source, value: newest && short(newest.value), ...(late ? { reason: late } : {}) };
}

const short = (value: number) => Math.round(value * 1000) / 1000;
