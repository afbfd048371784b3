import { limitsQuery, sessionsQuery } from '../../shared/pool/sessions.ts';
import { RESERVED_SLOTS } from '../world/model/database-pool.ts';
import type { DatabasePools } from '../world/model/types.ts';
import { APP_USER, databaseError, type TextRow } from './answer.ts';

/**
 * What a simulated PostgreSQL 15 answers to the two questions of the product: its limits, and everybody's sessions.
 * @throws Error as `pg` would, for anything else, and where no slot is left: who reads needs one, too
 */
export function postgresAnswer(pools: DatabasePools, database: string, sql: string): TextRow[] {
  const all = sessions(pools, database);
  if (all.length >= pools.maxConnections - RESERVED_SLOTS)
    throw databaseError(
      'remaining connection slots are reserved for non-replication superuser connections',
      '53300',
    );
  if (sql === limitsQuery)
    return [
      { name: 'max_connections', setting: `${pools.maxConnections}` },
      { name: 'superuser_reserved_connections', setting: `${RESERVED_SLOTS}` },
    ];
  if (sql === sessionsQuery) return all;
  throw databaseError('syntax error', '42601');
}

/** So many others as the options say, requests in the middle of their query, and what somebody leaves open. */
function sessions(pools: DatabasePools, database: string): TextRow[] {
  const { busy, holdSeconds, pinned, held, idle, directConnections } = pools;
  const of = (count: number, session: (index: number) => TextRow) =>
    Array.from({ length: Math.max(0, Math.round(count)) }, (_, index) => session(index));
  const all = [
    ...of(busy, (index) => api('active', (holdSeconds * (index + 0.5)) / busy)),
    ...of(pinned, () => api('idle', 60)),
    ...of(held.connections, () => ({
      ...api('idle in transaction', held.seconds),
      application_name: 'batch',
    })),
    ...of(idle, () => api('idle', 5)),
    ...of(directConnections, () => ({ ...api('idle', 600), application_name: 'jobs', usename: 'jobs' })),
  ];
  return all.map((session, index) => ({ ...session, pid: `${1001 + index}`, datname: database }));
}

const api = (state: string, seconds: number): TextRow => ({
  usename: APP_USER,
  application_name: 'api',
  state,
  backend_type: 'client backend',
  seconds: seconds.toFixed(3),
  blocked_by: '',
});
