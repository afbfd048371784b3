import type { MetricName } from '../config/metric-catalogue.ts';
import type { Config } from '../config/schema.ts';
import type { ServiceView } from '../document/assessment.ts';
import { shortDefinition } from '../format/settings.ts';
import { failsWithRoom, seenUntil, type Telling, worseWith } from './worse-with.ts';

/** What the releases of late did to the service. */
export interface Releases {
  /** The one with which it got worse, and in what; absent where none is known to have done so. */
  worse?: { since: string; metrics: MetricName[] };
  /** Definitions that were bad, or mended nothing, until others followed them: no way back ends there. */
  bad: string[];
}

/** What a release, or a way back, mends is seen after these minutes. */
const mendMinutes = 5;

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
  const { taskDefinition, releasedAt, earlierReleases: earlier = [] } = view;
  const worseAt = (since: string) => {
    const metrics = worseWith(since, series, thresholds);
    return metrics.length > 0 ? { since, metrics } : undefined;
  };
  const own = releasedAt === undefined ? undefined : worseAt(releasedAt);
  const older = own || !mayHaveMended(view, now) ? undefined : first(earlier, ({ at }) => worseAt(at));
  const worse = own ?? older;
  const bad = earlier.filter(({ until }, index) => {
    const then = seenUntil(series, until);
    return earlier
      .slice(index)
      .some(({ at }) => worseWith(at, then, thresholds).length > 0 || failsWithRoom(at, then, thresholds));
  });
  return {
    ...(worse ? { worse } : {}),
    bad: [...new Set([...(older ? [shortDefinition(taskDefinition)] : []), ...bad.map(definitionOf)])],
  };
}

const definitionOf = ({ taskDefinition }: { taskDefinition: string }): string =>
  shortDefinition(taskDefinition);

/** Whether what the present deployment mends would be seen by now. */
const mayHaveMended = ({ rollout, deployedAt }: ServiceView, now: Date): boolean =>
  rollout === 'steady' &&
  deployedAt !== undefined &&
  now.getTime() - Date.parse(deployedAt) >= mendMinutes * 60_000;

function first<T, Found>(all: readonly T[], find: (one: T) => Found | undefined): Found | undefined {
  for (const one of all) {
    const found = find(one);
    if (found !== undefined) return found;
  }
  return undefined;
}
