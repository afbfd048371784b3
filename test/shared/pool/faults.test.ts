import { expect, it } from '@jest/globals';
import { InvalidInputError } from '../../../shared/core/errors.ts';
import { faultOf } from '../../../shared/pool/faults.ts';

const coded = (message: string, code: string) => Object.assign(new Error(message), { code });

/** What PgBouncer 1.18 to 1.26, PostgreSQL, pg and Node say. */
it.each([
  [coded('password authentication failed', '08P01'), { cause: 'wrong-password', user: 'stats' }],
  [coded('SASL authentication failed', '08P01'), { cause: 'wrong-password', user: 'stats' }],
  [coded('password authentication failed for user "stats"', '28P01'), { cause: 'wrong-password' }],
  [coded('no such user: stats', '08P01'), { cause: 'wrong-password' }],
  [coded('not allowed', '08P01'), { cause: 'no-stats-user', user: 'stats' }],
  [coded('admin access needed', '08P01'), { cause: 'no-admin-user', user: 'stats' }],
  [coded('SSL required', '08P01'), { cause: 'tls', problem: 'required', message: '' }],
  [
    new Error('The server does not support SSL connections'),
    { cause: 'tls', problem: 'not-offered', message: '' },
  ],
  [coded('self-signed certificate', 'DEPTH_ZERO_SELF_SIGNED_CERT'), { cause: 'tls', problem: 'untrusted' }],
  [coded('IP: 10.0.0.1 is not in the list', 'ERR_TLS_CERT_ALTNAME_INVALID'), { problem: 'untrusted' }],
  [
    coded('remaining connection slots are reserved for non-replication superuser connections', '53300'),
    { cause: 'full' },
  ],
  [coded('sorry, too many clients already', '53300'), { cause: 'full' }],
  [
    new Error('Connection terminated unexpectedly'),
    { cause: 'unreachable', error: 'Error', message: 'Connection terminated unexpectedly' },
  ],
  [new Error('timeout expired'), { cause: 'late' }],
  [new Error('Query read timeout'), { cause: 'late' }],
  [coded('connect ECONNREFUSED 127.0.0.1:1', 'ECONNREFUSED'), { cause: 'unreachable' }],
  [coded('no more connections allowed (max_client_conn)', '08P01'), { cause: 'failed' }],
  [
    new InvalidInputError('0.cl_waiting: is missing'),
    { cause: 'malformed', problem: 'other-format', detail: '0.cl_waiting: is missing' },
  ],
  ['odd', { cause: 'failed' }],
])('%s', (error, expected) => {
  expect(faultOf(error, 'stats')).toMatchObject(expected);
});
