/** Reading metrics the way CloudWatch returns them: only finished, visible periods, and no point without data. */

import { MINUTE, type Period, SLOT } from '../model/metrics.ts';
import type { ServiceState } from '../model/state.ts';
import type { MetricFault } from '../model/trouble.ts';
import { isActive, metricDelayAt } from '../model/troubles.ts';
import type { Datapoint, MetricName } from '../model/types.ts';
import { statisticOf } from './statistics.ts';

/** Which points are wanted; `from` inclusive, `to` exclusive, both ms. */
export interface Query {
  metric: MetricName;
  /** `Average | Sum | Minimum | Maximum | SampleCount | pNN`. */
  statistic: string;
  periodSeconds: number;
  from: number;
  to: number;
}

/** The points of a query, newest last; none for a period that the metric does not have. */
export function readDatapoints(state: ServiceState, query: Query): Datapoint[] {
  const resolution = resolutionOf(query);
  if (resolution === undefined) return [];
  const short = resolution === 'slot';
  const period = query.periodSeconds * 1000;
  // High-resolution points come sooner, in proportion to their period.
  const delay = state.settings.metricDelaySeconds * 1000 * (short ? query.periodSeconds / 60 : 1);
  const unit = short ? SLOT : MINUTE;
  const records: readonly Period[] = short ? state.metrics.slots : state.metrics.minutes;
  const oldest = Math.floor((records[0]?.at ?? 0) / period) * period;
  const first = Math.max(oldest, Math.ceil(query.from / period) * period);
  const points: Datapoint[] = [];
  for (let at = first; at < query.to && at + unit + delay <= state.time; at += period) {
    const end = Math.min(at + period, Math.floor((state.time - delay) / unit) * unit);
    const late = metricDelayAt(state.settings.troubles, (end - state.start) / 1000);
    if (late !== undefined && end + late * 1000 > state.time) break;
    if (short && end < at + period) break;
    const value = faulty(state, query, at, unit, (start) => {
      const within = recordsBetween(records, start, start + (end - at), unit);
      return statisticOf(query.metric, query.statistic, within, state.settings.clientTimeoutSeconds);
    });
    if (value !== undefined) points.push({ at, value });
  }
  return points;
}

/**
 * A statistic of the whole minute that begins at `at`, as it was: without CloudWatch's delay and faults. Undefined
 * before the minute is over, and where the metric has no value.
 */
export function minuteStatistic(
  state: ServiceState,
  metric: Query['metric'],
  statistic: string,
  at: number,
): number | undefined {
  if (at + MINUTE > state.time) return undefined;
  const records = recordsBetween(state.metrics.minutes, at, at + MINUTE, MINUTE);
  return statisticOf(metric, statistic, records, state.settings.clientTimeoutSeconds);
}

/** Which records serve the period; undefined when the metric has none so short. */
function resolutionOf({ metric, periodSeconds }: Query): 'minute' | 'slot' | undefined {
  if (periodSeconds <= 0 || periodSeconds % 10 !== 0) return undefined;
  if (periodSeconds % 60 === 0) return 'minute';
  return metric === 'CPUUtilization' || metric === 'MemoryUtilization' ? 'slot' : undefined;
}

/** Records are gapless, so their place follows from their time. */
function recordsBetween(records: readonly Period[], from: number, to: number, unit: number): Period[] {
  const origin = records[0]?.at;
  if (origin === undefined) return [];
  return records.slice(Math.max(0, (from - origin) / unit), Math.max(0, (to - origin) / unit));
}

/** Applies a fault of the metric that holds at the point's time. */
function faulty(
  state: ServiceState,
  query: Query,
  at: number,
  unit: number,
  read: (at: number) => number | undefined,
): number | undefined {
  let fault: { kind: MetricFault; from: number } | undefined;
  for (const trouble of state.settings.troubles) {
    if (trouble.kind !== 'metric-fault' || trouble.metric !== query.metric.replace('LoadBalancer.', ''))
      continue;
    if (isActive(trouble, (at - state.start) / 1000)) fault = { kind: trouble.fault, from: trouble.from };
  }
  switch (fault?.kind) {
    case undefined:
      return read(at);
    case 'missing':
      return undefined;
    case 'nan':
      return Number.NaN;
    case 'zero':
      return read(at) === undefined ? undefined : 0;
    case 'frozen': {
      const frozenAt = Math.floor((state.start + fault.from * 1000) / unit) * unit;
      return read(frozenAt - query.periodSeconds * 1000);
    }
  }
}
