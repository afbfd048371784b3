import type { MetricName } from '../config/metric-catalogue.ts';
import type { Config } from '../config/schema.ts';
import type { ServiceView } from '../document/assessment.ts';
import { shortDefinition } from '../format/settings.ts';
import {
  failsWithRoom,
  neverFine,
  onsetMilliseconds,
  seenUntil,
  type Telling,
  worseWith,
} from './worse-with.ts';

/** What the releases of late did to the service. */
export interface Releases {
  /** The one with which it got worse, and in what; absent where none is known to have done so. */
  worse?: { since: string; metrics: MetricName[] };
  /** Requests fail since the present one although there is room. */
  fails: boolean;
  /** Definitions that were bad, or mended nothing, until others followed them: no way back ends there. */
  bad: string[];
}

/** What a release, or a way back, mends is seen so long after its tasks could serve. Seconds. */
const seenAfter = 300;
/** Until a task serves, where the service's own events do not say it. Seconds. */
const usualStart = 60;

/**
 * Judges the present release, and those before it: a bad one may have been followed by another that mended nothing, or by
 * the way back to one that was bad itself. Pure.
 */
export function judgeReleases(
  view: ServiceView,
  now: Date,
  series: Telling,
  thresholds: Config['thresholds'],
): Releases {
  const { taskDefinition, releasedAt, deployedAt = '', earlierReleases: earlier = [] } = view;
  /** What got worse with a release, and was mended by none that came since that time. */
  const unmended = (release: string, since: string, seen = series) =>
    worseWith(release, seen, thresholds).filter(
      (metric) => release === since || neverFine(metric, since, seen, thresholds),
    );
  const worseAt = (release: string, since: string) => {
    const metrics = unmended(release, since);
    return metrics.length > 0 ? { since: release, metrics } : undefined;
  };
  const settled = hasHadTime(view, now);
  // Right after another release, what is bad may be of that one still.
  const judgeable =
    releasedAt !== undefined && (settled || !earlier.some(({ at }) => isSoonAfter(releasedAt, at)));
  const own = judgeable ? worseAt(releasedAt, releasedAt) : undefined;
  const older = own || !settled ? undefined : first(earlier, ({ at }) => worseAt(at, deployedAt));
  const worse = own ?? older;
  const bad = earlier.filter((release, index) => {
    const then = seenUntil(series, release.until);
    return (
      failsWithRoom(release.at, then, thresholds) ||
      earlier.slice(index).some(({ at }) => unmended(at, release.at, then).length > 0)
    );
  });
  return {
    ...(worse ? { worse } : {}),
    fails: judgeable && failsWithRoom(releasedAt, series, thresholds),
    bad: [...new Set([...(older ? [shortDefinition(taskDefinition)] : []), ...bad.map(definitionOf)])],
  };
}

const definitionOf = ({ taskDefinition }: { taskDefinition: string }): string =>
  shortDefinition(taskDefinition);

const isSoonAfter = (later: string, earlier: string): boolean =>
  Date.parse(later) - Date.parse(earlier) <= onsetMilliseconds;

/** Whether what the present deployment does, for better or worse, would be seen by now. */
const hasHadTime = ({ rollout, deployedAt, startSeconds = usualStart }: ServiceView, now: Date): boolean =>
  rollout === 'steady' &&
  deployedAt !== undefined &&
  now.getTime() - Date.parse(deployedAt) >= (seenAfter + startSeconds) * 1000;

function first<T, Found>(all: readonly T[], find: (one: T) => Found | undefined): Found | undefined {
  for (const one of all) {
    const found = find(one);
    if (found !== undefined) return found;
  }
  return undefined;
}
