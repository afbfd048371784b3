import { describe, expect, it } from '@jest/globals';
import { holdsOf } from '../../../shared/pool/holds.ts';
import type { Database, Pool, Session } from '../../../shared/pool/types.ts';
import { instance } from './consoles.ts';

const [pool, database] = [instance().pools[0] as Pool, instance().databases[0] as Database];
const session = (part: Partial<Session> = {}): Session => ({
  pid: 1,
  database: 'app',
  user: 'app',
  application: 'worker',
  state: 'active',
  seconds: 5,
  blockedBy: [],
  ...part,
});
const holds = (sessions: Session[], of: Pool = pool, at: Database | undefined = database) =>
  holdsOf(of, at, { maxConnections: 100, reserved: 3, connections: 6, sessions });
const kinds = (...given: Parameters<typeof holds>) => holds(...given).map(({ kind }) => kind);

describe('what holds a pool up', () => {
  it.each([
    ['idle in transaction', 5, [], ['leaked']],
    ['idle in transaction (aborted)', 5, [], ['leaked']],
    ['idle in transaction', 4.9, [], []],
    ['active', 5, [2], ['locked']],
    ['active', 4.9, [2], []],
    ['idle', 5, [2], []],
    ['idle', 4.9, [2], []],
    ['active', 5, [], ['slow']],
    ['active', 4.9, [], []],
    ['idle', 60, [], []],
  ])('a session that is %s for %d s and waits for %j: %j', (state, seconds, blockedBy, expected) => {
    expect(kinds([session({ state, seconds, blockedBy })])).toEqual(expected);
  });

  it('is a session of the database in PostgreSQL, whatever PgBouncer calls it', () => {
    const aliased = { ...database, database: 'orders' };
    expect(kinds([session({ database: 'orders' })], pool, aliased)).toEqual(['slow']);
    expect(kinds([session({ database: 'app' })], pool, aliased)).toEqual([]);
    expect(kinds([session({ database: 'app' })], pool, undefined)).toEqual(['slow']);
  });

  it('is a session of the user that PgBouncer logs in as', () => {
    const forced = { ...database, forceUser: 'owner' };
    expect(kinds([session({ user: 'owner' })], pool, forced)).toEqual(['slow']);
    expect(kinds([session({ user: 'app' })], pool, forced)).toEqual([]);
  });

  it('explains a full pool from a tenth of its connections on', () => {
    expect(kinds([session()], { ...pool, servers: 10 })).toEqual(['slow']);
    expect(kinds([session()], { ...pool, servers: 11 })).toEqual([]);
  });

  it('is no session that works as it should, however many of them there are', () => {
    const idle = Array.from({ length: 9 }, (_, index) => session({ pid: index + 2, state: 'idle' }));
    expect(kinds([session(), ...idle], { ...pool, servers: 20 })).toEqual([]);
  });

  it('counts the kinds together', () => {
    const both = [session(), session({ pid: 2, state: 'idle in transaction' })];
    expect(kinds(both, { ...pool, servers: 20 })).toEqual(['leaked', 'slow']);
  });
});

describe('who holds the lock', () => {
  const blockers = (sessions: Session[]) => holds(sessions).flatMap((hold) => hold.blockers);

  it('is whom the others wait for, and nobody else', () => {
    const holder = session({ pid: 3, user: 'owner' });
    const sessions = [session({ blockedBy: [3] }), holder, session({ pid: 4, user: 'report' })];
    expect(blockers(sessions)).toEqual([holder]);
  });

  it('is everyone of a ring in which each waits for the next', () => {
    const ring = [session({ blockedBy: [2] }), session({ pid: 2, blockedBy: [1] })];
    expect(blockers(ring)).toEqual(ring);
  });
});
