import type { MetricName } from '../config/metric-catalogue.ts';
import type { Config } from '../config/schema.ts';
import type { ServiceView } from '../document/assessment.ts';
import { shortDefinition } from '../format/settings.ts';
import { type AllSeries, failsWithRoom, onsetMilliseconds, seenUntil, worseWith } from './worse-with.ts';

/** What the releases of late did to the service. */
export interface Releases {
  /** In what it got worse with the present one; empty where nothing says so. */
  worse: MetricName[];
  /** Requests fail since the present one although there is room. */
  fails: boolean;
  /** Definitions of earlier ones with which it got worse, and was so when others followed: no way back ends there. */
  bad: string[];
}

/** What a release mends is seen so long after its tasks could serve. Seconds. */
const seenAfter = 300;
/** Until a task serves, where the service's own events do not say it. Seconds. */
const usualStart = 60;

/**
 * Judges the present release, and those before it that were there long enough to be judged. Right after another release, what
 * is bad may be of that one still: the present one is judged once what it mends would be seen. Pure.
 */
export function judgeReleases(
  view: ServiceView,
  now: Date,
  series: AllSeries,
  thresholds: Config['thresholds'],
): Releases {
  const { releasedAt, earlierReleases: earlier = [] } = view;
  const judgeable =
    releasedAt !== undefined &&
    (hasHadTime(view, now) || !earlier.some(({ at }) => isSoonAfter(releasedAt, at)));
  const bad = earlier.filter(({ at, until }) => {
    const then = seenUntil(series, until);
    return worseWith(at, then, thresholds).length > 0 || failsWithRoom(at, then, thresholds);
  });
  return {
    worse: judgeable ? worseWith(releasedAt, series, thresholds) : [],
    fails: judgeable && failsWithRoom(releasedAt, series, thresholds),
    bad: [...new Set(bad.map(({ taskDefinition }) => shortDefinition(taskDefinition)))],
  };
}

const isSoonAfter = (later: string, earlier: string): boolean =>
  Date.parse(later) - Date.parse(earlier) <= onsetMilliseconds;

/** Whether what the present deployment does, for better or worse, would be seen by now. */
const hasHadTime = ({ rollout, deployedAt, startSeconds = usualStart }: ServiceView, now: Date): boolean =>
  rollout === 'steady' &&
  deployedAt !== undefined &&
  now.getTime() - Date.parse(deployedAt) >= (seenAfter + startSeconds) * 1000;
