import * as v from 'valibot';
import { InvalidInputError } from '../core/errors.ts';
import { oneLine } from '../core/plain-text.ts';
import type { Reading } from '../core/reading.ts';
import { parse } from '../core/schema.ts';
import { number, type Row, text } from './columns.ts';
import type { Postgres, Session } from './types.ts';

/** What is asked of PostgreSQL, in text and without a value of ours in it. */

/** `reserved_connections` is there from PostgreSQL 16 on. */
export const limitsQuery = `SELECT name, setting FROM pg_catalog.pg_settings
WHERE name IN ('max_connections', 'superuser_reserved_connections', 'reserved_connections')`;

/** Everybody's connections, without their queries, which may hold data of people. */
export const sessionsQuery = `SELECT pid, datname, usename, application_name, state, backend_type,
  CASE WHEN state IS NULL THEN NULL
    WHEN state = 'active' THEN greatest(0, extract(epoch FROM clock_timestamp() - query_start))
    ELSE greatest(0, extract(epoch FROM clock_timestamp() - state_change)) END::numeric(20, 3)::text AS seconds,
  CASE WHEN wait_event_type = 'Lock'
    THEN array_to_string(pg_catalog.pg_blocking_pids(pid), ',') ELSE '' END AS blocked_by
FROM pg_catalog.pg_stat_activity
WHERE (backend_type = 'client backend' OR (backend_type IS NULL AND datid IS NOT NULL))
  AND pid <> pg_catalog.pg_backend_pid()`;

const SessionRow = v.object({
  pid: number,
  datname: v.nullable(text),
  usename: v.nullable(text),
  application_name: v.nullable(text),
  state: v.nullable(text),
  seconds: v.nullable(number),
  blocked_by: v.nullable(text),
});
type SessionRow = v.InferOutput<typeof SessionRow>;

/** How many sessions this role may not look into: PostgreSQL empties their columns for whoever lacks pg_monitor. */
export const hiddenSessions = (rows: readonly Row[]): number =>
  parse(v.array(v.object({ backend_type: v.nullable(text) })), rows).filter(
    ({ backend_type: kind }) => kind === null,
  ).length;

/** The limits and sessions of PostgreSQL. Pure. @throws InvalidInputError that names the column */
export function postgresOf(limits: readonly Row[], rows: readonly Row[]): Postgres {
  const settings = parse(v.array(v.object({ name: text, setting: number })), limits);
  const setting = (name: string) => settings.find((one) => one.name === name)?.setting;
  const required = (name: string) => {
    const value = setting(name);
    if (value === undefined) throw new InvalidInputError(`${name}: is missing`);
    return value;
  };
  const sessions = parse(v.array(SessionRow), rows);
  return {
    maxConnections: required('max_connections'),
    reserved: required('superuser_reserved_connections') + (setting('reserved_connections') ?? 0),
    connections: sessions.length,
    sessions: sessions.map(sessionOf),
  };
}

const sessionOf = (row: SessionRow): Session => ({
  pid: row.pid,
  database: oneLine(row.datname ?? '', 100),
  user: oneLine(row.usename ?? '', 100),
  application: oneLine(row.application_name ?? '', 100),
  state: oneLine(row.state ?? '', 100),
  seconds: row.seconds ?? 0,
  blockedBy: (row.blocked_by ?? '').split(',').filter(Boolean).map(Number),
});

/** Whether PostgreSQL lets nobody in any more, by its slots or because it said so. Pure. */
export const isFull = (postgres: Reading<Postgres>): boolean =>
  'value' in postgres ? freeSlots(postgres.value) === 0 : postgres.unknown.cause === 'full';

/** How many sessions work on a statement right now: what AWS calls the load of a database. */
export const activeSessions = ({ sessions }: Postgres): number =>
  sessions.filter(({ state }) => state === 'active').length;

/** Connections that anybody may still make; below zero none. */
export const freeSlots = ({ maxConnections, reserved, connections }: Postgres): number =>
  Math.max(0, maxConnections - reserved - connections);
