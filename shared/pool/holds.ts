import type { Database, Pool, Postgres, Session } from './types.ts';

/** What holds a pool's connections although more of them would not help. */
export interface Hold {
  /** An open transaction that does nothing, a wait for a lock, or a long query. */
  kind: 'leaked' | 'locked' | 'slow';
  sessions: Session[];
  /** Whose locks `locked` waits for. */
  blockers: Session[];
}

/** A request of an API has its answer within this: twice the limit at which its P99 is critical. */
export const longSeconds = 5;

/** Share of a pool's connections from which on what holds them explains a full pool. */
const telling = 0.1;

const isLeaked = ({ state, seconds }: Session) =>
  state.startsWith('idle in transaction') && seconds >= longSeconds;
const isLocked = ({ state, seconds, blockedBy }: Session) =>
  state === 'active' && seconds >= longSeconds && blockedBy.length > 0;
const isSlow = ({ state, seconds, blockedBy }: Session) =>
  state === 'active' && seconds >= longSeconds && blockedBy.length === 0;

/** Sessions in an open transaction that does nothing, whosever they are. */
export const leakedSessions = ({ sessions }: Postgres): Session[] => sessions.filter(isLeaked);

/** The sessions of a pool's database and user, by whichever way they came. */
function sessionsOf(pool: Pool, database: Database | undefined, { sessions }: Postgres): Session[] {
  const name = database?.database ?? pool.database;
  const user = database?.forceUser ?? pool.user;
  return sessions.filter((session) => session.database === name && session.user === user);
}

/**
 * Share of a pool's linked connections that do something, 0 to 1. In session mode a client keeps its connection although it
 * asks nothing, and PgBouncer calls that active. Sessions that are seen to work do, and those that are not seen as well. Pure.
 * @param linked connections that clients have at this moment, over all PgBouncers
 * @param spare connections that no client has
 */
export function workingShare(
  pool: Pool,
  database: Database | undefined,
  postgres: Postgres,
  { linked, spare }: { linked: number; spare: number },
): number {
  const own = sessionsOf(pool, database, postgres);
  const idle = own.filter(({ state }) => state === 'idle').length;
  const working = Math.max(own.length - idle, linked - Math.max(0, idle - spare));
  return linked > 0 ? Math.min(1, working / linked) : 1;
}

/** What holds the connections of a pool: kinds of which there are enough to explain it. Pure. */
export function holdsOf(pool: Pool, database: Database | undefined, postgres: Postgres): Hold[] {
  const { sessions } = postgres;
  const own = sessionsOf(pool, database, postgres);
  const kinds = [
    ['leaked', own.filter(isLeaked)],
    ['locked', own.filter(isLocked)],
    ['slow', own.filter(isSlow)],
  ] as const;
  const long = own.filter((session) => isLeaked(session) || isLocked(session) || isSlow(session));
  if (long.length < telling * pool.servers) return [];
  return kinds
    .filter(([, found]) => found.length > 0)
    .map(([kind, found]) => {
      return { kind, sessions: found, blockers: blockersOf(found, sessions) };
    });
}

/** Who holds the locks; who waits in the same queue blocks those behind, and holds nothing up. */
function blockersOf(blocked: readonly Session[], sessions: readonly Session[]): Session[] {
  const pids = blocked.flatMap(({ blockedBy }) => blockedBy);
  const blockers = sessions.filter(({ pid }) => pids.includes(pid));
  const first = blockers.filter(({ blockedBy }) => blockedBy.length === 0);
  return first.length > 0 ? first : blockers;
}
