import { postgresPort } from '../config/servers/address.ts';
import type { Reading } from '../core/reading.ts';
import { faultOf } from './faults.ts';
import { loggedIn, type Pools, type Tools } from './login.ts';
import { activeSessions, hiddenSessions, limitsQuery, postgresOf, sessionsQuery } from './sessions.ts';
import type { Postgres } from './types.ts';

/** PostgreSQL on the direct connection, where one is configured. */
export async function readPostgres(
  { database }: Omit<Pools, 'instances'>,
  tools: Tools,
): Promise<Reading<Postgres>> {
  if (!database) return { unknown: { cause: 'not-configured', lacks: 'database' } };
  const { host, port = postgresPort, name, secret, serverName, tls } = database;
  const target = { host, port, serverName, database: name, tls: tls !== 'none' };
  const rows = await loggedIn(secret, target, tools, async (ask) => ({
    limits: await ask(limitsQuery),
    sessions: await ask(sessionsQuery),
  }));
  if ('unknown' in rows) return rows;
  try {
    const hidden = hiddenSessions(rows.value.sessions);
    if (hidden > 0) return { unknown: { cause: 'hidden', sessions: hidden } };
    return { value: postgresOf(rows.value.limits, rows.value.sessions) };
  } catch (error) {
    return { unknown: faultOf(error, '') };
  }
}

/** How many sessions of PostgreSQL are active; unknown where it could not be read, or has no slot left. */
export async function readLoad(pools: Pools | undefined, tools: Tools): Promise<Reading<number>> {
  if (!pools) return { unknown: { cause: 'not-configured', lacks: 'database' } };
  const postgres = await readPostgres(pools, tools);
  return 'unknown' in postgres ? postgres : { value: activeSessions(postgres.value) };
}
