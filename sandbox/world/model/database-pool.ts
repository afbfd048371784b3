/** PgBouncer in transaction mode, in front of the database. */
export interface DatabasePool {
  /** PgBouncer processes; the sizes are those of each. */
  servers: number;
  /** One stands beside each running task of the service itself. */
  sidecar?: boolean;
  /** The ECS service whose tasks they are; without it they have addresses that stay. */
  service?: { cluster: string; name: string };
  /** Server connections to the database (DEFAULT_POOL_SIZE, runbook "PgBouncer Emergency Adjustments"). */
  poolSize: number;
  /** MIN_POOL_SIZE and RESERVE_POOL_SIZE: shown by the console; traffic does not feel them. */
  minPoolSize: number;
  reservePoolSize: number;
  /** MAX_CLIENT_CONN; clients beyond it are refused. */
  maxClientConnections: number;
  /** PostgreSQL's max_connections, and how many of them others take past PgBouncer. */
  maxConnections: number;
  directConnections: number;
  /** Client connections in the application pool of each task. */
  connectionsPerTask: number;
  /** Server connections that each running task keeps for itself (advisory locks, LISTEN). */
  pinnedPerTask: number;
  /** How long one request holds a server connection. */
  holdSeconds: number;
}

export const DEFAULT_POOL: DatabasePool = {
  servers: 1,
  poolSize: 100,
  minPoolSize: 20,
  reservePoolSize: 30,
  maxClientConnections: 1000,
  maxConnections: 600,
  directConnections: 12,
  connectionsPerTask: 10,
  pinnedPerTask: 2,
  holdSeconds: 0.04,
};

/** The sizes of one PgBouncer, by the names of its settings. */
export type PoolSizes = Record<
  'default_pool_size' | 'min_pool_size' | 'reserve_pool_size' | 'max_client_conn',
  number
>;

/** One PgBouncer process: what its file says, and what holds since somebody's SET. */
export interface PoolServer {
  /** Which it is of all that there have been. */
  readonly number: number;
  readonly file: Readonly<PoolSizes>;
  settings: PoolSizes;
}

/** Slots of PostgreSQL that only superusers may take. */
export const RESERVED_SLOTS = 3;

/** As many as the options say, each as its file says. */
export const createPoolServers = (pool: DatabasePool): PoolServer[] =>
  Array.from({ length: pool.servers }, (_, number) => createPoolServer(pool, number));

function createPoolServer(pool: DatabasePool, number: number): PoolServer {
  const file: PoolSizes = {
    default_pool_size: pool.poolSize,
    min_pool_size: pool.minPoolSize,
    reserve_pool_size: pool.reservePoolSize,
    max_client_conn: pool.maxClientConnections,
  };
  return { number, file, settings: { ...file } };
}

/** A task of an ECS service that comes after all others: as its file says, at an address of its own. */
export const nextPoolServer = (pool: DatabasePool, servers: readonly PoolServer[]): PoolServer =>
  createPoolServer(pool, Math.max(-1, ...servers.map(({ number }) => number)) + 1);

/** As many as tasks run: each begins as its file says. */
export function standBeside(pool: DatabasePool, servers: PoolServer[], running: number): void {
  while (servers.length < running) servers.push(nextPoolServer(pool, servers));
  servers.length = Math.min(servers.length, running);
}

/** The private address of a task. */
export const addressOfServer = ({ number }: PoolServer): string => `10.0.1.${5 + number}`;

/** A setting of all PgBouncers together. */
export const inAll = (servers: readonly PoolServer[], setting: keyof PoolSizes): number =>
  servers.reduce((sum, { settings }) => sum + settings[setting], 0);

/** Connections that PostgreSQL has for the pools, whatever their sizes are. */
export const slotsForPools = ({ maxConnections, directConnections }: DatabasePool): number =>
  Math.max(0, maxConnections - RESERVED_SLOTS - directConnections);
