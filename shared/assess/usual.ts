import { metricNames } from '../config/metric-catalogue.ts';
import type { Usual } from '../document/assessment.ts';
import { medianOf, pointsOf } from '../metrics/series.ts';
import type { Observation } from './observe.ts';

/** Points at least this old at the first look of an incident are of the time before it: alarms fire within minutes. */
const beforeSeconds = 600;
/** Fewer old points are no measure of what is usual. */
const fewest = 3;

/**
 * What each metric was at the beginning of the window that was read, as the median of its points that are ten minutes
 * old or older; a metric with fewer than three such points is left out. Pure.
 */
export function usualOf({ metrics, at }: Pick<Observation, 'metrics' | 'at'>): Usual {
  const until = at.getTime() - beforeSeconds * 1000;
  return Object.fromEntries(
    metricNames.flatMap((name) => {
      const old = pointsOf(metrics[name]).filter((point) => point.at.getTime() <= until);
      const median = medianOf(old);
      return median === undefined || old.length < fewest ? [] : [[name, Math.round(median * 1000) / 1000]];
    }),
  );
}
