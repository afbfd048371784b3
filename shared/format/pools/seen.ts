import type { Reading } from '../../core/reading.ts';
import { leakedSessions, longSeconds } from '../../pool/holds.ts';
import { freeSlots } from '../../pool/sessions.ts';
import type { Instance, Postgres, Seen } from '../../pool/types.ts';
import { rounded } from '../numbers.ts';
import { told } from '../unknown.ts';
import { many, wait } from './words.ts';

/** One PgBouncer: what it is, and the pools that are used. */
export function instanceLines({ name, reading }: Seen<Instance>): string[] {
  if ('unknown' in reading) return [`${name} unknown: ${told(reading.unknown).text}`];
  const { version, clients, settings, pools } = reading.value;
  return [
    `${name}, PgBouncer ${version}: ${rounded(clients)} of ${many(settings.maxClientConn, 'client')}`,
    ...pools.map((pool) => `  ${poolText(pool, reading.value)}`),
  ];
}

function poolText(pool: Instance['pools'][number], { databases, settings, averageWaits }: Instance): string {
  const size = databases.find(({ name }) => name === pool.database)?.poolSize ?? settings.defaultPoolSize;
  const longest = pool.clientsWaiting > 0 ? `, longest ${wait(pool.waitSeconds)}` : '';
  const average =
    'value' in averageWaits
      ? averageWaits.value.find(({ database }) => database === pool.database)?.seconds
      : undefined;
  const mean = average === undefined ? '' : `, mean ${rounded(average * 1000)} ms`;
  return `${pool.database}/${pool.user}: ${rounded(pool.clientsWaiting)} waiting${longest}${mean}; ${rounded(pool.serversActive)} of ${many(size, 'connection')} busy`;
}

/** PostgreSQL on the direct connection. */
export function postgresText(reading: Reading<Postgres>): string {
  if ('unknown' in reading) return `unknown: ${told(reading.unknown).text}`;
  const { maxConnections, reserved } = reading.value;
  const leaked = leakedSessions(reading.value);
  const idle =
    leaked.length > 0 ? `; ${rounded(leaked.length)} idle in transaction for over ${longSeconds} s` : '';
  return `${rounded(freeSlots(reading.value))} of ${rounded(maxConnections - reserved)} slots free${idle}`;
}
