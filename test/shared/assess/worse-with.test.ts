import { describe, expect, it } from '@jest/globals';
import { failsWithRoom, worseWith } from '../../../shared/assess/worse-with.ts';
import { perSeries, type SeriesName } from '../../../shared/config/metric-catalogue.ts';
import type { Point, Series } from '../../../shared/metrics/series.ts';
import { production } from '../../support/builders.ts';
import { minutesAgo, series } from '../../support/clues.ts';

const steady = series(600, 610, 600, 590, 600, 610, 600, 590, 600, 610, 600, 590);
/** Twelve minutes with a release in the middle of them. */
const worse = (seen: Partial<Record<SeriesName, Series>>, releasedAt = minutesAgo(6), completedAt?: string) =>
  worseWith(
    releasedAt,
    { ...perSeries(() => series()), requestRatePerMinute: steady, ...seen },
    production.thresholds,
    { completedAt },
  );
const errors = (...values: number[]) => ({ errorRatePercent: series(...values) });
const came = errors(0, 0, 0, 0, 0, 0, 0, 5, 5, 5, 5, 5);

describe('what got worse with a release', () => {
  it('errors, latency and CPU that were fine right before and are bad since', () => {
    expect(worse(came)).toEqual(['errorRatePercent']);
    const slow = series(0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 3, 3, 3, 3, 3, 3);
    const seen = { ...came, latencyP99Seconds: slow, latencyP95Seconds: slow, cpuPercent: slow };
    expect(worse(seen)).toEqual(['errorRatePercent', 'latencyP99Seconds', 'latencyP95Seconds']);
    const busy = series(40, 40, 40, 40, 40, 40, 40, 40, 90, 90, 90, 90);
    expect(worse({ cpuPercent: busy })).toEqual(['cpuPercent']);
  });

  it('also where each task serves a little more, or nobody knows how much', () => {
    const perTask = (...since: number[]) => ({
      ...came,
      requestsPerTarget: series(...Array(7).fill(300), ...since),
    });
    expect(worse(perTask(389, 389, 389, 389, 389))).toEqual(['errorRatePercent']);
    expect(worse({ ...came, requestsPerTarget: lagging() })).toEqual(['errorRatePercent']);
    const fewerLater = series(...Array(9).fill(300), 450, 450, 450);
    expect(worse({ ...came, requestsPerTarget: fewerLater })).toEqual(['errorRatePercent']);
    const fewerBefore = series(200, 200, 200, 300, 300, 300, 300, 300, 300, 300, 300, 300);
    expect(worse({ ...came, requestsPerTarget: fewerBefore })).toEqual(['errorRatePercent']);
  });

  it('not where it served alone for two minutes, and well, before something else began', () => {
    // Fine from the sixth to the third minute before now, bad since.
    const later = errors(0, 0, 0, 0, 0, 0, 0, 0, 0, 5, 5, 5);
    expect(worse(later)).toEqual(['errorRatePercent']);
    expect(worse(later, minutesAgo(6), minutesAgo(5))).toEqual([]);
    // One fine minute alone, or minutes in which tasks of before served too, say nothing.
    expect(worse(later, minutesAgo(6), minutesAgo(4))).toEqual(['errorRatePercent']);
    expect(worse(came, minutesAgo(6), minutesAgo(6))).toEqual(['errorRatePercent']);
  });

  it.each<[string, Partial<Record<SeriesName, Series>>, string?]>([
    ['it was as bad before', errors(0, 0, 0, 0, 5, 0, 0, 5, 5, 5, 5, 5)],
    ['nothing is known of before', errors(5, 5, 5, 5), minutesAgo(5)],
    ['it is over', errors(0, 0, 0, 0, 0, 0, 0, 5, 5, 5, 5, 0)],
    ['it is one bad minute', errors(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 5)],
    ['it began nine minutes later', errors(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 5, 5), minutesAgo(11)],
    ['the traffic of before is unknown', { ...came, requestRatePerMinute: series(600, 610, 600, 590) }],
    ['the traffic of now is not known yet', { ...came, requestRatePerMinute: lagging() }],
    [
      'a crowd came',
      { ...came, requestRatePerMinute: series(...Array(7).fill(600), 900, 900, 900, 900, 900) },
    ],
    ['a crowd begins', { ...came, requestRatePerMinute: series(...Array(11).fill(600), 780) }],
    [
      'callers went away',
      { ...came, requestRatePerMinute: series(...Array(7).fill(600), 400, 400, 400, 400, 400) },
    ],
    [
      'fewer tasks have to serve the same since just before it',
      { ...came, requestsPerTarget: series(300, 300, 300, 300, 300, 450, 450, 450, 450, 450, 450, 450) },
    ],
    [
      'fewer tasks have to serve the same',
      { ...came, requestsPerTarget: series(...Array(7).fill(300), 390, 390, 390, 390, 390) },
    ],
    ['a few requests mean nothing', { ...came, requestRatePerMinute: series(...Array(12).fill(29)) }],
  ])('nothing where %s', (_, seen, releasedAt) => {
    expect(worse(seen, releasedAt)).toEqual([]);
  });
});

describe('the bounds of what got worse with a release', () => {
  it.each<[string, Partial<Record<SeriesName, Series>>, string?]>([
    ['thirty requests a minute are enough', { ...came, requestRatePerMinute: series(...Array(12).fill(30)) }],
    [
      'three quarters of the traffic of before are as before',
      { ...came, requestRatePerMinute: series(...Array(7).fill(600), 450, 450, 450, 450, 450) },
    ],
    ['the second bad minute convicts', errors(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 5, 5)],
    ['one minute before it is enough', errors(0, 5, 5, 5), minutesAgo(3)],
    ['the minute in which it came counts', errors(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 5, 5), minutesAgo(2)],
    ['it began eight minutes later', errors(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 5, 5), minutesAgo(10)],
    [
      'what a crowd did long before is over',
      {
        ...errors(5, 0, 0, 0, 0, 0, 0, 5, 5, 5, 5, 5),
        requestRatePerMinute: series(2000, ...Array(11).fill(600)),
      },
    ],
    [
      'the traffic has other seconds of the same minutes',
      { errorRatePercent: shifted(came.errorRatePercent, 5) },
    ],
  ])('%s', (_, seen, releasedAt) => {
    expect(worse(seen, releasedAt)).toEqual(['errorRatePercent']);
  });

  it('the traffic of before is that before the release, not that of the crowd since', () => {
    const crowd = series(600, 600, 600, 600, ...Array(8).fill(900));
    const seen = { ...errors(0, 0, 0, 0, 5, 5, 5, 5, 5, 5, 5, 5), requestRatePerMinute: crowd };
    expect(worse(seen, minutesAgo(8))).toEqual([]);
  });

  it('two points of one minute are one bad minute', () => {
    const once = series(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 5);
    expect(worse({ errorRatePercent: withOneMore(once, 5) })).toEqual([]);
  });
});

describe('requests that fail since a release, though there is room', () => {
  const calm = series(...Array(12).fill(40));
  const fails = (errorRatePercent: Series, cpuPercent: Series = calm, minutes = 6) =>
    failsWithRoom(minutesAgo(minutes), { errorRatePercent, cpuPercent }, production.thresholds);
  const since = series(0, 0, 0, 0, 0, 0, 5, 5, 5, 5, 5, 5);

  it('is seen in the newest three minutes, whatever the load was before', () => {
    expect(fails(since)).toBe(true);
    const busyBefore = series(...Array(9).fill(95), 60, 60, 60);
    expect(fails(since, busyBefore)).toBe(true);
    expect(fails(series(0, 0, 0, 5, 5, 5, 5, 5, 5, 5, 5, 5), busyBefore)).toBe(true);
  });

  it('is seen after many minutes too, and not before the third', () => {
    expect(fails(series(0, 0, 0, 0, 5, 5, 5, 5, 5, 5, 5, 5), calm, 8)).toBe(true);
    expect(fails(series(0, 0, 0, 0, 0, 0, 0, 0, 0, 5, 5, 5), calm, 3)).toBe(true);
    expect(fails(series(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 5, 5), calm, 2)).toBe(false);
  });

  it('is not of a release that has served well for two minutes', () => {
    const late = series(0, 0, 0, 0, 0, 0, 0, 0, 0, 5, 5, 5);
    const failing = (completedAt?: string) =>
      failsWithRoom(
        minutesAgo(6),
        { errorRatePercent: late, cpuPercent: calm },
        production.thresholds,
        completedAt === undefined ? {} : { completedAt },
      );
    expect(failing()).toBe(true);
    expect(failing(minutesAgo(4))).toBe(true);
    expect(failing(minutesAgo(5))).toBe(false);
    expect(failing(minutesAgo(6))).toBe(false);
  });

  it('is not where CPU was busy for a part of a minute', () => {
    expect(fails(since, withOneMore(calm, 95))).toBe(false);
  });

  it.each<[string, Series, Series?]>([
    ['CPU was busy in one of them', since, series(...Array(9).fill(40), 61, 40, 40)],
    ['CPU is unknown', since, series()],
    ['they failed before', series(0, 0, 0, 0, 5, 0, 5, 5, 5, 5, 5, 5)],
    ['nothing is known of before', series(5, 5, 5)],
    ['they fail for two minutes only', series(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 5, 5)],
    ['few of them fail', series(0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1)],
    ['they do not fail any more', series(0, 0, 0, 0, 0, 0, 5, 5, 5, 5, 5, 0)],
  ])('not where %s', (_, errorRatePercent, cpuPercent) => {
    expect(fails(errorRatePercent, cpuPercent)).toBe(false);
  });
});

/** Points that end two minutes before the others do. */
function lagging(): Series {
  if ('unknown' in steady) throw new Error('no points');
  return { ...steady, points: steady.points.slice(0, -2) };
}

/** The same points, so many seconds later within their minutes. */
function shifted(given: Series, seconds: number): Extract<Series, { points: unknown }> {
  if ('unknown' in given) throw new Error('no points');
  const later = ({ at, value }: Point) => ({ at: new Date(at.getTime() + seconds * 1000), value });
  return { ...given, points: given.points.map(later) };
}
/** These points, and one more of the last minute. */
function withOneMore(given: Series, value: number): Series {
  const { points, ...source } = shifted(given, 0);
  return { ...source, points: [...points, ...shifted(series(value), 30).points] };
}
