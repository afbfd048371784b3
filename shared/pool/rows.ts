import * as v from 'valibot';
import { InvalidInputError } from '../core/errors.ts';
import { oneLine } from '../core/plain-text.ts';
import { parse } from '../core/schema.ts';
import { number, type Row, text } from './columns.ts';
import type { Database, Instance, Pool, Process, QueryCount } from './types.ts';

/**
 * The answers of PgBouncer's console, from 1.18 to 1.26: columns are taken by their names, since each version adds some in
 * the middle. A column that is missing or holds no number is a fault and never a zero. Pure.
 */

/** PgBouncer's own console is listed like a database. */
const ownConsole = 'pgbouncer';
const named = (name: string) => oneLine(name, 100);

const PoolRow = v.object({
  database: text,
  user: text,
  cl_active: number,
  cl_waiting: number,
  sv_active: number,
  sv_active_cancel: v.optional(number, 0),
  sv_being_canceled: v.optional(number, 0),
  sv_idle: number,
  sv_used: number,
  sv_tested: number,
  sv_login: number,
  maxwait: number,
  maxwait_us: number,
});

/** SHOW POOLS. `maxwait` and `maxwait_us` are one number: whole seconds, and the rest. */
export function poolsOf(rows: readonly Row[]): Pool[] {
  return parse(v.array(PoolRow), rows)
    .filter(({ database }) => database !== ownConsole)
    .map((row) => ({
      database: named(row.database),
      user: named(row.user),
      clientsActive: row.cl_active,
      clientsWaiting: row.cl_waiting,
      waitSeconds: row.maxwait + row.maxwait_us / 1e6,
      servers:
        row.sv_active +
        row.sv_active_cancel +
        row.sv_being_canceled +
        row.sv_idle +
        row.sv_used +
        row.sv_tested,
      serversActive: row.sv_active,
      serversLogin: row.sv_login,
    }));
}

const DatabaseRow = v.object({
  name: text,
  host: v.nullable(text),
  port: number,
  database: text,
  force_user: v.nullable(text),
  pool_size: number,
  /** Until 1.23, and its name since. */
  reserve_pool: v.optional(number),
  reserve_pool_size: v.optional(number),
  max_connections: number,
  current_connections: number,
  paused: number,
  disabled: number,
});

/** SHOW DATABASES. */
export function databasesOf(rows: readonly Row[]): Database[] {
  return parse(v.array(DatabaseRow), rows)
    .filter(({ name }) => name !== ownConsole)
    .map((row) => ({
      name: named(row.name),
      host: row.host,
      port: row.port,
      database: named(row.database),
      forceUser: row.force_user && named(row.force_user),
      poolSize: row.pool_size,
      reservePoolSize: reserveOf(row),
      maxConnections: row.max_connections,
      currentConnections: row.current_connections,
      paused: row.paused > 0,
      disabled: row.disabled > 0,
    }));
}

function reserveOf(row: v.InferOutput<typeof DatabaseRow>): number {
  const size = row.reserve_pool_size ?? row.reserve_pool;
  if (size === undefined) throw new InvalidInputError('reserve_pool_size: is missing');
  return size;
}

const StatsRow = v.object({ database: text, avg_wait_time: number, total_server_assignment_count: number });

/**
 * SHOW STATS: the mean wait of each database, which PgBouncer gives in microseconds. One that does not count how often it
 * gave a connection, as 1.18, divides by the time that has passed instead: that is no mean, and a fault here.
 */
export const averageWaitsOf = (rows: readonly Row[]) =>
  parse(v.array(StatsRow), rows)
    .filter(({ database }) => database !== ownConsole)
    .map((row) => ({ database: named(row.database), seconds: row.avg_wait_time / 1e6 }));

const CountRow = v.object({ database: text, total_query_count: number });

/** SHOW STATS: how many queries of each database have ended since PgBouncer started. */
export const queryCountsOf = (rows: readonly Row[]): QueryCount[] =>
  parse(v.array(CountRow), rows)
    .filter(({ database }) => database !== ownConsole)
    .map((row) => ({ database: named(row.database), queries: row.total_query_count }));

/** SHOW CONFIG: the settings that an emergency may raise. */
export function settingsOf(rows: readonly Row[]): Instance['settings'] {
  const entries = parse(v.array(v.object({ key: text, value: v.nullable(text) })), rows);
  const value = (key: string) => entries.find((entry) => entry.key === key)?.value;
  const found = {
    default_pool_size: value('default_pool_size'),
    reserve_pool_size: value('reserve_pool_size'),
    min_pool_size: value('min_pool_size'),
    max_client_conn: value('max_client_conn'),
  };
  const settings = parse(
    v.object({
      default_pool_size: number,
      reserve_pool_size: number,
      min_pool_size: number,
      max_client_conn: number,
    }),
    found,
  );
  return {
    defaultPoolSize: settings.default_pool_size,
    reservePoolSize: settings.reserve_pool_size,
    minPoolSize: settings.min_pool_size,
    maxClientConn: settings.max_client_conn,
  };
}

/** SHOW LISTS: how many clients there are beside this reader, in login or waiting among them. */
export function clientsOf(rows: readonly Row[]): number {
  const lists = parse(v.array(v.object({ list: text, items: number })), rows);
  const found = lists.find(({ list }) => list === 'used_clients');
  if (!found) throw new InvalidInputError('used_clients: is missing');
  return Math.max(0, found.items - 1);
}

/** SHOW VERSION: `PgBouncer 1.18.0`. */
function versionOf(rows: readonly Row[]): string {
  const [first] = parse(v.array(v.object({ version: text })), rows);
  if (!first) throw new InvalidInputError('version: is missing');
  return named(first.version.replace(/^PgBouncer /i, ''));
}

/** By this name PgBouncer and PostgreSQL know who reads. */
export const readerName = 'emergency-scaling';

/** So many tell a process from others. */
const tellingClients = 50;

const ClientRow = v.object({
  database: text,
  application_name: v.nullable(text),
  addr: text,
  port: number,
  local_addr: text,
  local_port: number,
  connect_time: text,
  ptr: text,
});

/** SHOW CLIENTS and SHOW CONFIG: which process it is. Those of two processes behind one port differ in peer_id alone. */
export function processOf(clients: readonly Row[], config: readonly Row[]): Process {
  const rows = parse(v.array(ClientRow), clients);
  const peer = config.find(({ key }) => key === 'peer_id')?.value ?? '0';
  const places = new Set(
    rows
      .filter(({ database, application_name: name }) => database === ownConsole && name === readerName)
      .map(({ local_addr: address, local_port: port }) => `${address} ${port} ${peer}`),
  );
  const [place, ...others] = places;
  return {
    ...(place !== undefined && others.length === 0 ? { place } : {}),
    clients: rows
      .map(({ addr, port, connect_time: since, ptr }) => `${addr} ${port} ${since} ${ptr}`)
      .sort()
      .slice(0, tellingClients),
  };
}

/** The answers of one console, by what was asked. */
export interface Answers {
  version: readonly Row[];
  pools: readonly Row[];
  databases: readonly Row[];
  config: readonly Row[];
  lists: readonly Row[];
  /** Only shown: without them the pools are still known. */
  averageWaits: Instance['averageWaits'];
  queryCounts: Instance['queryCounts'];
  process?: Process | undefined;
}

/** One PgBouncer from its answers. @throws InvalidInputError that names the column */
export const instanceOf = ({
  version,
  pools,
  databases,
  config,
  lists,
  averageWaits,
  queryCounts,
  process,
}: Answers): Instance => ({
  ...(process ? { process } : {}),
  version: versionOf(version),
  settings: settingsOf(config),
  clients: clientsOf(lists),
  pools: poolsOf(pools),
  databases: databasesOf(databases),
  averageWaits,
  queryCounts,
});
