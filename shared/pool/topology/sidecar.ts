import type { Pools } from '../login.ts';

/** How many connections PostgreSQL has. */
export interface Slots {
  maxConnections: number;
  /** Those that only superusers, or roles with pg_use_reserved_connections, may take. */
  reserved: number;
}

/** What a PgBouncer beside each task leaves room for. */
export interface SidecarBudget extends Slots {
  /** Connections that each task's PgBouncer may open: its pool and the reserve, as its file has them. */
  pool: number;
  reserve: number;
  /** Connections of others. */
  others: number;
  /** So many tasks fit. */
  tasks: number;
}

/**
 * How many tasks fit where each brings a PgBouncer with a pool of its own: with every pool and reserve at its full size
 * PostgreSQL has a slot left (invariant 22). Undefined where PgBouncer is not beside each task. Pure.
 * @param said what PostgreSQL itself says, where it could be asked; else what the configuration says counts
 */
export function sidecarBudget(pools: Pools | undefined, said?: Slots): SidecarBudget | undefined {
  if (pools?.topology !== 'sidecar') return undefined;
  const slots = said ?? pools.postgresql;
  if (!slots) return undefined;
  const { defaultPoolSize: pool, reservePoolSize: reserve } = pools.baseline;
  const { heldByOthers: others } = pools;
  const room = slots.maxConnections - slots.reserved - others - 1;
  const { maxConnections, reserved } = slots;
  return {
    maxConnections,
    reserved,
    pool,
    reserve,
    others,
    tasks: Math.max(0, Math.floor(room / (pool + reserve))),
  };
}

/** The largest pool beside each of so many tasks, as far as people may set it; undefined where none is larger. Pure. */
export function largerPool(
  { maxConnections, reserved, others, pool, reserve }: SidecarBudget,
  tasks: number,
  most: number,
): number | undefined {
  const room = maxConnections - reserved - others - 1;
  const fits = Math.min(most, Math.floor(room / Math.max(1, tasks)) - reserve);
  return fits > pool ? fits : undefined;
}
