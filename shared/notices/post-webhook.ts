import type { ChannelContext } from './channel.ts';

const timeoutMilliseconds = 5000;

/** Pauses before a webhook is asked again; the AWS SDK repeats the calls to SNS by itself. */
const pausesMilliseconds = [1000, 3000];

/** Posts until it is taken: a refusal (4xx) is final, a failure or "too many requests" is tried again. */
export async function postTo(
  channel: string,
  url: string,
  body: unknown,
  context: ChannelContext,
): Promise<void> {
  for (let attempt = 0; ; attempt++) {
    const pause = pausesMilliseconds[attempt];
    try {
      const { status } = await context.http.post(url, body, timeoutMilliseconds);
      if (status >= 200 && status < 300) return;
      const passing = status === 429 || status >= 500;
      if (!passing || pause === undefined) throw new RefusedError(`${channel} answered ${status}`);
    } catch (error) {
      if (error instanceof RefusedError || pause === undefined) throw error;
    }
    await context.after(pause).passed;
  }
}

/** Its message holds nothing but the channel and a status. */
class RefusedError extends Error {}

// A fetch error may quote the URL, and a chat's URL is a secret: only our own messages and error names get out.
export function errorText(error: unknown): string {
  if (!(error instanceof Error)) return 'failed';
  return error instanceof RefusedError ? error.message : error.name;
}
