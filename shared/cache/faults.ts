import { InvalidInputError } from '../core/errors.ts';
import { oneLine } from '../core/plain-text.ts';
import { isTlsFault, type Unknown, type UnknownCause, unknownBy } from '../core/unknown.ts';

interface Asker {
  /** Undefined where no secret is configured. */
  user: string | undefined;
}

/** What Redis 7 and Valkey say, and what the client says in their place. */
const sentences: readonly [RegExp, (asker: Asker, message: string, named: string) => Unknown][] = [
  [/max number of clients reached/i, () => ({ cause: 'clients-full' })],
  [
    /^NOAUTH/,
    ({ user }) =>
      user === undefined
        ? { cause: 'not-configured', lacks: 'cache-secret' }
        : { cause: 'wrong-password', user },
  ],
  [/^WRONGPASS|^ERR invalid password/, ({ user = 'default' }) => ({ cause: 'wrong-password', user })],
  [/^NOPERM/, (_, message) => ({ cause: 'denied', error: 'NOPERM', message })],
  // What follows are its words, and may be keys. Redis 7 quotes it straight, older ones do not.
  [
    /^ERR unknown (?:sub)?command ['`"]?([\w|-]{1,40})/i,
    (_, __, command) => ({ cause: 'no-command', command: command.toUpperCase() }),
  ],
  [/^READONLY/, () => ({ cause: 'read-only' })],
  [/^LOADING/, () => ({ cause: 'loading' })],
  [/^OOM/, () => ({ cause: 'no-memory' })],
  [
    /wrong version number|packet length too long|before secure TLS connection/i,
    () => ({ cause: 'tls', problem: 'not-offered', message: '' }),
  ],
  [/^(connect ETIMEDOUT|Command timed out|Socket timeout)/, () => ({ cause: 'late' })],
  [
    /^Connection is closed|^Command aborted|^(read|write) (ECONNRESET|EPIPE)/,
    () => ({
      cause: 'unreachable',
      error: 'Error',
      message: 'it closed the connection; does it want TLS?',
    }),
  ],
];

/** Why a cache could not be read: by what it said, or by how the connection broke. Pure. */
export function faultOf(error: unknown, user: string | undefined): Unknown {
  if (error instanceof InvalidInputError)
    return { cause: 'malformed', problem: 'other-format', detail: oneLine(error.message, 200) };
  if (!(error instanceof Error)) return unknownBy(error);
  const message = oneLine(error.message, 200);
  for (const [sentence, unknownOf] of sentences) {
    const said = sentence.exec(message);
    if (said) return unknownOf({ user }, message, said[1] ?? '');
  }
  return isTlsFault(error) ? { cause: 'tls', problem: 'untrusted', message } : unknownBy(error);
}

/** Those of a server that has not done what it was asked for. */
const refusals: readonly UnknownCause[] = [
  ...(['denied', 'no-command', 'not-configured', 'wrong-password'] as const),
  ...(['clients-full', 'read-only', 'loading', 'no-memory'] as const),
];

/** Whether the cache refused what it was asked for, so that nothing came of it. */
export const isRefusal = ({ cause }: Unknown): boolean => refusals.includes(cause);
