import { InvalidInputError } from '../core/errors.ts';
import type { Reading } from '../core/reading.ts';
import type { Unknown } from '../core/unknown.ts';
import { faultOf } from './faults.ts';
import type { Session } from './relieve.ts';

const name = 'maxmemory-policy';

/** An absolute change: from what the snapshot says, to what is wanted. */
export interface PolicyChange {
  from: string;
  to: string;
}

/** The closed list of how a change of the policy ends; only `set` has changed anything, and `uncertain` may have. */
export type PolicyEnd =
  | { code: 'set' | 'already' }
  /** The policy is neither that of the snapshot nor the one that is wanted: somebody else set it, and it stays. */
  | { code: 'person'; policy: string }
  /** The server has no CONFIG, or this user may not use it. */
  | { code: 'not-allowed'; unknown: Unknown }
  /** It was taken or refused, and the policy is as it was. */
  | { code: 'no-effect'; unknown?: Unknown }
  /** What the policy is could not be read, so nothing was written. */
  | { code: 'not-read'; unknown: Unknown }
  /** It was written, and what it is then could not be read. */
  | { code: 'uncertain'; unknown: Unknown };

/** The policy as the server has it: the snapshot, to be kept before the first write. */
export async function readPolicy({ ask, user }: Session): Promise<Reading<string>> {
  try {
    const answer = await ask('CONFIG', 'GET', name);
    const [, policy] = Array.isArray(answer) ? answer : [];
    if (typeof policy !== 'string') throw new InvalidInputError(`CONFIG GET: no ${name}`);
    return { value: policy };
  } catch (error) {
    return { unknown: faultOf(error, user) };
  }
}

/**
 * Sets the policy, and reads it back: a server may take a value without effect, and an answer that is late may have had
 * one. It holds until the server starts again. Doing it again changes nothing more.
 */
export async function setPolicy(session: Session, { from, to }: PolicyChange): Promise<PolicyEnd> {
  const before = await readPolicy(session);
  if ('unknown' in before)
    return { code: isNotAllowed(before.unknown) ? 'not-allowed' : 'not-read', ...before };
  if (before.value === to) return { code: 'already' };
  if (before.value !== from) return { code: 'person', policy: before.value };
  const fault = await faultIn(session, to);
  if (fault && isNotAllowed(fault)) return { code: 'not-allowed', unknown: fault };
  const after = await readPolicy(session);
  if ('unknown' in after) return { code: 'uncertain', ...after };
  if (after.value === to) return { code: 'set' };
  if (after.value !== from) return { code: 'person', policy: after.value };
  return { code: 'no-effect', ...(fault ? { unknown: fault } : {}) };
}

/** The way back of the same change: to the snapshot, unless somebody else has set the policy since. */
export const givePolicyBack = (session: Session, { from, to }: PolicyChange): Promise<PolicyEnd> =>
  setPolicy(session, { from: to, to: from });

const faultIn = ({ ask, user }: Session, to: string): Promise<Unknown | undefined> =>
  ask('CONFIG', 'SET', name, to).then(
    () => undefined,
    (error: unknown) => faultOf(error, user),
  );

/** No one who asks again gets another answer. */
const isNotAllowed = ({ cause }: Unknown): boolean => cause === 'denied' || cause === 'no-command';
