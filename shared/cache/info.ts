import { InvalidInputError } from '../core/errors.ts';
import { oneLine } from '../core/plain-text.ts';
import type { Reading } from '../core/reading.ts';
import type { Cache, Counters, SlowCommand } from './types.ts';

/**
 * The answer to INFO, of Redis 6.2 to 7 and Valkey: fields are taken by their names, since each version adds some. A field
 * that is missing or holds no number is a fault and never a zero. Pure.
 */

/** A section is a text of its own: Redis before 7 takes one at a time. */
export const nothing = {
  ...{ server: '', memory: '', stats: '', clients: '' },
  ...{ errorstats: '', keyspace: '', replication: '', persistence: '' },
};

/** The text of each section. */
export type Info = typeof nothing;

/** The sections that are asked for. */
export const sections = Object.keys(nothing) as (keyof Info)[];

type Fields = ReadonlyMap<string, string>;

const fieldsOf = (text: string): Fields =>
  new Map(
    text.split(/\r?\n/).flatMap((line) => {
      const colon = line.indexOf(':');
      return colon === -1 ? [] : [[line.slice(0, colon), line.slice(colon + 1)] as const];
    }),
  );

function textOf(fields: Fields, name: string): string {
  const value = fields.get(name);
  if (value === undefined) throw new InvalidInputError(`${name}: is missing`);
  return oneLine(value, 100);
}

/** A whole number of 0 or more. */
function numberOf(fields: Fields, name: string): number {
  const text = textOf(fields, name);
  if (!/^\d{1,16}$/.test(text))
    throw new InvalidInputError(`${name}: must be a number, is ${oneLine(text, 40)}`);
  return Number(text);
}

const ifThere = (fields: Fields, name: string): number | undefined =>
  fields.has(name) ? numberOf(fields, name) : undefined;

const missing = (detail: string): Reading<never> => ({
  unknown: { cause: 'malformed', problem: 'other-format', detail },
});

/** `db0:keys=3,expires=1,avg_ttl=0`, or `errorstat_OOM:count=2`. */
function within(fields: Fields, name: string, key: string): number {
  const parts = new Map(
    textOf(fields, name)
      .split(',')
      .map((part) => part.split('=') as [string, string]),
  );
  return numberOf(parts, key);
}

/** An error that has not come yet is not listed, in a section that has its title. */
function outOfMemoryOf(text: string): Reading<number> {
  if (!text.startsWith('# Errorstats')) return missing('errorstats: is missing');
  const fields = fieldsOf(text);
  return { value: fields.has('errorstat_OOM') ? within(fields, 'errorstat_OOM', 'count') : 0 };
}

function countersOf(info: Info): Counters {
  const stats = fieldsOf(info.stats);
  return {
    evicted: numberOf(stats, 'evicted_keys'),
    hits: numberOf(stats, 'keyspace_hits'),
    misses: numberOf(stats, 'keyspace_misses'),
    rejected: numberOf(stats, 'rejected_connections'),
    outOfMemory: outOfMemoryOf(info.errorstats),
  };
}

function loadingOf(persistence: Fields): Cache['loading'] {
  if (numberOf(persistence, 'loading') === 0) return false;
  const secondsLeft = ifThere(persistence, 'loading_eta_seconds');
  return secondsLeft === undefined ? {} : { secondsLeft };
}

/** Where writes go, of a replica; one that takes writes itself is none here. */
function replicaOf(replication: Fields): Pick<Cache, 'replicaOf'> {
  if (textOf(replication, 'role') !== 'slave' || ifThere(replication, 'slave_read_only') === 0) return {};
  return {
    replicaOf: { host: textOf(replication, 'master_host'), port: numberOf(replication, 'master_port') },
  };
}

function keysOf(text: string): Pick<Cache, 'keys' | 'expiring'> {
  if (!text.startsWith('# Keyspace')) throw new InvalidInputError('keyspace: is missing');
  const fields = fieldsOf(text);
  const sum = (key: string) =>
    [...fields.keys()]
      .filter((name) => /^db\d+$/.test(name))
      .reduce((total, name) => total + within(fields, name, key), 0);
  return { keys: sum('keys'), expiring: sum('expires') };
}

/** The section `memory` of INFO. @throws InvalidInputError that names the field */
export function memoryOf(text: string): Cache['memory'] {
  const memory = fieldsOf(text);
  const used = numberOf(memory, 'used_memory');
  return {
    used,
    counted: Math.max(0, used - (ifThere(memory, 'mem_not_counted_for_evict') ?? 0)),
    limit: numberOf(memory, 'maxmemory'),
    policy: textOf(memory, 'maxmemory_policy'),
  };
}

/** One cache from its answers; the slow commands are of `SLOWLOG GET`. @throws InvalidInputError that names the field */
export function cacheOf(info: Info, ping: Cache['ping'], slowlog: Reading<unknown>): Cache {
  const server = fieldsOf(info.server);
  const clients = fieldsOf(info.clients);
  const isValkey = server.has('valkey_version');
  const limit = ifThere(clients, 'maxclients');
  return {
    software: isValkey ? 'Valkey' : 'Redis',
    cluster: server.get('redis_mode') === 'cluster' || server.get('server_mode') === 'cluster',
    version: textOf(server, isValkey ? 'valkey_version' : 'redis_version'),
    ping,
    loading: loadingOf(fieldsOf(info.persistence)),
    ...replicaOf(fieldsOf(info.replication)),
    // Listed only where it asks for some.
    lacksReplicas: ifThere(fieldsOf(info.replication), 'min_slaves_good_slaves') === 0,
    memory: memoryOf(info.memory),
    clients: {
      connected: numberOf(clients, 'connected_clients'),
      limit: limit === undefined ? missing('maxclients: is missing') : { value: limit },
    },
    ...keysOf(info.keyspace),
    counters: countersOf(info),
    slow: 'unknown' in slowlog ? slowlog : slowOf(slowlog.value, server),
  };
}

const isCount = (value: unknown): value is number =>
  typeof value === 'number' && value >= 0 && value <= Number.MAX_SAFE_INTEGER;

/** SLOWLOG GET: number, Unix time, microseconds and the command with its arguments, and more since 4.0. */
function slowOf(entries: unknown, server: Fields): Reading<readonly SlowCommand[]> {
  const now = ifThere(server, 'server_time_usec');
  if (now === undefined) return missing('server_time_usec: is missing');
  if (!Array.isArray(entries)) return missing('SLOWLOG: is no list');
  const slow: SlowCommand[] = [];
  for (const entry of entries) {
    const [, at, microseconds, command] = Array.isArray(entry) ? entry : [];
    if (!isCount(at) || !isCount(microseconds) || !Array.isArray(command))
      return missing('SLOWLOG: an entry of another form');
    const name = oneLine(String(command[0] ?? ''), 40).toUpperCase();
    const secondsAgo = Math.max(0, Math.round(now / 1e6 - at));
    slow.push({ command: name, milliseconds: microseconds / 1000, secondsAgo });
  }
  return { value: slow };
}
