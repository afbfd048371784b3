import { perSeries, type SeriesName } from '../config/metric-catalogue.ts';
import type { Config } from '../config/schema.ts';
import { medianOf, type Point, pointsOf, type Series } from '../metrics/series.ts';
import { levelOf } from '../metrics/thresholds.ts';

/** What users of the service feel, and what its tasks do. */
const telling = ['errorRatePercent', 'latencyP99Seconds', 'latencyP95Seconds', 'cpuPercent'] as const;
type TellingMetric = (typeof telling)[number];
export type AllSeries = Readonly<Record<SeriesName, Series>>;
/** One bad minute may be a crowd's first seconds, which the rate of that minute does not show yet. */
const badPoints = 2;
/** What begins later than this after a release has another cause: its tasks serve by then. */
export const onsetMilliseconds = 8 * 60_000;
/** So many fine minutes of a release that is complete, before the first bad one, and something else has begun. */
const fineMinutes = 2;
/** Fewer requests in a minute say nothing: three slow ones, as always, are no rise. */
const enoughRequests = 30;
/** Traffic within this of what it was before explains nothing. */
const flat = { from: 0.75, below: 1.3 };

/** What is known of a release besides its metrics. */
export interface Circumstances {
  /** Since when its tasks serve alone. */
  completedAt?: string | undefined;
  /** While a task was missing that says nothing of it: from its end until another served, epoch milliseconds. */
  gap?: { from: number; until: number } | undefined;
}

/**
 * The metrics that got worse with a release: fine in the minutes right before, bad in several since, the first of them
 * soon after, while the traffic of the very same minutes is known and is what it was, for each task as well. Anything else
 * convicts nobody: what lags, what began later, what a crowd or fewer tasks explain. Pure.
 */
export function worseWith(
  releasedAt: string,
  series: Readonly<Record<TellingMetric | 'requestRatePerMinute' | 'requestsPerTarget', Series>>,
  thresholds: Config['thresholds'],
  { completedAt, gap }: Circumstances = {},
): TellingMetric[] {
  const release = Date.parse(releasedAt);
  const rate = pointsOf(series.requestRatePerMinute);
  const usual = medianOf(rate.filter(endsBefore(release)));
  if (usual === undefined) return [];
  const asBefore = (seen: Point): boolean => {
    const then = valueWith(seen, rate);
    return (
      then !== undefined && then >= enoughRequests && then >= flat.from * usual && then < flat.below * usual
    );
  };
  const onFewer = onFewerTasks(release, series.requestsPerTarget);
  return telling.filter((metric) => {
    const isBad = ({ value }: Point) => levelOf(value, thresholds[metric]) !== 'ok';
    const { before, since } = around(release, series[metric]);
    const bad = since.filter(isBad);
    const unexplained = bad.filter((point) => !onFewer(point) && !isIn(point, gap));
    const newest = since.at(-1);
    if (servedWell(since, bad[0], completedAt)) return false;
    if (!newest || before.length === 0 || before.some(isBad)) return false;
    return (
      isSoon(bad[0], release) && isBad(newest) && minutesOf(unexplained) >= badPoints && bad.every(asBefore)
    );
  });
}

/** Whether a release served alone for some minutes, and well, before the first bad one. */
function servedWell(
  since: readonly Point[],
  bad: Point | undefined,
  completedAt: string | undefined,
): boolean {
  if (!bad || completedAt === undefined) return false;
  const fine = since.filter(({ at }) => at.getTime() >= Date.parse(completedAt) && at < bad.at);
  return minutesOf(fine) >= fineMinutes;
}

/** Tells the minutes in which each task had to serve more than in one right before the release; none where nobody knows. */
function onFewerTasks(release: number, requestsPerTarget: Series): (seen: Point) => boolean {
  const { before } = around(release, requestsPerTarget);
  const least = before.length > 0 ? Math.min(...before.map(({ value }) => value)) : Infinity;
  return (seen) => (valueWith(seen, pointsOf(requestsPerTarget)) ?? 0) >= flat.below * least;
}

const isIn = ({ at }: Point, gap: Circumstances['gap']): boolean =>
  gap !== undefined && at.getTime() < gap.until && at.getTime() + 60_000 > gap.from;

/** Minutes in a row whose errors no load explains. */
const failingMinutes = 3;

/**
 * Whether requests fail since a release although there is room: fine in the minutes right before it, or failing while CPU
 * was busy; failing soon after it, and still in the newest minutes, in which CPU was ok. So a bad release is told from
 * the crowd that came with it, once enough tasks run. Pure.
 */
export function failsWithRoom(
  releasedAt: string,
  series: Readonly<Record<'errorRatePercent' | 'cpuPercent', Series>>,
  thresholds: Config['thresholds'],
  { completedAt }: Circumstances = {},
): boolean {
  const release = Date.parse(releasedAt);
  const failing = ({ value }: Point) => levelOf(value, thresholds.errorRatePercent) === 'critical';
  const busy = (seen: Point): boolean | undefined => {
    const cpu = pointsOf(series.cpuPercent).filter((point) => minuteOf(point) === minuteOf(seen));
    return cpu.length === 0
      ? undefined
      : cpu.some(({ value }) => levelOf(value, thresholds.cpuPercent) !== 'ok');
  };
  const isFine = ({ value }: Point) => levelOf(value, thresholds.errorRatePercent) === 'ok';
  const { before, since } = around(release, series.errorRatePercent);
  const first = since.find(failing);
  const newest = since.slice(-failingMinutes);
  return (
    isSoon(first, release) &&
    !servedWell(since, first, completedAt) &&
    before.length > 0 &&
    before.every((point) => isFine(point) || busy(point)) &&
    newest.length === failingMinutes &&
    newest.every((point) => failing(point) && busy(point) === false)
  );
}

/** What was known when the minutes that began before a time had ended. Pure. */
export const seenUntil = (series: AllSeries, time: string): AllSeries =>
  perSeries((name) => {
    const one = series[name];
    return 'points' in one ? { ...one, points: one.points.filter(endsBefore(Date.parse(time))) } : one;
  });

/** The last minutes that ended before a release, and all since it. */
function around(release: number, series: Series): { before: Point[]; since: Point[] } {
  const points = pointsOf(series);
  return {
    before: points.filter(endsBefore(release)).slice(-3),
    since: points.filter(({ at }) => at.getTime() >= release),
  };
}

const isSoon = (first: Point | undefined, release: number): boolean =>
  first !== undefined && first.at.getTime() - release <= onsetMilliseconds;

/** The value of a minute in another series. */
const valueWith = (seen: Point, others: readonly Point[]): number | undefined =>
  others.find((point) => minuteOf(point) === minuteOf(seen))?.value;

const minuteOf = ({ at }: Point): number => Math.floor(at.getTime() / 60_000);

const endsBefore =
  (time: number) =>
  ({ at }: Point): boolean =>
    at.getTime() + 60_000 <= time;

const minutesOf = (points: readonly Point[]): number => new Set(points.map(minuteOf)).size;
