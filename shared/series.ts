/** One point: the start of its one-minute period and its value. */
export interface Point {
  at: Date;
  value: number;
}

/** One metric as it was read: its points, oldest first, or why it is unknown. */
export type Series = { points: readonly Point[]; source: string } | { unknown: string; source: string };

const slopePoints = 4;

/** Least-squares slope of the newest points, in units per minute; undefined with fewer than two points. */
export function slopePerMinute(series: Series): number | undefined {
  if ('unknown' in series) return undefined;
  const points = series.points.slice(-slopePoints);
  const first = points[0];
  if (!first || points.length < 2) return undefined;
  const xs = points.map((point) => (point.at.getTime() - first.at.getTime()) / 60_000);
  const meanX = mean(xs);
  const meanY = mean(points.map((point) => point.value));
  let covariance = 0;
  let variance = 0;
  points.forEach((point, i) => {
    const dx = (xs[i] ?? 0) - meanX;
    covariance += dx * (point.value - meanY);
    variance += dx * dx;
  });
  return variance > 0 ? Math.round((covariance / variance) * 1000) / 1000 : undefined;
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
