import { InvalidInputError } from '../core/errors.ts';
import { oneLine } from '../core/plain-text.ts';
import { isTlsFault, type Unknown, unknownBy } from '../core/unknown.ts';

interface Asker {
  /** Undefined where no secret is configured. */
  user: string | undefined;
}

/** Redis 7 has it in straight quotes, older ones between a grave and an acute. */
const unknownCommand = /^ERR unknown (?:sub)?command ['`"]?(?<command>[\w|-]{1,40})/i;
const commandIn = (message: string): string =>
  unknownCommand.exec(message)?.groups?.command?.toUpperCase() ?? '';

/** What Redis 7 and Valkey say, and what the client says in their place. */
const sentences: readonly [RegExp, (asker: Asker, message: string) => Unknown][] = [
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
  // What follows are its words, and may be keys.
  [unknownCommand, (_, message) => ({ cause: 'no-command', command: commandIn(message) })],
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
  const known = sentences.find(([sentence]) => sentence.test(message));
  if (known) return known[1]({ user }, message);
  return isTlsFault(error) ? { cause: 'tls', problem: 'untrusted', message } : unknownBy(error);
}
