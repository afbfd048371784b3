import { expect, it } from '@jest/globals';
import { freeSlots, hiddenSessions, postgresOf } from '../../../shared/pool/sessions.ts';

const limits = [
  { name: 'max_connections', setting: '100' },
  { name: 'superuser_reserved_connections', setting: '3' },
];
const session = {
  pid: '7',
  datname: 'app',
  usename: 'app',
  application_name: 'worker',
  state: 'idle in transaction',
  backend_type: 'client backend',
  seconds: '182.5',
  blocked_by: '',
};

it('reads the limits of PostgreSQL 15, and those of 16, which has reserved slots of a second kind', () => {
  expect(freeSlots(postgresOf(limits, [session]))).toBe(96);
  const newer = [...limits, { name: 'reserved_connections', setting: '5' }];
  expect(freeSlots(postgresOf(newer, [session]))).toBe(91);
});

it('reads who waits for whom', () => {
  const { sessions } = postgresOf(limits, [{ ...session, state: 'active', blocked_by: '8,9' }]);
  expect(sessions).toEqual([
    {
      pid: 7,
      database: 'app',
      user: 'app',
      application: 'worker',
      state: 'active',
      seconds: 182.5,
      blockedBy: [8, 9],
    },
  ]);
});

it('leaves empty what PostgreSQL leaves empty', () => {
  const empty = { datname: null, usename: null, application_name: null, state: null };
  const row = { ...session, ...empty, seconds: null, blocked_by: null };
  expect(postgresOf(limits, [row]).sessions).toEqual([
    { pid: 7, database: '', user: '', application: '', state: '', seconds: 0, blockedBy: [] },
  ]);
});

it('has no free slot where more than all are taken', () => {
  const rows = Array.from({ length: 99 }, () => session);
  expect(freeSlots(postgresOf(limits, rows))).toBe(0);
});

it('counts the sessions that PostgreSQL hides', () => {
  expect(hiddenSessions([session, { ...session, state: null, backend_type: null }])).toBe(1);
});

it('is nothing without its limits', () => {
  expect(() => postgresOf(limits.slice(0, 1), [])).toThrow('superuser_reserved_connections: is missing');
  expect(() => postgresOf([{ name: 'max_connections', setting: 'on' }], [])).toThrow('setting');
});
