import type { Clues } from '../../shared/assess/causes.ts';
import { diagnose } from '../../shared/assess/diagnosis.ts';
import type { HealthView, MetricView } from '../../shared/document/assessment.ts';
import type { Series } from '../../shared/metrics/series.ts';
import { healthy, type MetricValues, metrics, now, secondsLater, view } from './builders.ts';

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
export const deployed = (minutes: number) => view({ deployedAt: minutesAgo(minutes) });
export const down = (...names: string[]): HealthView => ({ level: 'critical', detail: '503', down: names });
export const stopped = (reason: string, count = 1) => ({ reason, count });

/** What differs from a quiet day. */
export type Seen = Partial<Clues> & { values?: MetricValues };

/** The cause of what is seen: a quiet service, whose last deployment was a day ago, with something that has changed. */
export function causeOf({ values, ...part }: Seen) {
  return diagnose({
    at: new Date(now),
    service: deployed(24 * 60),
    stoppedTasks: [],
    metrics: metrics(values),
    memoryPercent: memoryOf(50),
    memory: series(),
    requests: series(),
    health: { api: healthy, mcp: healthy },
    ...part,
  });
}
