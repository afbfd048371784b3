import { expect, it } from '@jest/globals';
import { faultOf } from '../../../shared/cache/faults.ts';
import { InvalidInputError } from '../../../shared/core/errors.ts';

const coded = (message: string, code: string) => Object.assign(new Error(message), { code });

/** What Redis 7.0, iovalkey and Node say. */
it.each([
  [new Error('WRONGPASS invalid username-password pair or user is disabled.'), { cause: 'wrong-password' }],
  [new Error('NOAUTH Authentication required.'), { cause: 'wrong-password', user: 'reader' }],
  [new Error("NOPERM this user has no permissions to run the 'info' command"), { cause: 'denied' }],
  [new Error('ERR max number of clients reached'), { cause: 'clients-full' }],
  [
    new Error('Command queue state error. Last error: ERR max number of clients reached'),
    { cause: 'clients-full' },
  ],
  [coded('self-signed certificate', 'DEPTH_ZERO_SELF_SIGNED_CERT'), { cause: 'tls', problem: 'untrusted' }],
  [coded('... wrong version number ...', 'EPROTO'), { cause: 'tls', problem: 'not-offered' }],
  [new Error('Connection is closed.'), { cause: 'unreachable' }],
  [coded('read ECONNRESET', 'ECONNRESET'), { cause: 'unreachable' }],
  [coded('connect ECONNREFUSED 127.0.0.1:1', 'ECONNREFUSED'), { cause: 'unreachable' }],
  [coded('connect ETIMEDOUT', 'ETIMEDOUT'), { cause: 'late' }],
  [new Error('Command timed out'), { cause: 'late' }],
  [new Error('BUSY Redis is busy running a script.'), { cause: 'failed' }],
  [new InvalidInputError('maxmemory: is missing'), { cause: 'malformed', detail: 'maxmemory: is missing' }],
  ['odd', { cause: 'failed' }],
])('%s', (error, expected) => {
  expect(faultOf(error, 'reader')).toMatchObject(expected);
});

it('a cache that wants a login, where none is configured', () => {
  const error = new Error('NOAUTH Authentication required.');
  expect(faultOf(error, undefined)).toEqual({ cause: 'not-configured', lacks: 'cache-secret' });
});
