import type { Clues } from '../../shared/assess/causes.ts';
import { diagnose } from '../../shared/assess/diagnosis.ts';
import { judgeReleases } from '../../shared/assess/releases.ts';
import { perSeries } from '../../shared/config/metric-catalogue.ts';
import type { HealthView, MetricView, StopKind, StoppedTasks } from '../../shared/document/assessment.ts';
import type { Series } from '../../shared/metrics/series.ts';
import { healthy, type MetricValues, metrics, now, production, secondsLater, view } from './builders.ts';

/** Clues to a cause, for the tests of the diagnosis. */

export const series = (...values: number[]): Series => ({
  source: 'CloudWatch',
  points: values.map((value, i) => ({ at: new Date(secondsLater(60 * (i - values.length))), value })),
});
export const memoryOf = (value: number): MetricView => ({
  level: 'ok',
  source: 'CloudWatch',
  value,
  at: now,
});
export const minutesAgo = (minutes: number) => secondsLater(-60 * minutes);
/** A restart, or a release, so long ago. */
export const restarted = (minutes: number) => view({ deployedAt: minutesAgo(minutes) });
export const released = (minutes: number) =>
  view({ deployedAt: minutesAgo(minutes), releasedAt: minutesAgo(minutes) });
export const down = (...names: string[]): HealthView => ({ level: 'critical', detail: '503', down: names });
export const stopped = (
  reason: string,
  count = 1,
  kind: StopKind = 'ran-and-failed',
  asked = minutesAgo(1),
): StoppedTasks => ({ kind, reason, count, asked: Array.from({ length: count }, () => asked) });

/** What differs from a quiet day. */
export type Seen = Partial<Omit<Clues, 'series' | 'releases'>> & {
  values?: MetricValues;
  series?: Partial<Clues['series']>;
  /** The same of a longer time. */
  longer?: Clues['series'];
};

/** A quiet service, whose last deployment was a day ago, with something that has changed. */
export function cluesOf({ values, series: seen, longer, ...part }: Seen): Clues {
  const clues = {
    at: new Date(now),
    service: restarted(24 * 60),
    stoppedTasks: [],
    metrics: metrics(values),
    memoryPercent: memoryOf(50),
    series: { ...perSeries(() => series()), ...seen },
    health: { api: healthy, mcp: healthy },
    ...part,
  };
  const { service, at } = clues;
  const none = { worse: [], fails: false, bad: [] };
  const releases = service
    ? judgeReleases(service, at, longer ?? clues.series, production.thresholds, clues.stoppedTasks)
    : none;
  return { ...clues, releases };
}

/** The cause of what is seen. */
export const causeOf = (seen: Seen) => diagnose(cluesOf(seen));
