import { isThrottled, type Unknown } from '../core/unknown.ts';
import { type AlertName, alertOf, isEarly } from './catalogue.ts';

/**
 * Seconds that a run waits before it asks a throttled account again. A run whose users are affected asks more often and therefore comes
 * first: requests fail or are too slow (1 s), before early signs (10 s), before what is only watched (20 s). A run that
 * a person or a workflow asked for is taken for hurt.
 */
export function admissionDelayOf(alert: AlertName | undefined): number {
  if (alert === undefined) return 1;
  if (isEarly(alert)) return 10;
  return alertOf(alert).action === 'watch' ? 20 : 1;
}

/** How long a run waits for its turn before a person is called, and for metrics, which a scale-out can do without. */
export const longestWaitSeconds = { service: 1800, metrics: 120 };

/** Whether metrics are unknown because AWS throttled, and are still worth waiting for. Pure. */
export const awaitsMetrics = (unknown: readonly Unknown[], waitedSeconds: number): boolean =>
  waitedSeconds < longestWaitSeconds.metrics && unknown.some(isThrottled);
