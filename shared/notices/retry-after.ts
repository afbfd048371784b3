import type { HttpAnswer } from '../lambda/context.ts';

/** No channel keeps a notice back for longer. */
const longestMilliseconds = 3_600_000;

/**
 * When a channel that is overloaded may be asked again: its `Retry-After`, seconds or an HTTP date, at most an hour from
 * now. Undefined where it says nothing that can be read, or nothing that is still to come. Source: RFC 9110, 10.2.3.
 */
export function notBefore({ status, retryAfter = '' }: HttpAnswer, now: Date): Date | undefined {
  if (status !== 429 && status !== 503) return undefined;
  const wait = /^\d+(?:\.\d+)?$/.test(retryAfter)
    ? Number(retryAfter) * 1000
    : Date.parse(retryAfter) - now.getTime();
  return wait > 0 ? new Date(now.getTime() + Math.min(wait, longestMilliseconds)) : undefined;
}
