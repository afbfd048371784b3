import type { Reading } from '../core/reading.ts';

/** A pool of one PgBouncer: the server connections of one database and user. Source: PgBouncer, SHOW POOLS. */
export interface Pool {
  database: string;
  user: string;
  clientsActive: number;
  clientsWaiting: number;
  /** How long the oldest of them has waited by now. */
  waitSeconds: number;
  /** Connections to PostgreSQL that are up, whatever they do. */
  servers: number;
  serversActive: number;
  /** Connections that PostgreSQL has not let in yet. */
  serversLogin: number;
}

/** A database as one PgBouncer knows it. Source: PgBouncer, SHOW DATABASES. */
export interface Database {
  name: string;
  /** Where PostgreSQL is; null where it is reached by a socket. */
  host: string | null;
  port: number;
  /** Its name in PostgreSQL, and the user that PgBouncer takes there whoever asks. */
  database: string;
  forceUser: string | null;
  poolSize: number;
  reservePoolSize: number;
  /** Most server connections of all of its pools together; 0 where nothing limits them. */
  maxConnections: number;
  currentConnections: number;
  paused: boolean;
  disabled: boolean;
}

/** How many queries of a database have ended since its PgBouncer started. Source: PgBouncer, SHOW STATS. */
export interface QueryCount {
  database: string;
  queries: number;
}

/** What tells one PgBouncer process from others, whatever the address is by which it was asked. */
export interface Process {
  /** Where it took this reader's connection, with its peer_id; absent where that is not plain. */
  place?: string;
  /** Some of its clients, each by what no other process has. */
  clients: readonly string[];
}

/** What one PgBouncer process says of itself. */
export interface Instance {
  /** Absent where it does not say. */
  process?: Process;
  version: string;
  settings: {
    defaultPoolSize: number;
    reservePoolSize: number;
    /** Connections that a pool keeps open while it has a client, within its size. */
    minPoolSize: number;
    maxClientConn: number;
  };
  /** Clients of any kind, without this reader. */
  clients: number;
  /** Without those of its own console. */
  pools: readonly Pool[];
  databases: readonly Database[];
  /** Mean wait per database over the last period of PgBouncer's statistics (60 s by default): slow and diluted. */
  averageWaits: Reading<readonly { database: string; seconds: number }[]>;
  queryCounts: Reading<readonly QueryCount[]>;
}

/** One PgBouncer process: its address, and what was read. */
export interface Seen<T> {
  name: string;
  reading: Reading<T>;
}

/** A client connection in PostgreSQL. Source: PostgreSQL, pg_stat_activity; its query is never read. */
export interface Session {
  pid: number;
  database: string;
  user: string;
  application: string;
  state: string;
  /** For how long it has been in this state: that of a query, or of having none in an open transaction. */
  seconds: number;
  /** Processes whose locks it waits for. */
  blockedBy: readonly number[];
}

/** What PostgreSQL says on a direct connection, without that connection itself. */
export interface Postgres {
  maxConnections: number;
  /** Slots that only superusers, or roles with pg_use_reserved_connections, may take. */
  reserved: number;
  connections: number;
  sessions: readonly Session[];
}
