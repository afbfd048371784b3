import { createHash, timingSafeEqual } from 'node:crypto';
import type { StepContext } from '../lambda/context.ts';

/** A shorter token could be guessed; an empty parameter must never open the door. */
const shortestToken = 16;

/**
 * Whether a request carries one of the live tokens (safety: Webhook). Two tokens may be live, so that they can be
 * rotated without a gap: one that nobody has made is left out, as long as another one remains.
 * @throws Error where that can't be said, because a token that it may be cannot be read, or none can: the sender tries again.
 */
export async function carriesToken(
  authorization: string | undefined,
  names: readonly string[],
  { secrets, log }: StepContext<'secrets'>,
): Promise<boolean> {
  const read = await Promise.allSettled(names.map((name) => secrets.read(name)));
  const tokens = read.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  if (tokens.length < names.length) {
    const missing = names.filter((_, index) => read[index]?.status === 'rejected');
    log.warn('a token cannot be read', { parameters: missing });
  }
  const live = tokens.filter((token) => token.length >= shortestToken);
  if (live.length === 0) throw new Error(`no usable token in ${names.join(', ')}`);
  const presented = /^Bearer +(\S+)$/i.exec(authorization ?? '')?.[1] ?? '';
  // Every token is compared, and by its hash, so that the time tells neither which one matched nor how far.
  const matching = live.filter((token) => timingSafeEqual(hash(presented), hash(token)));
  // Alertmanager sends what was refused never again: an alert of the other token would be lost.
  if (matching.length === 0 && presented.length >= shortestToken && read.some(mayStillMatch))
    throw new Error(`not every token in ${names.join(', ')} can be read now`);
  return matching.length > 0;
}

/** A parameter that exists and could not be read; one that does not exist holds no token. */
const mayStillMatch = (result: PromiseSettledResult<string>): boolean =>
  result.status === 'rejected' &&
  !(result.reason instanceof Error && result.reason.name === 'ParameterNotFound');

const hash = (text: string) => createHash('sha256').update(text).digest();
