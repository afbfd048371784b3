import { ConfiguredRetryStrategy } from '@smithy/core/retry';
import type { RetryErrorInfo, RetryToken } from '@smithy/types';

const attempts = 10;
const baseMilliseconds = 100;
const capMilliseconds = 2000;

/**
 * The one layer in which AWS calls are repeated: capped exponential backoff with full jitter, at most about ten
 * seconds in all. Step Functions' own Retry covers only what the SDK cannot see (a function that died), so attempts do
 * not multiply. Every call of this product is idempotent, so repeating one whose answer was lost is safe.
 */
export function retryStrategy(random: () => number): ConfiguredRetryStrategy {
  return new Retry(attempts, (attempt) =>
    Math.ceil(random() * Math.min(capMilliseconds, baseMilliseconds * 2 ** attempt)),
  );
}

class Retry extends ConfiguredRetryStrategy {
  // Application Auto Scaling asks to repeat a call that met a pending update; the SDK does not know that by itself.
  override refreshRetryTokenForRetry(token: RetryToken, info: RetryErrorInfo) {
    const pendingUpdate = info.error instanceof Error && info.error.name === 'ConcurrentUpdateException';
    return super.refreshRetryTokenForRetry(
      token as Parameters<ConfiguredRetryStrategy['refreshRetryTokenForRetry']>[0],
      pendingUpdate ? { ...info, errorType: 'THROTTLING' } : info,
    );
  }
}
