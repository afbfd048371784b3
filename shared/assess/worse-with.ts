import type { MetricName } from '../config/metric-catalogue.ts';
import type { Config } from '../config/schema.ts';
import type { Point, Series } from '../metrics/series.ts';
import { levelOf } from '../metrics/thresholds.ts';

/** What users of the service feel, and what its tasks do. */
const telling = ['errorRatePercent', 'latencyP99Seconds', 'latencyP95Seconds', 'cpuPercent'] as const;
/** One bad minute may be a crowd's first seconds, which the rate of that minute does not show yet. */
const badPoints = 2;
/** What begins later than this after a release has another cause: its tasks serve by then. */
const onsetMilliseconds = 8 * 60_000;
/** Fewer requests in a minute say nothing: three slow ones, as always, are no rise. */
const enoughRequests = 30;
/** Traffic within this of what it was before explains nothing. */
const flat = { from: 0.75, below: 1.3 };

/**
 * The metrics that got worse with a release: fine in the minutes right before, bad in several since, the first of them
 * soon after, while the traffic of the very same minutes is known and is what it was. Anything else convicts nobody:
 * what lags, what began later, what a crowd explains. Pure.
 */
export function worseWith(
  releasedAt: string,
  series: Readonly<Record<(typeof telling)[number] | 'requestRatePerMinute', Series>>,
  thresholds: Config['thresholds'],
): MetricName[] {
  const release = Date.parse(releasedAt);
  const rate = pointsOf(series.requestRatePerMinute);
  const usual = medianOf(rate.filter(endsBefore(release)));
  if (usual === undefined) return [];
  const asBefore = (seen: Point): boolean => {
    const then = rate.find((point) => minuteOf(point) === minuteOf(seen))?.value;
    return (
      then !== undefined && then >= enoughRequests && then >= flat.from * usual && then < flat.below * usual
    );
  };
  return telling.filter((metric) => {
    const points = pointsOf(series[metric]);
    const isBad = ({ value }: Point) => levelOf(value, thresholds[metric]) !== 'ok';
    const before = points.filter(endsBefore(release)).slice(-3);
    const since = points.filter(({ at }) => at.getTime() >= release);
    const bad = since.filter(isBad);
    const [first] = bad;
    const newest = since.at(-1);
    if (!first || !newest || before.length === 0 || before.some(isBad)) return false;
    const soon = first.at.getTime() - release <= onsetMilliseconds;
    return soon && isBad(newest) && minutesOf(bad) >= badPoints && bad.every(asBefore);
  });
}

/** Minutes in a row whose errors no load explains. */
const unexplained = 3;

/**
 * Whether requests fail since a release although there is room: fine in the minutes right before it, failing soon after,
 * and still in the newest minutes, in which CPU was ok. So a bad release is told from the crowd that came with it, once
 * enough tasks run. Pure.
 */
export function failsWithRoom(
  releasedAt: string,
  series: Readonly<Record<'errorRatePercent' | 'cpuPercent', Series>>,
  thresholds: Config['thresholds'],
): boolean {
  const release = Date.parse(releasedAt);
  const errors = pointsOf(series.errorRatePercent);
  const failing = ({ value }: Point) => levelOf(value, thresholds.errorRatePercent) === 'critical';
  const hasRoom = (seen: Point) => {
    const cpu = pointsOf(series.cpuPercent).filter((point) => minuteOf(point) === minuteOf(seen));
    return cpu.length > 0 && cpu.every(({ value }) => levelOf(value, thresholds.cpuPercent) === 'ok');
  };
  const before = errors.filter(endsBefore(release)).slice(-3);
  const since = errors.filter(({ at }) => at.getTime() >= release);
  const first = since.find(failing);
  const newest = since.slice(-unexplained);
  return (
    first !== undefined &&
    first.at.getTime() - release <= onsetMilliseconds &&
    before.length > 0 &&
    !before.some((point) => levelOf(point.value, thresholds.errorRatePercent) !== 'ok') &&
    newest.length === unexplained &&
    newest.every((point) => failing(point) && hasRoom(point))
  );
}

const minuteOf = ({ at }: Point): number => Math.floor(at.getTime() / 60_000);

const pointsOf = (series: Series): readonly Point[] => ('points' in series ? series.points : []);

const endsBefore =
  (time: number) =>
  ({ at }: Point): boolean =>
    at.getTime() + 60_000 <= time;

const minutesOf = (points: readonly Point[]): number => new Set(points.map(minuteOf)).size;

function medianOf(points: readonly Point[]): number | undefined {
  const sorted = points.map(({ value }) => value).toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}
