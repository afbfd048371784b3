import type { ServiceState } from '../model/state.ts';
import { conditionsAt, isActive } from '../model/troubles.ts';
import type { DatabasePools } from '../model/types.ts';

/** What PgBouncer and PostgreSQL would say of themselves now. */
export function databasePools(state: ServiceState): DatabasePools {
  const { settings, poolServers, flow, tasks, time, start } = state;
  const { dbPool, troubles } = settings;
  const seconds = (time - start) / 1000;
  const conditions = conditionsAt(troubles, seconds);
  const running = tasks.filter(({ lastStatus }) => lastStatus === 'RUNNING').length;
  const since = troubles
    .filter((trouble) => trouble.kind === 'connections-held' && isActive(trouble, seconds))
    .map(({ from }) => seconds - from);
  const pinned = dbPool.pinnedPerTask * running;
  const { busyConnections, waitingClients, waitSeconds } = flow.pool;
  return {
    servers: poolServers,
    clients: running * dbPool.connectionsPerTask,
    waitingClients: Math.round(waitingClients),
    waitSeconds,
    busy: Math.max(0, busyConnections - pinned - conditions.connectionsHeld),
    holdSeconds: dbPool.holdSeconds * conditions.holdFactor,
    pinned,
    held: { connections: conditions.connectionsHeld, seconds: Math.max(0, ...since) },
    maxConnections: dbPool.maxConnections,
    directConnections: dbPool.directConnections,
    down: conditions.databaseDown,
  };
}
