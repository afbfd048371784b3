import type { MetricName } from '../config/metric-catalogue.ts';
import type { Config } from '../config/schema.ts';
import type { ServiceView, StoppedTasks } from '../document/assessment.ts';
import { shortDefinition } from '../format/settings.ts';
import {
  type AllSeries,
  type Circumstances,
  failsWithRoom,
  onsetMilliseconds,
  seenUntil,
  worseWith,
} from './worse-with.ts';

/** What the releases of late did to the service. */
export interface Releases {
  /** In what it got worse with the present one; empty where nothing says so. */
  worse: MetricName[];
  /** Requests fail since the present one although there is room. */
  fails: boolean;
  /** Definitions of earlier ones with which it got worse, and was so when others followed: no way back ends there. */
  bad: string[];
}

/** What a release mends is seen so long after all tasks that serve are its own. Seconds. */
const seenAfter = 300;
/** Until a task serves, where the service's own events do not say it. Seconds. */
const usualStart = 60;

/**
 * Judges the present release, and those before it that were there long enough to be judged. Right after another release, what
 * is bad may be of that one still: one is judged once what it mends would be seen. Pure.
 */
export function judgeReleases(
  view: ServiceView,
  now: Date,
  series: AllSeries,
  thresholds: Config['thresholds'],
  stoppedTasks: readonly StoppedTasks[],
): Releases {
  const { releasedAt, earlierReleases: earlier = [] } = view;
  const followsSoon = (at: string) => earlier.some((one) => isSoonAfter(at, one.at));
  const judgeable = releasedAt !== undefined && (presentHasHadTime(view, now) || !followsSoon(releasedAt));
  const bad = earlier
    .filter((one) => hasHadTime(one, Date.parse(one.until), view) || !followsSoon(one.at))
    .filter(({ at, until, completedAt, taskDefinition }) => {
      const then = seenUntil(series, until);
      const gap = gapOf(taskDefinition, stoppedTasks, view);
      return (
        worseWith(at, then, thresholds, { completedAt, gap }).length > 0 ||
        failsWithRoom(at, then, thresholds, { completedAt })
      );
    });
  const gap = gapOf(view.taskDefinition, stoppedTasks, view);
  return {
    worse: judgeable ? worseWith(releasedAt, series, thresholds, { completedAt: view.completedAt, gap }) : [],
    fails: judgeable && failsWithRoom(releasedAt, series, thresholds, { completedAt: view.completedAt }),
    bad: [...new Set(bad.map(({ taskDefinition }) => shortDefinition(taskDefinition)))],
  };
}

/**
 * While a single task of a definition was gone: one that dies says nothing of what the others do meanwhile, with more to
 * serve for each. Where several die, that is what the release does.
 */
function gapOf(
  definition: string,
  stoppedTasks: readonly StoppedTasks[],
  { startSeconds = usualStart }: ServiceView,
): Circumstances['gap'] {
  const [first, ...more] = stoppedTasks.filter(
    ({ kind, taskDefinition = '' }) =>
      (kind === 'out-of-memory' || kind === 'ran-and-failed') &&
      shortDefinition(taskDefinition) === shortDefinition(definition),
  );
  if (first?.ended === undefined || first.count !== 1 || more.length > 0) return undefined;
  const from = Date.parse(first.ended);
  return { from, until: from + startSeconds * 1000 };
}

function isSoonAfter(later: string, earlier: string): boolean {
  const between = Date.parse(later) - Date.parse(earlier);
  return between > 0 && between <= onsetMilliseconds;
}

const presentHasHadTime = (view: ServiceView, now: Date): boolean =>
  view.rollout === 'steady' &&
  view.deployedAt !== undefined &&
  hasHadTime({ at: view.deployedAt, completedAt: view.completedAt }, now.getTime(), view);

/** Whether what a deployment does, for better or worse, would be seen by then: until it completes, tasks of before serve too. */
function hasHadTime(
  { at, completedAt }: { at: string; completedAt?: string | undefined },
  then: number,
  { startSeconds = usualStart }: ServiceView,
): boolean {
  const serves = completedAt === undefined ? Date.parse(at) + startSeconds * 1000 : Date.parse(completedAt);
  return then - serves >= seenAfter * 1000;
}
