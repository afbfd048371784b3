import { expect, it } from '@jest/globals';
import { faultOf } from '../../../shared/cache/faults.ts';
import { InvalidInputError } from '../../../shared/core/errors.ts';

const coded = (message: string, code: string) => Object.assign(new Error(message), { code });

const closed = {
  ...{ cause: 'unreachable', error: 'Error' },
  message: 'it closed the connection; does it want TLS?',
};
const notOffered = { cause: 'tls', problem: 'not-offered', message: '' };
const noRight = "NOPERM this user has no permissions to run the 'info' command";

/** What Redis 7.0, iovalkey and Node say. */
it.each<[unknown, object]>([
  [
    new Error('WRONGPASS invalid username-password pair or user is disabled.'),
    { cause: 'wrong-password', user: 'reader' },
  ],
  [new Error('ERR invalid password'), { cause: 'wrong-password', user: 'reader' }],
  [new Error('NOAUTH Authentication required.'), { cause: 'wrong-password', user: 'reader' }],
  [new Error(noRight), { cause: 'denied', error: 'NOPERM', message: noRight }],
  [
    new Error("ERR unknown command 'CONFIG', with args beginning with: 'GET' 'maxmemory-policy' "),
    { cause: 'no-command', command: 'CONFIG' },
  ],
  [
    new Error('ERR unknown command `config`, with args beginning with: `GET`, `*`, '),
    { cause: 'no-command', command: 'CONFIG' },
  ],
  [new Error("ERR unknown subcommand 'ge'. Try CONFIG HELP."), { cause: 'no-command', command: 'GE' }],
  [new Error("READONLY You can't write against a read only replica."), { cause: 'read-only' }],
  [new Error('LOADING Redis is loading the dataset in memory'), { cause: 'loading' }],
  [new Error("OOM command not allowed when used memory > 'maxmemory'."), { cause: 'no-memory' }],
  [new Error('ERR max number of clients reached'), { cause: 'clients-full' }],
  [
    new Error('Command queue state error. Last error: ERR max number of clients reached'),
    { cause: 'clients-full' },
  ],
  [
    coded('self-signed certificate', 'DEPTH_ZERO_SELF_SIGNED_CERT'),
    { cause: 'tls', problem: 'untrusted', message: 'self-signed certificate' },
  ],
  [coded('... wrong version number ...', 'EPROTO'), notOffered],
  [coded('... packet length too long ...', 'EPROTO'), notOffered],
  [
    coded('Client network socket disconnected before secure TLS connection was established', 'ECONNRESET'),
    notOffered,
  ],
  [new Error('Connection is closed.'), closed],
  [new Error('Command aborted due to connection close'), closed],
  [coded('read ECONNRESET', 'ECONNRESET'), closed],
  [coded('write EPIPE', 'EPIPE'), closed],
  [
    coded('connect ECONNREFUSED 127.0.0.1:1', 'ECONNREFUSED'),
    { cause: 'unreachable', error: 'Error', message: 'connect ECONNREFUSED 127.0.0.1:1' },
  ],
  [coded('connect ETIMEDOUT', 'ETIMEDOUT'), { cause: 'late' }],
  [new Error('Command timed out'), { cause: 'late' }],
  [new Error('Socket timeout. Expecting data'), { cause: 'late' }],
  [
    new Error('BUSY Redis is busy running a script.'),
    { cause: 'failed', error: 'Error', message: 'BUSY Redis is busy running a script.' },
  ],
  [
    new InvalidInputError('maxmemory: is missing'),
    { cause: 'malformed', problem: 'other-format', detail: 'maxmemory: is missing' },
  ],
  ['odd', { cause: 'failed', error: 'string', message: '' }],
])('%s', (error, expected) => {
  expect(faultOf(error, 'reader')).toEqual(expected);
});

it.each([
  'read the manual about ECONNRESET',
  'it said: Connection is closed',
  'a late NOAUTH, NOPERM or WRONGPASS',
  'a late READONLY, LOADING or OOM',
  'it said: ERR unknown command',
])('%j only mentions what others begin with', (message) => {
  expect(faultOf(new Error(message), 'reader')).toEqual({ cause: 'failed', error: 'Error', message });
});

it('a password that is wrong is that of the default user where none logged in', () => {
  const error = new Error('WRONGPASS invalid username-password pair or user is disabled.');
  expect(faultOf(error, undefined)).toEqual({ cause: 'wrong-password', user: 'default' });
});

it('a cache that wants a login, where none is configured', () => {
  const error = new Error('NOAUTH Authentication required.');
  expect(faultOf(error, undefined)).toEqual({ cause: 'not-configured', lacks: 'cache-secret' });
});
