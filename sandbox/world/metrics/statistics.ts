/** One value of a metric out of the periods that it covers. */

import { LatencyMixture } from '../model/latency.ts';
import { type Aggregate, emptyAggregate, mergeAggregate, type Period } from '../model/metrics.ts';
import type { MetricName, SharedMetric } from '../model/types.ts';

/**
 * The statistic over the periods, or undefined where CloudWatch has no point: no traffic, no task, or a count of
 * errors that is zero. Response times are seconds (ALB), usage is percent, PgBouncerWaitTime milliseconds.
 */
export function statisticOf(
  metric: MetricName,
  statistic: string,
  periods: readonly Period[],
  capSeconds: number,
): number | undefined {
  switch (metric) {
    case 'TargetResponseTime':
      return latencyValue(statistic, periods, capSeconds);
    case 'RequestCount':
    case 'RequestCountPerTarget':
    case 'HTTPCode_Target_5XX_Count':
    case 'HTTPCode_ELB_5XX_Count': {
      const counts = periods.map(({ counters }) => Math.round(counters?.[metric] ?? 0));
      return counterValue(statistic, counts);
    }
    case 'LoadBalancer.RequestCount':
    case 'LoadBalancer.HTTPCode_Target_5XX_Count':
    case 'LoadBalancer.HTTPCode_ELB_5XX_Count': {
      const own = OWN[metric];
      const all = ({ counters }: Period) => (counters?.[own] ?? 0) + (counters?.[`Neighbour.${own}`] ?? 0);
      return counterValue(
        statistic,
        periods.map((period) => Math.round(all(period))),
      );
    }
    default: {
      const total = emptyAggregate();
      for (const { gauges } of periods) {
        const aggregate = gauges[metric];
        if (aggregate !== undefined) mergeAggregate(total, aggregate);
      }
      return aggregateValue(statistic, total);
    }
  }
}

/** The service's own part of a count of the whole load balancer. */
const OWN: Record<`LoadBalancer.${SharedMetric}`, SharedMetric> = {
  'LoadBalancer.RequestCount': 'RequestCount',
  'LoadBalancer.HTTPCode_Target_5XX_Count': 'HTTPCode_Target_5XX_Count',
  'LoadBalancer.HTTPCode_ELB_5XX_Count': 'HTTPCode_ELB_5XX_Count',
};

function latencyValue(statistic: string, periods: readonly Period[], capSeconds: number): number | undefined {
  const mixture = mixtureOf(periods);
  // Less than half a request is none.
  if (mixture.requests < 0.5) return undefined;
  switch (statistic) {
    case 'Average':
      return Math.min(capSeconds, mixture.seconds / mixture.requests);
    case 'Sum':
      return mixture.seconds;
    case 'SampleCount':
      return Math.round(mixture.requests);
    case 'Minimum':
      return mixture.quantile(0.001, capSeconds);
    case 'Maximum':
      return mixture.quantile(0.999, capSeconds);
    default: {
      const percentile = parsePercentile(statistic);
      return percentile === undefined ? undefined : mixture.quantile(percentile, capSeconds);
    }
  }
}

/** A single period's own mixture remembers its quantiles. */
function mixtureOf(periods: readonly Period[]): LatencyMixture {
  const [first, ...others] = periods.flatMap(({ latency }) => latency ?? []);
  if (first !== undefined && others.length === 0) return first;
  const mixture = new LatencyMixture();
  for (const latency of first === undefined ? [] : [first, ...others]) mixture.merge(latency);
  return mixture;
}

/** A count is one sample per minute; a minute that counted nothing has no sample. */
function counterValue(statistic: string, counts: readonly number[]): number | undefined {
  const total = emptyAggregate();
  for (const count of counts) {
    if (count > 0) mergeAggregate(total, { sum: count, count: 1, minimum: count, maximum: count });
  }
  return aggregateValue(statistic, total);
}

function aggregateValue(statistic: string, total: Aggregate): number | undefined {
  if (total.count === 0) return undefined;
  switch (statistic) {
    case 'Average':
      return total.sum / total.count;
    case 'Sum':
      return total.sum;
    case 'Minimum':
      return total.minimum;
    case 'Maximum':
      return total.maximum;
    case 'SampleCount':
      return total.count;
    default:
      return undefined;
  }
}

/** `p99` or `p99.9` as a share; undefined for anything else. */
function parsePercentile(statistic: string): number | undefined {
  const match = /^p([0-9]{1,2}(?:\.[0-9]+)?)$/.exec(statistic);
  return match === null ? undefined : Number(match[1]) / 100;
}
