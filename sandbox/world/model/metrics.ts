/** Recording: per-minute aggregates of everything, and ten-second aggregates of CPU and memory. */

import { LatencyMixture } from './latency.ts';

/** Samples of a gauge over a period. */
export interface Aggregate {
  sum: number;
  count: number;
  minimum: number;
  maximum: number;
}

/** Gauges that are recorded every second. */
export interface Gauges {
  CPUUtilization: Aggregate;
  MemoryUtilization: Aggregate;
  HealthyHostCount: Aggregate;
  UnHealthyHostCount: Aggregate;
  DBPoolUsage: Aggregate;
  PgBouncerPoolUsage: Aggregate;
  PgBouncerWaitTime: Aggregate;
}

/** Counters that are summed over a period. */
export interface Counters {
  RequestCount: number;
  RequestCountPerTarget: number;
  HTTPCode_Target_5XX_Count: number;
  HTTPCode_ELB_5XX_Count: number;
  /** What others on the same load balancer add to its own metrics. */
  'Neighbour.RequestCount': number;
  'Neighbour.HTTPCode_Target_5XX_Count': number;
  'Neighbour.HTTPCode_ELB_5XX_Count': number;
}

/** What was recorded in one period. */
export interface Period {
  /** Start, ms. */
  at: number;
  gauges: Partial<Gauges>;
  counters?: Counters;
  latency?: LatencyMixture;
}

export interface Minute extends Period {
  gauges: Gauges;
  counters: Counters;
  latency: LatencyMixture;
}

/** A short period, of the gauges that CloudWatch also offers at high resolution. */
export interface Slot extends Period {
  gauges: Pick<Gauges, 'CPUUtilization' | 'MemoryUtilization'>;
}

export interface Metrics {
  /** Oldest first, without gaps. */
  minutes: Minute[];
  /** Ten seconds each, oldest first; three hours are kept, as CloudWatch does. */
  slots: Slot[];
}

export const SLOT = 10_000;
export const MINUTE = 60_000;
const SLOTS_KEPT = 1080;

export function createMetrics(): Metrics {
  return { minutes: [], slots: [] };
}

export function emptyAggregate(): Aggregate {
  return { sum: 0, count: 0, minimum: Number.POSITIVE_INFINITY, maximum: Number.NEGATIVE_INFINITY };
}

/** Adds one sample. */
export function sample(aggregate: Aggregate, value: number): void {
  aggregate.sum += value;
  aggregate.count += 1;
  if (value < aggregate.minimum) aggregate.minimum = value;
  if (value > aggregate.maximum) aggregate.maximum = value;
}

/** Adds all samples of `other`. */
export function mergeAggregate(aggregate: Aggregate, other: Aggregate): void {
  aggregate.sum += other.sum;
  aggregate.count += other.count;
  aggregate.minimum = Math.min(aggregate.minimum, other.minimum);
  aggregate.maximum = Math.max(aggregate.maximum, other.maximum);
}

/** The minute and the slot that hold the moment `at`, created when it is their first. */
export function openPeriods(metrics: Metrics, at: number): { minute: Minute; slot: Slot } {
  let minute = metrics.minutes.at(-1);
  if (minute === undefined || at >= minute.at + MINUTE) {
    minute = createMinute(Math.floor(at / MINUTE) * MINUTE);
    metrics.minutes.push(minute);
  }
  let slot = metrics.slots.at(-1);
  if (slot === undefined || at >= slot.at + SLOT) {
    const start = Math.floor(at / SLOT) * SLOT;
    slot = { at: start, gauges: { CPUUtilization: emptyAggregate(), MemoryUtilization: emptyAggregate() } };
    metrics.slots.push(slot);
    if (metrics.slots.length > 2 * SLOTS_KEPT) metrics.slots.splice(0, SLOTS_KEPT);
  }
  return { minute, slot };
}

function createMinute(at: number): Minute {
  return {
    at,
    gauges: {
      CPUUtilization: emptyAggregate(),
      MemoryUtilization: emptyAggregate(),
      HealthyHostCount: emptyAggregate(),
      UnHealthyHostCount: emptyAggregate(),
      DBPoolUsage: emptyAggregate(),
      PgBouncerPoolUsage: emptyAggregate(),
      PgBouncerWaitTime: emptyAggregate(),
    },
    counters: {
      RequestCount: 0,
      RequestCountPerTarget: 0,
      HTTPCode_Target_5XX_Count: 0,
      HTTPCode_ELB_5XX_Count: 0,
      'Neighbour.RequestCount': 0,
      'Neighbour.HTTPCode_Target_5XX_Count': 0,
      'Neighbour.HTTPCode_ELB_5XX_Count': 0,
    },
    latency: new LatencyMixture(),
  };
}
