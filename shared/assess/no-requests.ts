import { metricNames, metricOf, type SeriesName } from '../config/metric-catalogue.ts';
import type { Unknown } from '../core/unknown.ts';
import { pointsOf, type Series } from '../metrics/series.ts';

type Seen = Readonly<Record<SeriesName, Series>>;

/** Without a request, the load balancer has no points of these. */
const madeByRequests = metricNames.filter((name) => metricOf(name).ofRequests);

/**
 * Tells "nobody asked" from "nobody knows": where everything that requests make has no point, while the CPU of the tasks is
 * measured and the load balancer finds its targets healthy, there was no request. Its own health checks are not counted.
 * Anything else stays as it is. Pure. Source: CloudWatch metrics for your Application Load Balancer.
 */
export function withoutRequests(seen: Seen): Seen {
  const healthy = pointsOf(seen.healthyTargets).at(-1)?.value ?? 0;
  const unhealthy = pointsOf(seen.unhealthyTargets).at(-1)?.value ?? 0;
  const lives = pointsOf(seen.cpuPercent).length > 0 && healthy >= 1 && unhealthy === 0;
  const rows = madeByRequests.filter((name) => !isLeftOut(seen[name]));
  if (!lives || !rows.includes('requestRatePerMinute')) return seen;
  if (!rows.every((name) => 'unknown' in seen[name] && isSilent(name, seen[name].unknown))) return seen;
  const none = rows.map((name) => [name, { ...seen[name], unknown: { cause: 'no-requests', healthy } }]);
  return { ...seen, ...Object.fromEntries(none) };
}

const isLeftOut = (series: Series): boolean =>
  'unknown' in series && series.unknown.cause === 'not-configured' && series.unknown.lacks === 'row';

/**
 * No point, old ones only, or zeros: of one source or of each. A share and a quantile of no requests are NaN, their number
 * never is. Source: Prometheus, histogram_quantile and the operators.
 */
function isSilent(name: SeriesName, unknown: Unknown): boolean {
  if (unknown.cause === 'every-source')
    return unknown.sources.every((source) => isSilent(name, source.unknown));
  const isNothing = (fault: 'zero' | 'value' | 'time') =>
    fault === 'zero' || (fault === 'value' && name !== 'requestRatePerMinute');
  if (unknown.cause === 'implausible') return isNothing(unknown.every);
  if (unknown.cause === 'stale') return unknown.newer === undefined || isNothing(unknown.newer);
  return unknown.cause === 'no-points';
}
