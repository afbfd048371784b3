import { metricNames } from '../config/metric-catalogue.ts';
import type { Usual } from '../document/assessment.ts';
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
      const series = metrics[name];
      const old = 'points' in series ? series.points.filter((point) => point.at.getTime() <= until) : [];
      const sorted = old.map(({ value }) => value).toSorted((a, b) => a - b);
      const median = sorted[Math.floor(sorted.length / 2)];
      return median === undefined || sorted.length < fewest ? [] : [[name, Math.round(median * 1000) / 1000]];
    }),
  );
}
