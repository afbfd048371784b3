/** The connection pool: PgBouncer in transaction mode between the tasks and the database. */

import type { DatabasePool } from '../model/options.ts';
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

/** The pool at `requestsPerSecond` over `tasks` running tasks. */
export function poolAt(
  pool: DatabasePool,
  conditions: Conditions,
  tasks: number,
  requestsPerSecond: number,
): PoolState {
  const holdSeconds = pool.holdSeconds * conditions.holdFactor;
  const takenConnections = conditions.connectionsHeld + pool.pinnedPerTask * tasks;
  // At least one connection always turns over, or nothing could ever recover.
  const available = Math.max(1, pool.poolSize - takenConnections);
  const totalRate = available / holdSeconds;
  const clients = tasks * pool.connectionsPerTask;
  return {
    ratePerTask: Math.min(totalRate / Math.max(1, tasks), pool.connectionsPerTask / holdSeconds),
    totalRate,
    waitSeconds: waitSeconds(available, holdSeconds, Math.min(0.98, requestsPerSecond / totalRate)),
    holdSeconds,
    refusedShare: Math.max(0, 1 - pool.maxClientConnections / Math.max(1, clients)),
    takenConnections,
  };
}

/** Mean wait in a queue with `servers` servers (Sakasegawa's approximation of M/M/c). */
function waitSeconds(servers: number, holdSeconds: number, utilisation: number): number {
  return (holdSeconds * utilisation ** (Math.sqrt(2 * (servers + 1)) - 1)) / (servers * (1 - utilisation));
}
