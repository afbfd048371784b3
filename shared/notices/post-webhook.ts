import type { ChannelContext } from './channel.ts';
import { notBefore } from './retry-after.ts';

const timeoutMilliseconds = 5000;

/** Pauses before a webhook is asked again; the AWS SDK repeats the calls to SNS by itself. */
const pausesMilliseconds = [1000, 3000];

/** A call that is told to come back later than this leaves the notice to the outbox. */
const longestPauseMilliseconds = 5000;

/**
 * Posts until it is taken: a refusal (4xx) is final, a failure or "too many requests" is tried again, but not before
 * `Retry-After`.
 */
export async function postTo(
  channel: string,
  url: string,
  body: unknown,
  context: ChannelContext,
): Promise<void> {
  for (let attempt = 0; ; attempt++) {
    let pause = pausesMilliseconds[attempt];
    try {
      const answer = await context.http.post(url, body, timeoutMilliseconds);
      if (answer.status >= 200 && answer.status < 300) return;
      const now = context.now();
      const later = notBefore(answer, now);
      pause = pauseAfter(answer.status, pause, later ? later.getTime() - now.getTime() : 0);
      if (pause === undefined) throw new RefusedError(`${channel} answered ${answer.status}`, later);
    } catch (error) {
      if (error instanceof RefusedError || pause === undefined) throw error;
    }
    await context.after(pause).passed;
  }
}

/** Milliseconds until the same is asked again; undefined where it is not. */
function pauseAfter(status: number, pause: number | undefined, wait: number): number | undefined {
  const passing = status === 429 || status >= 500;
  if (!passing || pause === undefined || wait > longestPauseMilliseconds) return undefined;
  return Math.max(pause, wait);
}

/** Its message holds nothing but the channel and a status. */
class RefusedError extends Error {
  /** The channel asked not to be called before. */
  readonly notBefore: Date | undefined;
  constructor(message: string, notBefore: Date | undefined) {
    super(message);
    this.notBefore = notBefore;
  }
}

/** Why a channel did not take a notice, and when it may be asked again, if it said so. */
export const failureOf = (error: unknown): { error: string; notBefore?: string } => ({
  error: errorText(error),
  ...(error instanceof RefusedError && error.notBefore ? { notBefore: error.notBefore.toISOString() } : {}),
});

// A fetch error may quote the URL, and a chat's URL is a secret: only our own messages and error names get out.
function errorText(error: unknown): string {
  if (!(error instanceof Error)) return 'failed';
  return error instanceof RefusedError ? error.message : error.name;
}
