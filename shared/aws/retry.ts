import { ConfiguredRetryStrategy } from '@smithy/core/retry';
import type { RetryErrorInfo, RetryErrorType, RetryToken } from '@smithy/types';

/** So many end within nine seconds, before `assess` gives up waiting: then it knows that it was throttled. */
const usualAttempts = 8;
const baseMilliseconds = 100;
const capMilliseconds = 2000;

/**
 * The one layer in which AWS calls are repeated: capped exponential backoff with full jitter, at most nine
 * seconds in all. Step Functions' own Retry covers only what the SDK cannot see (a function that died), so attempts do
 * not multiply. Every call of this product is idempotent, so repeating one whose answer was lost is safe.
 */
export function retryStrategy(random: () => number, attempts = usualAttempts): ConfiguredRetryStrategy {
  return new Retry(attempts, (attempt) =>
    Math.ceil(random() * Math.min(capMilliseconds, baseMilliseconds * 2 ** attempt)),
  );
}

/** Errors that the SDK takes for something else: what they are for a retry. */
const errorTypes: Readonly<Record<string, RetryErrorType>> = {
  // Application Auto Scaling asks to repeat a call that met a pending update; the SDK does not know that by itself.
  ConcurrentUpdateException: 'THROTTLING',
  // The SDK counts a reached quota as throttling, but repeating the call does not raise the quota.
  LimitExceededException: 'CLIENT_ERROR',
};

class Retry extends ConfiguredRetryStrategy {
  override refreshRetryTokenForRetry(token: RetryToken, info: RetryErrorInfo) {
    const errorType = info.error instanceof Error ? errorTypes[info.error.name] : undefined;
    return super.refreshRetryTokenForRetry(
      token as Parameters<ConfiguredRetryStrategy['refreshRetryTokenForRetry']>[0],
      errorType ? { ...info, errorType } : info,
    );
  }
}
