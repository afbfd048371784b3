import { InvalidInputError } from '../core/errors.ts';
import { oneLine } from '../core/plain-text.ts';
import { isTlsFault, type Unknown, unknownBy } from '../core/unknown.ts';

/** PgBouncer has one SQLSTATE for everything, so what it means stands in its sentence alone. Seen from 1.18 to 1.26. */
const sentences: readonly [RegExp, (user: string, message: string) => Unknown][] = [
  [/^timeout expired|read timeout/i, () => ({ cause: 'late' })],
  [/^not allowed/i, (user) => ({ cause: 'no-stats-user', user })],
  [/admin access needed/i, (user) => ({ cause: 'no-admin-user', user })],
  [
    /authentication failed|no such user|role .* does not exist|not permitted to log in/i,
    (user) => ({ cause: 'wrong-password', user }),
  ],
  [/^SSL required/i, () => ({ cause: 'tls', problem: 'required', message: '' })],
  [/does not support SSL/i, () => ({ cause: 'tls', problem: 'not-offered', message: '' })],
  [/^Connection terminated/, (_, message) => ({ cause: 'unreachable', error: 'Error', message })],
  [/remaining connection slots|too many clients|too many connections/i, () => ({ cause: 'full' })],
];

/** Why a console or a database could not be read: by what it said, or by how the connection broke. Pure. */
export function faultOf(error: unknown, user: string): Unknown {
  if (error instanceof InvalidInputError)
    return { cause: 'malformed', problem: 'other-format', detail: oneLine(error.message, 200) };
  if (!(error instanceof Error)) return unknownBy(error);
  const message = oneLine(error.message, 200);
  if (isTlsFault(error)) return { cause: 'tls', problem: 'untrusted', message };
  const told = sentences.find(([sentence]) => sentence.test(message))?.[1];
  return told?.(user, message) ?? unknownBy(error);
}
