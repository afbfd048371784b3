import { postgresPort } from '../config/servers/address.ts';
import type { Reading } from '../core/reading.ts';
import type { AskDatabase } from '../lambda/context.ts';
import { faultOf } from './faults.ts';
import { consolesOf, loggedIn, type Pools, type Tools } from './login.ts';
import { averageWaitsOf, instanceOf, queryCountsOf } from './rows.ts';
import { hiddenSessions, limitsQuery, postgresOf, sessionsQuery } from './sessions.ts';
import type { PlacedPools } from './topology/places.ts';
import type { Instance, Postgres, Seen } from './types.ts';

/** Every PgBouncer of the configuration, each by itself and all at once; what cannot be read is unknown with its cause. */
export async function readInstances(pools: PlacedPools, tools: Tools): Promise<Seen<Instance>[]> {
  const { statsSecret = '', unplaced = [] } = pools;
  const asked = await Promise.all(
    consolesOf(pools).map(async ({ name, target }) => ({
      name,
      reading: await loggedIn(statsSecret, target, tools, instanceBy),
    })),
  );
  return [...asked, ...unplaced];
}

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
  return understood(() => {
    const hidden = hiddenSessions(rows.value.sessions);
    if (hidden > 0) return { unknown: { cause: 'hidden', sessions: hidden } };
    return { value: postgresOf(rows.value.limits, rows.value.sessions) };
  });
}

function understood<T>(read: () => Reading<T>): Reading<T> {
  try {
    return read();
  } catch (error) {
    return { unknown: faultOf(error, '') };
  }
}

async function instanceBy(ask: AskDatabase): Promise<Instance> {
  // One after the other: the console answers one at a time.
  const version = await ask('SHOW VERSION');
  const pools = await ask('SHOW POOLS');
  const databases = await ask('SHOW DATABASES');
  const config = await ask('SHOW CONFIG');
  const lists = await ask('SHOW LISTS');
  const stats = await ask('SHOW STATS');
  const averageWaits = understood(() => ({ value: averageWaitsOf(stats) }));
  const queryCounts = understood(() => ({ value: queryCountsOf(stats) }));
  return instanceOf({ version, pools, databases, config, lists, averageWaits, queryCounts });
}
