import type { AlarmDefinition, AlarmStateValue, MetricQuery } from './schemas.ts';

/** One state of an alarm, since when and why. */
export interface AlarmState {
  value: AlarmStateValue;
  reason: string;
  /** JSON text; absent until the first evaluation. */
  reasonData?: string;
  /** Virtual milliseconds since the epoch. */
  at: number;
}

export interface Alarm {
  definition: AlarmDefinition;
  arn: string;
  /** What is evaluated: the alarm's own metric as a query, or its metric math. */
  queries: readonly MetricQuery[];
  /** Seconds per point. */
  period: number;
  state: AlarmState;
  configuredAt: number;
  transitionedAt: number;
  /** Newest point of the last evaluation; scaling policies compute with it. */
  latestValue?: number;
}
