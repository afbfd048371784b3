import { median } from '../core/median.ts';
import type { Unknown } from '../core/unknown.ts';

/** One point: the start of its one-minute period and its value. */
export interface Point {
  at: Date;
  value: number;
  /** The value is a lower bound: a quantile has reached the last bucket of its histogram. */
  atLeast?: true;
}

/** What another source says of the same metric: its newest value, with its age where it is late, or why it has none. */
export type OtherSource = { source: string } & (
  | { value: number; ageSeconds?: number }
  | { unknown: Unknown }
);

/** One metric as it was read: its points, oldest first, or why it is unknown. */
export type Series = ({ points: readonly Point[] } | { unknown: Unknown }) & {
  source: string;
  /** The further sources that were asked. */
  others?: readonly OtherSource[];
};

/**
 * Drops what is not a finite, plausible number of a plausible time and turns an empty or stale series into `unknown`
 * (invariant 3). Where `zeroIsImplausible`, a zero counts as no value: a service that gets health checks is never
 * without requests. Clocks may differ, but not by more than what makes a point stale.
 */
export function known(
  points: readonly Point[],
  source: string,
  { now, maxAgeSeconds, zeroIsImplausible = false }: KnownOptions,
): Series {
  const past = inOrder(points.filter((point) => ageSeconds(point, now) >= -maxAgeSeconds));
  if (points.length > 0 && past.length === 0)
    return { unknown: { cause: 'implausible', every: 'time' }, source };
  const usable = past.filter(
    ({ value }) => Number.isFinite(value) && value >= 0 && !(zeroIsImplausible && value === 0),
  );
  const newest = usable.at(-1);
  if (!newest) {
    const every = faultOf(past);
    return { unknown: points.length > 0 ? { cause: 'implausible', every } : { cause: 'no-points' }, source };
  }
  const age = ageSeconds(newest, now);
  if (age > maxAgeSeconds) {
    const newer = past.slice(past.indexOf(newest) + 1);
    const more = newer.length > 0 ? { newer: faultOf(newer) } : {};
    return { unknown: { cause: 'stale', ageSeconds: age, ...more }, source };
  }
  return { points: usable, source };
}

/** What points are that do not count. */
const faultOf = (points: readonly Point[]): 'zero' | 'value' =>
  points.every(({ value }) => value === 0) ? 'zero' : 'value';

/** Oldest first, each time once: the same point twice is one, and two values of one time are none. */
function inOrder(points: readonly Point[]): Point[] {
  const byTime = new Map<number, Point>();
  for (const point of points.toSorted((a, b) => a.at.getTime() - b.at.getTime())) {
    const before = byTime.get(point.at.getTime());
    const differs = before !== undefined && before.value !== point.value;
    byTime.set(point.at.getTime(), differs ? { ...point, value: Number.NaN } : point);
  }
  return [...byTime.values()];
}

interface KnownOptions {
  now: Date;
  maxAgeSeconds: number;
  zeroIsImplausible?: boolean;
}

/** So many equal points in a row are no measurement. */
const frozenPoints = 5;

/**
 * A busy metric whose newest points are all the same is frozen: whoever measures has stopped, so it is unknown.
 * @param busy where equal values are implausible: not at rest, and not at a cap.
 */
export function moving(series: Series, busy: { from: number; below?: number }): Series {
  if ('unknown' in series) return series;
  const newest = series.points.slice(-frozenPoints).map(({ value }) => value);
  const [first = 0] = newest;
  const plausible = first < busy.from || (busy.below !== undefined && first >= busy.below);
  if (newest.length < frozenPoints || plausible || newest.some((value) => value !== first)) return series;
  const { points: _, ...rest } = series;
  return { ...rest, unknown: { cause: 'frozen', points: frozenPoints, value: first } };
}

/** The points of a series, oldest first; none where it is unknown. */
export const pointsOf = (series: Series): readonly Point[] => ('points' in series ? series.points : []);

/** The median of the points' values, the upper one of two; undefined without points. */
export const medianOf = (points: readonly Point[]): number | undefined =>
  median(points.map(({ value }) => value));

/** Seconds since the start of the point's period, rounded. */
export const ageSeconds = (point: Point, now: Date): number =>
  Math.round((now.getTime() - point.at.getTime()) / 1000);

const slopePoints = 4;

/** The lesser of the slopes over the newest two and four points: a rise that has ended is not foreseen further. */
export function carefulSlope(series: Series): number | undefined {
  const slopes = [slopePerMinute(series, 2), slopePerMinute(series)].filter((slope) => slope !== undefined);
  return slopes.length === 0 ? undefined : Math.min(...slopes);
}

/** Least-squares slope of the newest points, in units per minute; undefined with fewer than two points. */
export function slopePerMinute(series: Series, count = slopePoints): number | undefined {
  if ('unknown' in series) return undefined;
  const points = series.points.slice(-count);
  const first = points[0];
  if (!first || points.length < 2) return undefined;
  const xs = points.map((point) => (point.at.getTime() - first.at.getTime()) / 60_000);
  const meanX = mean(xs);
  const meanY = mean(points.map((point) => point.value));
  let covariance = 0;
  let variance = 0;
  points.forEach((point, i) => {
    const dx = (xs[i] ?? 0) - meanX;
    covariance += dx * (point.value - meanY);
    variance += dx * dx;
  });
  return variance > 0 ? Math.round((covariance / variance) * 1000) / 1000 : undefined;
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
