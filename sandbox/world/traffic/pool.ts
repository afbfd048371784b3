/** The connection pool: PgBouncer in transaction mode between the tasks and the database. */

import { type DatabasePool, inAll, type PoolServer, slotsForPools } from '../model/database-pool.ts';
import type { Conditions } from '../model/troubles.ts';

/** What the pool allows at one moment. */
export interface PoolState {
  /** Requests per second that one task can get through the pool. */
  ratePerTask: number;
  /** Requests per second that the pool lets through to the database. */
  totalRate: number;
  /** Mean wait for a server connection while the pool is not exhausted, seconds. */
  waitSeconds: number;
  /** How long a request holds its server connection, seconds. */
  holdSeconds: number;
  /** Share of requests whose connection PgBouncer refuses (MAX_CLIENT_CONN), 0 to 1. */
  refusedShare: number;
  /** Server connections taken whatever the traffic is: pinned by tasks, held by others. */
  takenConnections: number;
}

/** The pool at `requestsPerSecond` over `tasks` running tasks, with what all PgBouncers have and PostgreSQL lets them. */
export function poolAt(
  pool: DatabasePool,
  servers: readonly PoolServer[],
  conditions: Conditions,
  tasks: number,
  requestsPerSecond: number,
): PoolState {
  const size = Math.min(inAll(servers, 'default_pool_size'), slotsForPools(pool));
  const holdSeconds = pool.holdSeconds * conditions.holdFactor;
  const takenConnections = conditions.connectionsHeld + pool.pinnedPerTask * tasks;
  // At least one connection always turns over, or nothing could ever recover.
  const available = Math.max(1, size - takenConnections);
  const totalRate = available / holdSeconds;
  const clients = tasks * pool.connectionsPerTask;
  return {
    ratePerTask: Math.min(totalRate / Math.max(1, tasks), pool.connectionsPerTask / holdSeconds),
    totalRate,
    waitSeconds: waitSeconds(available, holdSeconds, Math.min(0.98, requestsPerSecond / totalRate)),
    holdSeconds,
    refusedShare: Math.max(0, 1 - inAll(servers, 'max_client_conn') / Math.max(1, clients)),
    takenConnections,
  };
}

/** Mean wait in a queue with `servers` servers (Sakasegawa's approximation of M/M/c). */
function waitSeconds(servers: number, holdSeconds: number, utilisation: number): number {
  return (holdSeconds * utilisation ** (Math.sqrt(2 * (servers + 1)) - 1)) / (servers * (1 - utilisation));
}
