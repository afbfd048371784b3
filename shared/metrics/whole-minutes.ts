import type { Point, Series } from './series.ts';

/**
 * A sum without the newest minute where that may still be incomplete, and is lower than the minute before: so far the
 * load balancer has counted a part of it. A part that is more already counts, because the whole can only be more. Pure.
 * Source: CloudWatch API, GetMetricData.
 * @param delaySeconds after the end of a minute until CloudWatch has all of it.
 */
export function wholeMinutes(series: Series, now: Date, delaySeconds: number): Series {
  if ('unknown' in series) return series;
  const isOpen = ({ at }: Point) => at.getTime() + (60 + delaySeconds) * 1000 > now.getTime();
  const kept = series.points.filter((point, i) => {
    const before = series.points[i - 1];
    return !isOpen(point) || before === undefined || point.value >= before.value;
  });
  return { ...series, points: kept };
}
