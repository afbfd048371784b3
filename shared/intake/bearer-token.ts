import { createHash, timingSafeEqual } from 'node:crypto';
import type { StepContext } from '../lambda/context.ts';

/** A shorter token could be guessed; an empty parameter must never open the door. */
const shortestToken = 16;

/**
 * Whether a request carries one of the live tokens (safety: Webhook). Two tokens may be live, so that they can be
 * rotated without a gap: a token that cannot be read is left out, as long as one remains.
 * @throws Error when no token can be read, so that the sender tries again.
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
  return live.filter((token) => timingSafeEqual(hash(presented), hash(token))).length > 0;
}

const hash = (text: string) => createHash('sha256').update(text).digest();
