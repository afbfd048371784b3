import { sourceLabels } from '../config/metric-sources.ts';
import type { Config } from '../config/schema.ts';
import type { Unknown } from '../core/unknown.ts';
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
 * minute differ by more than a factor of 2 and give different levels, the metric is unknown, with both values. A scrape
 * sees one task only, so it counts as a last resort and confirms nothing. A lower bound counts only where no source has a
 * value; it contradicts nothing above it, and is unknown where it is not critical by itself.
 */
export function combine(readings: readonly Series[], { now, planning, level }: Combination): Series {
  const [first, ...rest] = readings;
  if (!first) return { unknown: { cause: 'not-configured', lacks: 'row' }, source: 'none' };
  if (rest.length === 0) return withoutBound(first, level);
  const known = readings.filter(isKnown);
  const prompt = known.filter((series) => !lags(series, now, planning));
  const chosen = prompt.find((series) => !isBound(series)) ?? prompt[0] ?? known[0];
  if (!chosen) {
    const sources = readings.flatMap((one) =>
      'unknown' in one ? [{ source: one.source, unknown: one.unknown }] : [],
    );
    const names = sources.map(({ source }) => source).join(', ');
    return { unknown: { cause: 'every-source', sources }, source: names };
  }
  const others = readings.filter((series) => series !== chosen);
  const [contradicted] = others.flatMap((other) => contradiction(chosen, other, level) ?? []);
  const said = others.map((other) => summary(other, now, planning));
  return contradicted
    ? { unknown: contradicted, source: chosen.source, others: said }
    : withoutBound({ ...chosen, others: said }, level);
}

const isBound = ({ points }: Known) => points.at(-1)?.atLeast === true;

/** A series whose newest value is a lower bound is known only where that is critical already. */
function withoutBound(series: Series, level: Combination['level']): Series {
  if (!isKnown(series) || !isBound(series)) return series;
  const { points, ...rest } = series;
  const value = points.at(-1)?.value ?? 0;
  return level?.(value) === 'critical'
    ? series
    : { ...rest, unknown: { cause: 'lower-bound', value: short(value) } };
}

const isKnown = (series: Series): series is Known => 'points' in series;

function lags({ points }: Known, now: Date, { metricDelaySeconds }: Config['planning']): boolean {
  const newest = points.at(-1);
  return !newest || ageSeconds(newest, now) > 2 * periodSeconds + metricDelaySeconds + slackSeconds;
}

/** Only values of the same minute can contradict each other: during a spike each minute differs from the last. */
function contradiction(chosen: Known, other: Series, level: Combination['level']): Unknown | undefined {
  if (!level || !isKnown(other) || isOneTask(chosen) || isOneTask(other)) return undefined;
  const same = chosen.points.findLast((point) => pointAt(other, point.at) !== undefined);
  const their = same && pointAt(other, same.at);
  if (!same || !their || agree(same, their)) return undefined;
  const theirs = their.value;
  if (level(same.value) === level(theirs)) return undefined;
  return {
    cause: 'contradicted',
    at: same.at.toISOString(),
    source: chosen.source,
    value: short(same.value),
    otherSource: other.source,
    otherValue: short(theirs),
  };
}

/** Whether two values may both be true: close to each other, or a lower bound and something above it. */
function agree(one: Point, other: Point): boolean {
  const [low, high] = one.value <= other.value ? [one, other] : [other, one];
  return low.atLeast === true || high.value <= contradictionFactor * low.value;
}

const isOneTask = ({ source }: Series) => source === sourceLabels.scrape;

const pointAt = ({ points }: Known, at: Date) => points.find((point) => point.at.getTime() === at.getTime());

function summary(series: Series, now: Date, planning: Config['planning']): OtherSource {
  const { source } = series;
  if (!isKnown(series)) return { source, unknown: series.unknown };
  const newest = series.points.at(-1);
  if (!newest) return { source, unknown: { cause: 'no-points' } };
  const late = lags(series, now, planning) ? { ageSeconds: ageSeconds(newest, now) } : {};
  return { source, value: short(newest.value), ...late };
}

const short = (value: number) => Math.round(value * 1000) / 1000;
