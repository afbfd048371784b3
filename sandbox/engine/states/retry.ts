import type { StateFailure } from '../basics/failure.ts';
import type { Catcher, Retrier } from '../definition/asl.ts';

/**
 * Whether an ErrorEquals list takes a failure. `States.Runtime` is never taken, `States.DataLimitExceeded` only by
 * name, `States.TaskFailed` takes all but time-outs. Source: Step Functions developer guide, "Error names".
 */
export function takes(errorEquals: readonly string[], failure: StateFailure): boolean {
  if (failure.error === 'States.Runtime') return false;
  if (errorEquals.includes(failure.error)) return true;
  if (failure.alias !== undefined && errorEquals.includes(failure.alias)) return true;
  if (failure.error === 'States.DataLimitExceeded') return false;
  if (errorEquals.includes('States.ALL')) return true;
  return errorEquals.includes('States.TaskFailed') && failure.error !== 'States.Timeout';
}

export function findCatcher(
  catchers: readonly Catcher[] | undefined,
  failure: StateFailure,
): Catcher | undefined {
  return catchers?.find((catcher) => takes(catcher.ErrorEquals, failure));
}

/** Counts the attempts of one visit of a state; each retrier has its own count. */
export class RetryCounter {
  /** Retries so far, over all retriers: `$$.State.RetryCount`. */
  total = 0;
  readonly #retriers: readonly Retrier[];
  readonly #used = new Map<Retrier, number>();

  constructor(retriers: readonly Retrier[] | undefined) {
    this.#retriers = retriers ?? [];
  }

  /** Milliseconds to wait before the next attempt, or undefined when the failure is not retried (any more). */
  next(failure: StateFailure, random: () => number): number | undefined {
    const retrier = this.#retriers.find((one) => takes(one.ErrorEquals, failure));
    if (retrier === undefined) return undefined;
    const used = this.#used.get(retrier) ?? 0;
    if (used >= (retrier.MaxAttempts ?? 3)) return undefined;
    this.#used.set(retrier, used + 1);
    this.total += 1;
    return delayMilliseconds(retrier, used, random);
  }
}

/** Interval × rate^n, capped, with full jitter where asked for. Source: ASL specification, "Retrying after error". */
export function delayMilliseconds(retrier: Retrier, retriesBefore: number, random: () => number): number {
  const grown = (retrier.IntervalSeconds ?? 1) * (retrier.BackoffRate ?? 2) ** retriesBefore;
  const seconds = Math.min(grown, retrier.MaxDelaySeconds ?? Number.POSITIVE_INFINITY);
  const share = retrier.JitterStrategy === 'FULL' ? random() : 1;
  return Math.round(seconds * 1000 * share);
}
