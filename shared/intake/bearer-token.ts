import { createHash, timingSafeEqual } from 'node:crypto';
import type { StepContext } from '../lambda/context.ts';

/**
 * What a token may be: a shorter one could be guessed, and one with white space can't be sent as a Bearer token.
 * docs/deployment.md has SSM refuse any other when the parameter is made.
 */
export const tokenPattern = /^\S{16,}$/;

/** A parameter that was corrected works after so many seconds at the latest, and wrong tokens make no more calls than that. */
const freshSeconds = 5;

/**
 * Whether a request carries one of the live tokens (safety: Webhook). Two tokens may be live, so that they can be
 * rotated without a gap: one that nobody has made is left out, as long as another one remains. What was read minutes ago
 * opens the door; before anybody is refused, the parameters are read again.
 * @throws Error where that can't be said, because a token that it may be cannot be read, or none can: the sender tries again.
 */
export async function carriesToken(
  authorization: string | undefined,
  names: readonly string[],
  context: StepContext<'secrets'>,
): Promise<boolean> {
  const presented = /^Bearer +(\S+)$/i.exec(authorization ?? '')?.[1] ?? '';
  const kept = await look(names, context);
  if (matches(presented, kept)) return true;
  const fresh = await look(names, context, freshSeconds);
  tell(names, fresh, context);
  if (usable(fresh).length === 0) throw new Error(`no usable token in ${names.join(', ')}`);
  if (matches(presented, fresh)) return true;
  // Alertmanager sends what was refused never again: an alert of the other token would be lost.
  if (tokenPattern.test(presented) && fresh.some(mayStillMatch))
    throw new Error(`not every token in ${names.join(', ')} can be read now`);
  return false;
}

type Read = readonly PromiseSettledResult<string>[];

const look = (names: readonly string[], { secrets }: StepContext<'secrets'>, age?: number): Promise<Read> =>
  Promise.allSettled(names.map((name) => secrets.read(name, age)));

const values = (read: Read) =>
  read.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
const usable = (read: Read) => values(read).filter((token) => tokenPattern.test(token));

/** Every token is compared, and by its hash, so that the time tells neither which one matched nor how far. */
const matches = (presented: string, read: Read): boolean =>
  usable(read).filter((token) => timingSafeEqual(hash(presented), hash(token))).length > 0;

/** Which parameters are no token, and what is asked of one. */
function tell(names: readonly string[], read: Read, { log }: StepContext<'secrets'>): void {
  const missing = names.filter((_, index) => read[index]?.status === 'rejected');
  if (missing.length > 0) log.warn('a token cannot be read', { parameters: missing });
  const unfit = names.filter((_, index) => {
    const result = read[index];
    return result?.status === 'fulfilled' && !tokenPattern.test(result.value);
  });
  if (unfit.length > 0)
    log.error('a token is too short or holds white space', { parameters: unfit, asked: tokenPattern.source });
}

/** A parameter that exists and could not be read; one that does not exist holds no token. */
const mayStillMatch = (result: PromiseSettledResult<string>): boolean =>
  result.status === 'rejected' &&
  !(result.reason instanceof Error && result.reason.name === 'ParameterNotFound');

const hash = (text: string) => createHash('sha256').update(text).digest();
