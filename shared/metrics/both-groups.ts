import type { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { perSeries, type SeriesName } from '../config/metric-catalogue.ts';
import type { Config } from '../config/schema.ts';
import type { ServiceConfig } from '../config/service.ts';
import type { UnknownCause } from '../core/unknown.ts';
import { readMetrics } from './cloudwatch.ts';
import type { Series } from './series.ts';

type Read = Record<SeriesName, Series>;

/** What an idle target group has: no point, or none since the traffic went to the other one. */
const idle: readonly UnknownCause[] = ['no-points', 'stale'];

/**
 * Reads CloudWatch for a service whose traffic ECS moves between two target groups (blue/green, linear, canary): requests
 * are the sum of both, latencies the worse of both, and the error rate that of all requests. What has nothing to do
 * with target groups is read with the configured one.
 */
export async function readBothGroups(
  client: CloudWatchClient,
  service: ServiceConfig,
  config: Config,
  now: Date,
  otherGroup: string | undefined,
  minutes?: number,
): Promise<Read> {
  if (otherGroup === undefined) return readMetrics(client, service, config, now, minutes);
  const [mine, other] = await Promise.all([
    readMetrics(client, service, config, now, minutes),
    readMetrics(client, { ...service, targetGroup: otherGroup }, config, now, minutes),
  ]);
  return overBothGroups(mine, other);
}

/** One series of each two; exported for its tests. */
export function overBothGroups(mine: Read, other: Read): Read {
  const worst = (name: SeriesName) => merged(mine[name], other[name], (values) => Math.max(...values));
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
  return {
    ...perSeries((name) => mine[name]),
    latencyP95Seconds: worst('latencyP95Seconds'),
    latencyP99Seconds: worst('latencyP99Seconds'),
    latencyAverageSeconds: worst('latencyAverageSeconds'),
    requestsPerTarget: worst('requestsPerTarget'),
    requestRatePerMinute: merged(mine.requestRatePerMinute, other.requestRatePerMinute, sum),
    healthyTargets: merged(mine.healthyTargets, other.healthyTargets, sum),
    unhealthyTargets: merged(mine.unhealthyTargets, other.unhealthyTargets, sum),
    errorRatePercent: merged(mine.errorRatePercent, other.errorRatePercent, (values, at) => {
      const requests = [mine, other].map((group) => valueAt(group.requestRatePerMinute, at) ?? 0);
      const all = sum(requests);
      // Without the requests of that minute nobody can say whose rate weighs more.
      if (all === 0 || values.length < 2) return Math.max(...values);
      return sum(values.map((value, i) => (value * (requests[i] ?? 0)) / all));
    }),
  };
}

type Combine = (values: readonly number[], at: number) => number;

function merged(mine: Series, other: Series, combine: Combine): Series {
  if ('unknown' in other) return idle.includes(other.unknown.cause) ? mine : other;
  if ('unknown' in mine) return idle.includes(mine.unknown.cause) ? other : mine;
  const times = [...new Set([...mine.points, ...other.points].map(({ at }) => at.getTime()))];
  const points = times
    .toSorted((a, b) => a - b)
    .map((at) => {
      const values = [valueAt(mine, at), valueAt(other, at)].filter((value) => value !== undefined);
      return { at: new Date(at), value: combine(values, at) };
    });
  return { ...mine, points };
}

const valueAt = (series: Series, at: number): number | undefined =>
  'points' in series ? series.points.find((point) => point.at.getTime() === at)?.value : undefined;
