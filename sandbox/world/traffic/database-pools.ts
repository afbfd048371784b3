import { inAll, slotsForPools } from '../model/database-pool.ts';
import type { ServiceState } from '../model/state.ts';
import { isActive } from '../model/troubles.ts';
import type { DatabasePools } from '../model/types.ts';
import { conditionsNow } from './cache.ts';

/** What PgBouncer and PostgreSQL would say of themselves now. */
export function databasePools(state: ServiceState): DatabasePools {
  const { settings, poolServers, flow, tasks, time, start } = state;
  const { dbPool, troubles } = settings;
  const seconds = (time - start) / 1000;
  const conditions = conditionsNow(state);
  const running = tasks.filter(({ lastStatus }) => lastStatus === 'RUNNING').length;
  const since = troubles
    .filter((trouble) => trouble.kind === 'connections-held' && isActive(trouble, seconds))
    .map(({ from }) => seconds - from);
  const { busyConnections, waitingClients, waitSeconds } = flow.pool;
  // What is asked for may be more than there is, of a pool or of PostgreSQL.
  const slots = slotsForPools(dbPool);
  const size = Math.min(inAll(poolServers, 'default_pool_size'), slots);
  const pinned = Math.min(size, dbPool.pinnedPerTask * running);
  const held = Math.min(size - pinned, conditions.connectionsHeld);
  const taken = pinned + held;
  const queue = Math.round(waitingClients);
  // Nobody waits for a connection that PgBouncer may still open.
  const busy = queue > 0 ? size - taken : Math.min(size - taken, Math.max(0, busyConnections - taken));
  const least = Math.min(inAll(poolServers, 'min_pool_size'), slots);
  return {
    servers: poolServers,
    clients: running * dbPool.connectionsPerTask,
    waitingClients: queue,
    waitSeconds,
    busy,
    holdSeconds: dbPool.holdSeconds * conditions.holdFactor,
    pinned,
    held: { connections: held, seconds: Math.max(0, ...since) },
    idle: Math.max(0, least - busy - taken),
    queries: flow.pool.transactionsTotal,
    maxConnections: dbPool.maxConnections,
    directConnections: dbPool.directConnections,
    down: conditions.databaseDown,
  };
}
