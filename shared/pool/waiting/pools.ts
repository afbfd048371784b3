import type { Reading } from '../../core/reading.ts';
import { databaseOf, type Known } from '../budget.ts';
import { type Hold, holdsOf } from '../holds.ts';
import type { Database, Instance, Pool, Postgres, Seen } from '../types.ts';

/** A pool whose clients wait. */
export interface Waiting {
  instance: string;
  database: string;
  user: string;
  clients: number;
  seconds: number;
  servers: number;
  size: number;
}

/** What was read of the pools, and of the same instances some seconds before where that matters. */
export interface PoolsSeen {
  instances: readonly Seen<Instance>[];
  postgres: Reading<Postgres>;
  before?: readonly Seen<Instance>[];
  secondsBetween?: number;
}

/** What the configuration allows in an emergency, and from when on a wait counts. */
export interface PoolLimits {
  defaultPoolSize: number;
  reservePoolSize: number;
  minPoolSize: number;
  maxClientConn: number;
  waitSeconds: number;
  /** From when on a query that takes so long on average is a slow one. */
  slowSeconds: number;
}

/** A pool whose oldest client has waited long enough to count, and whose it is. */
export interface Busy {
  known: Known;
  pool: Pool;
  database: Database | undefined;
  waiting: Waiting;
}

/** The PgBouncers that could be read. Pure. */
export const knownOf = (seen: readonly Seen<Instance>[]): Known[] =>
  seen.flatMap(({ name, reading }) => ('value' in reading ? [{ name, instance: reading.value }] : []));

/** The pools whose oldest client has waited long enough to count. */
export function busyPools(all: readonly Known[], waitSeconds: number): Busy[] {
  return all.flatMap((known) =>
    known.instance.pools
      .filter(({ clientsWaiting, waitSeconds: longest }) => clientsWaiting > 0 && longest >= waitSeconds)
      .map((pool) => {
        const database = databaseOf(known.instance, pool);
        const size = database?.poolSize ?? known.instance.settings.defaultPoolSize;
        const { user, servers, clientsWaiting: clients, waitSeconds: seconds } = pool;
        const waiting = {
          instance: known.name,
          database: pool.database,
          user,
          clients,
          seconds,
          servers,
          size,
        };
        return { known, pool, database, waiting };
      }),
  );
}

/** The pools of these PgBouncers whose oldest client has waited long enough to count. Pure. */
export const waitingPools = (seen: readonly Seen<Instance>[], { waitSeconds }: PoolLimits): Waiting[] =>
  told(busyPools(knownOf(seen), waitSeconds));

/** Whether a pool has fewer connections than it may have, so that its size is not what holds its clients up. */
export const isShort = ({ waiting: { servers, size } }: Busy) => servers < size;

/** Whether clients wait: why, the growth until a second look says. Pure. */
export const needsSecondLook = (seen: readonly Seen<Instance>[], { waitSeconds }: PoolLimits): boolean =>
  busyPools(knownOf(seen), waitSeconds).length > 0;

/** What is told of them. */
export const told = (pools: readonly Busy[]): Waiting[] => pools.map(({ waiting }) => waiting);

/** Whether both are about the same pool, at whatever look. */
export const isSamePool = ({ waiting: a }: Busy, { waiting: b }: Busy): boolean =>
  a.instance === b.instance && a.database === b.database && a.user === b.user;

/** What sessions hold a full pool; nothing where PostgreSQL is unknown. */
export const heldBy = ({ pool, database }: Busy, postgres: Postgres | undefined): Hold[] =>
  postgres ? holdsOf(pool, database, postgres) : [];
