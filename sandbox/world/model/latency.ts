/** The latency model: how response time follows from utilisation, and percentiles of mixed seconds. */

/** z-score of the 99th percentile. */
const Z99 = 2.326348;
/** In-service p99 divided by the mean. */
export const P99_FACTOR = 4;
/** Shape of the log-normal distribution whose p99 is `P99_FACTOR` times its mean. */
const SIGMA = Z99 - Math.sqrt(Z99 ** 2 - 2 * Math.log(P99_FACTOR));
/** Above this utilisation the formula would run away; the queue takes over. */
const HIGHEST_UTILISATION = 0.95;

/** Mean seconds in service at `utilisation` (1 = 100 % CPU), without waiting: base × (1 + ρ² / (1 − ρ)). */
export function meanServiceSeconds(baseSeconds: number, utilisation: number): number {
  const rho = Math.min(utilisation, HIGHEST_UTILISATION);
  return baseSeconds * (1 + rho ** 2 / (1 - rho));
}

/**
 * The highest utilisation at which p99 stays within `p99Seconds`, the inverse of the curve;
 * undefined when even an idle task is slower. `extraSeconds` is latency that no task count changes.
 */
export function highestUtilisation(
  baseSeconds: number,
  p99Seconds: number,
  extraSeconds: number,
): number | undefined {
  const room = (p99Seconds / P99_FACTOR - extraSeconds) / baseSeconds - 1;
  if (room <= 0) return undefined;
  const rho = (-room + Math.sqrt(room ** 2 + 4 * room)) / 2;
  return Math.min(rho, HIGHEST_UTILISATION);
}

/** Share of requests that take at most `seconds`, for one mean in service after one wait. */
export function shareWithin(seconds: number, meanSeconds: number, waitSeconds: number): number {
  if (seconds <= waitSeconds) return 0;
  return normalCdf((Math.log((seconds - waitSeconds) / meanSeconds) + SIGMA ** 2 / 2) / SIGMA);
}

/** Cumulative standard normal distribution (Abramowitz and Stegun 26.2.17, error below 1e-7). */
function normalCdf(z: number): number {
  const t = 1 / (1 + 0.2316419 * Math.abs(z));
  const series =
    t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  const tail = (Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)) * series;
  return z > 0 ? 1 - tail : tail;
}

/** Log grid of 2 %: mean and wait are kept as grid indices, so that equal seconds share one entry. */
const GRID = 50;
const WAIT_RADIX = 1024;

const indexOf = (seconds: number): number => Math.max(0, Math.round(Math.log(seconds * 1000) * GRID));
const secondsOf = (index: number): number => Math.exp(index / GRID) / 1000;

/** One entry of the grid, seconds. */
interface Distribution {
  requests: number;
  mean: number;
  wait: number;
}

/** A sum of latency distributions, weighted by requests; small however long the period is. */
export class LatencyMixture {
  /** (mean index × radix + wait index) → requests. Wait index 0 is no wait. */
  readonly #parts = new Map<number, number>();
  requests = 0;
  /** Sum of all response times, seconds. */
  seconds = 0;
  /** Quantiles that were asked for since the last change: alarms and dashboards ask for the same ones again and again. */
  readonly #known = new Map<number, number>();
  #knownCap = 0;

  add(meanSeconds: number, waitSeconds: number, requests: number): void {
    if (requests <= 0) return;
    this.#known.clear();
    const wait = waitSeconds < 0.001 ? 0 : 1 + indexOf(waitSeconds);
    const key = indexOf(meanSeconds) * WAIT_RADIX + wait;
    this.#parts.set(key, (this.#parts.get(key) ?? 0) + requests);
    this.requests += requests;
    this.seconds += requests * (meanSeconds + waitSeconds);
  }

  merge(other: LatencyMixture): void {
    this.#known.clear();
    for (const [key, requests] of other.#parts) {
      this.#parts.set(key, (this.#parts.get(key) ?? 0) + requests);
    }
    this.requests += other.requests;
    this.seconds += other.seconds;
  }

  /** Share of requests that took at most `seconds`, 0 to 1. */
  shareWithin(seconds: number): number {
    return this.#shareOf(this.#distributions(), seconds);
  }

  #distributions(): Distribution[] {
    return [...this.#parts].map(([key, requests]) => {
      const wait = key % WAIT_RADIX;
      const mean = secondsOf(Math.floor(key / WAIT_RADIX));
      return { requests, mean, wait: wait === 0 ? 0 : secondsOf(wait - 1) };
    });
  }

  #shareOf(distributions: readonly Distribution[], seconds: number): number {
    let within = 0;
    for (const { requests, mean, wait } of distributions)
      within += requests * shareWithin(seconds, mean, wait);
    return this.requests > 0 ? within / this.requests : 0;
  }

  /** Exact and cheap for the usual second in which all tasks are alike. */
  p99(capSeconds: number): number | undefined {
    if (this.#parts.size !== 1 || this.requests <= 0) return this.quantile(0.99, capSeconds);
    for (const key of this.#parts.keys()) {
      const wait = key % WAIT_RADIX;
      const mean = secondsOf(Math.floor(key / WAIT_RADIX));
      return Math.min(capSeconds, P99_FACTOR * mean + (wait === 0 ? 0 : secondsOf(wait - 1)));
    }
    return undefined;
  }

  /** The `share` quantile (0.99 for p99) in seconds, at most `capSeconds`; undefined without requests. */
  quantile(share: number, capSeconds: number): number | undefined {
    if (this.requests <= 0) return undefined;
    if (this.#knownCap !== capSeconds) this.#known.clear();
    this.#knownCap = capSeconds;
    const found = this.#known.get(share) ?? this.#search(share, capSeconds);
    this.#known.set(share, found);
    return found;
  }

  #search(share: number, capSeconds: number): number {
    const distributions = this.#distributions();
    if (this.#shareOf(distributions, capSeconds) < share) return capSeconds;
    let low = Math.log(0.0005);
    let high = Math.log(capSeconds);
    for (let round = 0; round < 24; round += 1) {
      const middle = (low + high) / 2;
      if (this.#shareOf(distributions, Math.exp(middle)) < share) low = middle;
      else high = middle;
    }
    return Math.exp(high);
  }
}
