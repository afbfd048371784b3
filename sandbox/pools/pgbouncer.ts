import type { PoolServer, PoolSizes } from '../world/model/database-pool.ts';
import type { DatabasePools } from '../world/model/types.ts';
import { APP_USER, databaseError, type TextRow } from './answer.ts';

/** What is true of one PgBouncer, as its console says it: its share of what goes on, and who asks. */
export interface Console {
  server: PoolServer;
  /** How many PgBouncers share the clients. */
  of: number;
  pools: DatabasePools;
  /** Where PostgreSQL is, and its database. */
  database: { host: string; port: number; name: string };
  /** Whether the user is in admin_users; else in stats_users. */
  isAdmin: boolean;
  set(setting: keyof PoolSizes, value: number): void;
}

/** The version whose columns the console has. */
const VERSION = 'PgBouncer 1.26.1';

const SHOWN = {
  VERSION: () => [{ version: VERSION }],
  POOLS: poolRows,
  DATABASES: databaseRows,
  CONFIG: configRows,
  LISTS: listRows,
  STATS: statRows,
} satisfies Record<string, (console: Console) => TextRow[]>;

const isShown = (name: string): name is keyof typeof SHOWN => Object.hasOwn(SHOWN, name);

/**
 * What a simulated PgBouncer answers: the SHOW commands that the product reads, and SET. Values are text, as `pg` gives them
 * where nothing parses them. Source: PgBouncer, Admin console; columns as recorded of 1.26.
 * @throws Error as `pg` would, with what PgBouncer says
 */
export function answerOf(console: Console, sql: string): TextRow[] {
  const statement = sql.trim().replace(/;$/, '');
  const shown = /^SHOW (\w+)$/i.exec(statement)?.[1]?.toUpperCase();
  if (shown && isShown(shown)) return SHOWN[shown](console);
  const [, setting = '', value = ''] = /^SET (\w+) *= *'?(-?\w+)'?$/i.exec(statement) ?? [];
  if (!setting || value.startsWith('-'))
    throw databaseError(`invalid command '${statement}', use SHOW HELP;`, '08P01');
  if (!console.isAdmin) throw databaseError('admin access needed', '08P01');
  if (isFixed(setting)) return [];
  if (!isSize(setting, console.server.settings) || !/^\d+$/.test(value))
    throw databaseError('SET failed', '08P01');
  console.set(setting, Number(value));
  return [];
}

/** A setting that cannot change at run time answers SET, and keeps its value. */
const FIXED = { listen_port: '6432', unix_socket_dir: '/tmp' } as const;
const isFixed = (name: string): boolean => Object.hasOwn(FIXED, name);
const isSize = (name: string, settings: PoolSizes): name is keyof PoolSizes => Object.hasOwn(settings, name);

/** This PgBouncer's part of a count of all. */
const share = ({ of }: Console, count: number): number => Math.round(count / of);

/** Server connections of this PgBouncer: in use, and kept although nobody uses them. */
function serverConnections(console: Console) {
  const { busy, pinned, held, idle } = console.pools;
  return { active: share(console, busy + pinned + held.connections), idle: share(console, idle) };
}

function poolRows(console: Console): TextRow[] {
  const { pools, server } = console;
  const { active, idle } = serverConnections(console);
  const waiting = share(console, pools.waitingClients);
  const waitSeconds = waiting > 0 ? pools.waitSeconds : 0;
  const isRefused = waiting > 0 && active + idle < server.settings.default_pool_size;
  const row = (database: string, counts: Record<string, number>): TextRow =>
    texts({
      database,
      user: database === OWN ? OWN : APP_USER,
      cl_active: 0,
      cl_waiting: 0,
      cl_active_cancel_req: 0,
      cl_waiting_cancel_req: 0,
      sv_active: 0,
      sv_active_cancel: 0,
      sv_being_canceled: 0,
      sv_idle: 0,
      sv_used: 0,
      sv_tested: 0,
      sv_login: 0,
      maxwait: 0,
      maxwait_us: 0,
      pool_mode: database === OWN ? 'statement' : 'transaction',
      load_balance_hosts: null,
      ...counts,
    });
  return [
    row(console.database.name, {
      cl_active: Math.max(0, clientsOf(console) - waiting),
      cl_waiting: waiting,
      sv_active: active,
      sv_idle: idle,
      sv_login: isRefused ? 1 : 0,
      maxwait: Math.floor(waitSeconds),
      maxwait_us: Math.round((waitSeconds % 1) * 1e6),
    }),
    row(OWN, { cl_active: 1 }),
  ];
}

/** PgBouncer lists its own console like a database. */
const OWN = 'pgbouncer';

/** Those that are let in. */
const clientsOf = (console: Console): number =>
  Math.min(console.server.settings.max_client_conn, share(console, console.pools.clients));

function databaseRows(console: Console): TextRow[] {
  const { database, server } = console;
  const { active, idle } = serverConnections(console);
  const row = (own: Record<string, string | number | null>): TextRow =>
    texts({
      name: OWN,
      host: null,
      port: FIXED.listen_port,
      database: OWN,
      force_user: OWN,
      pool_size: 2,
      min_pool_size: 0,
      reserve_pool_size: 0,
      server_lifetime: 3600,
      pool_mode: null,
      load_balance_hosts: null,
      max_connections: 0,
      current_connections: 0,
      max_client_connections: 0,
      current_client_connections: 1,
      paused: 0,
      disabled: 0,
      ...own,
    });
  return [
    row({
      name: database.name,
      host: database.host,
      port: database.port,
      database: database.name,
      force_user: null,
      pool_size: server.settings.default_pool_size,
      min_pool_size: server.settings.min_pool_size,
      reserve_pool_size: server.settings.reserve_pool_size,
      current_connections: active + idle,
      current_client_connections: clientsOf(console),
    }),
    row({ pool_mode: 'statement' }),
  ];
}

function configRows({ server }: Console): TextRow[] {
  const file: Record<string, number> = server.file;
  const sizes = Object.entries(server.settings).map(([key, value]) =>
    texts({ key, value, default: file[key] ?? value, changeable: 'yes' }),
  );
  const fixed = Object.entries(FIXED).map(([key, value]) =>
    texts({ key, value, default: value, changeable: 'no' }),
  );
  return [...sizes, ...fixed];
}

function listRows(console: Console): TextRow[] {
  const { active, idle } = serverConnections(console);
  const lists = {
    databases: 2,
    users: 2,
    pools: 2,
    // The reader is one of them.
    used_clients: clientsOf(console) + 1,
    used_servers: active,
    free_servers: idle,
  };
  return Object.entries(lists).map(([list, items]) => texts({ list, items }));
}

function statRows(console: Console): TextRow[] {
  const { holdSeconds, waitSeconds, waitingClients, busy, queries } = console.pools;
  const perSecond = Math.round(share(console, busy) / Math.max(0.001, holdSeconds));
  const microseconds = Math.round(holdSeconds * 1e6);
  const waited = waitingClients > 0 ? Math.round(waitSeconds * 1e6) : 0;
  const row = (database: string, means: Record<string, number>): TextRow =>
    texts({
      database,
      ...zeros('server_assignment_count,xact_count,query_count,received,sent', 'total'),
      ...zeros('xact_time,query_time,wait_time,client_parse_count,server_parse_count,bind_count', 'total'),
      ...zeros('client_login_count', 'total'),
      ...zeros('server_assignment_count,xact_count,query_count,recv,sent', 'avg'),
      ...zeros('xact_time,query_time,wait_time,client_parse_count,server_parse_count,bind_count', 'avg'),
      ...zeros('client_login_count', 'avg'),
      ...means,
    });
  return [
    row(console.database.name, {
      avg_xact_count: perSecond,
      avg_query_count: perSecond,
      // As in a real one, a query begins when its client asks, so that its time holds the wait for a connection.
      avg_xact_time: microseconds + waited,
      avg_query_time: microseconds + waited,
      avg_wait_time: waited,
      total_xact_count: share(console, queries),
      total_query_count: share(console, queries),
    }),
    row(OWN, {}),
  ];
}

const zeros = (names: string, prefix: string) =>
  Object.fromEntries(names.split(',').map((name) => [`${prefix}_${name}`, 0]));

const texts = (row: Record<string, string | number | null>): TextRow =>
  Object.fromEntries(Object.entries(row).map(([name, value]) => [name, value === null ? null : `${value}`]));
