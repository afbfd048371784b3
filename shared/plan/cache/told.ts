import type { CachePlan } from '../../document/cache-relief.ts';
import type { Changes } from '../../document/changes.ts';
import type { Reason } from '../../document/reason.ts';
import { because } from '../../format/reasons.ts';

/** What a run knows of the cache. */
interface Told {
  cachePlan?: CachePlan | undefined;
  change?: Changes | undefined;
}

/** What it has done to the cache, each relief in its own words. */
export const reliefsDone = ({ change }: Told): Reason[] =>
  (change?.cache?.done ?? []).map(({ text }) => because('relief-done', { said: text }));

/** Why it ended as it did: by the last plan; where a relief has stopped since, what it did says so. */
export const reliefReasons = ({ cachePlan, change }: Told): readonly Reason[] | undefined =>
  change?.cache?.next === 'stop' ? reliefsDone({ change }) : cachePlan?.reasons;
