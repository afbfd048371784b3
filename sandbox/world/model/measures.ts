/** Counters for reports, since the start: how long users suffered, and how many tasks ran that nobody needed. */

/** Log grid of half a percent from 1 ms, so that any limit can be asked for afterwards. */
const GRID = 200;
const BINS = 2800;
const FIRST_SECONDS = 0.001;

export interface Measures {
  /** Seconds by their p99; the last bin holds seconds in which more than 1 % of the requests failed. */
  seconds: Uint32Array;
  overProvisionedTaskSeconds: number;
  /** Moments at which it changed whether enough healthy tasks ran, oldest first. */
  enough: { at: number; value: boolean }[];
}

/** One second of a service. */
export interface MeasuredSecond {
  at: number;
  /** Infinity when more than 1 % of the requests failed: those users waited for nothing. */
  p99Seconds: number;
  running: number;
  healthy: number;
  /** The fewest tasks that serve the demand; `enough` stays false when no number does. */
  needed: number;
  attainable: boolean;
  /** The same without the backlog: what the traffic alone asks for, whoever scales. */
  demanded: number;
}

export function createMeasures(): Measures {
  return { seconds: new Uint32Array(BINS), overProvisionedTaskSeconds: 0, enough: [] };
}

export function measure(measures: Measures, second: MeasuredSecond): void {
  const bin = binOf(second.p99Seconds);
  measures.seconds[bin] = (measures.seconds[bin] ?? 0) + 1;
  measures.overProvisionedTaskSeconds += Math.max(0, second.running - second.needed);
  const value = second.attainable && second.healthy >= second.needed;
  if (measures.enough.at(-1)?.value !== value) measures.enough.push({ at: second.at, value });
}

/** Seconds whose p99 was above `p99LimitSeconds`, or in which more than 1 % of the requests failed. */
export function secondsAbove(measures: Measures, p99LimitSeconds: number): number {
  let total = 0;
  for (let bin = binOf(p99LimitSeconds) + 1; bin < BINS; bin += 1) total += measures.seconds[bin] ?? 0;
  return total;
}

/** First moment at or after `since` at which enough healthy tasks ran. */
export function enoughTasksAt(measures: Measures, since: number): number | undefined {
  let before = false;
  for (const { at, value } of measures.enough) {
    if (at >= since) {
      if (before) return since;
      if (value) return at;
    }
    before = value;
  }
  return before ? since : undefined;
}

function binOf(seconds: number): number {
  if (seconds <= FIRST_SECONDS) return 0;
  return Math.min(BINS - 1, Math.floor(Math.log(seconds / FIRST_SECONDS) * GRID));
}
