import { describe, expect, it } from '@jest/globals';
import { cacheOf, type Info } from '../../../shared/cache/info.ts';
import { redis, valkey } from './answers.ts';

const read = (info: Info, slowlog: unknown = []) => cacheOf(info, { value: 'ok' }, { value: slowlog });
const without = (section: keyof Info, field: string): Info => ({
  ...redis,
  [section]: redis[section].replace(new RegExp(`^${field}:.*\r\n`, 'm'), ''),
});

describe.each([
  ['Redis', '7.0.15', redis],
  ['Valkey', '9.1.0', valkey],
] as const)('INFO of %s %s', (software, version, info) => {
  it('is read by the names of its fields', () => {
    expect(read(info)).toEqual({
      ...{ software, version, ping: { value: 'ok' }, loading: false, cluster: false, keys: 12, expiring: 4 },
      memory: { used: 940_432, counted: 940_000, limit: 3_145_728, policy: 'noeviction' },
      clients: { connected: 3, limit: { value: 10_000 } },
      counters: { evicted: 7, hits: 90, misses: 10, rejected: 2, outOfMemory: { value: 5 } },
      slow: { value: [] },
    });
  });
});

it.each([
  ['server', 'redis_version'],
  ['memory', 'used_memory'],
  ['memory', 'maxmemory'],
  ['memory', 'maxmemory_policy'],
  ['stats', 'evicted_keys'],
  ['stats', 'keyspace_hits'],
  ['stats', 'keyspace_misses'],
  ['stats', 'rejected_connections'],
  ['clients', 'connected_clients'],
  ['replication', 'role'],
  ['persistence', 'loading'],
] as const)('no cache without %s %s, instead of one with zero', (section, field) => {
  expect(() => read(without(section, field))).toThrow(`${field}: is missing`);
});

it.each(['', '-1', 'many', '1.5', '99999999999999999'])('%j is no number', (value) => {
  const memory = redis.memory.replace('used_memory:940432', `used_memory:${value}`);
  expect(() => read({ ...redis, memory })).toThrow('used_memory: must be a number');
});

it('an error that has not come yet is zero, and errors that are not counted are unknown', () => {
  const none = read({ ...redis, errorstats: '# Errorstats\r\n' });
  expect(none.counters.outOfMemory).toEqual({ value: 0 });
  const old = read({ ...redis, errorstats: '' });
  expect(old.counters.outOfMemory).toMatchObject({ unknown: { detail: 'errorstats: is missing' } });
  expect(read(without('clients', 'maxclients')).clients.limit).toMatchObject({ unknown: {} });
});

it('an empty database has no keys, and a missing section is no empty one', () => {
  expect(read({ ...redis, keyspace: '# Keyspace\r\n' })).toMatchObject({ keys: 0, expiring: 0 });
  expect(() => read({ ...redis, keyspace: '' })).toThrow('keyspace: is missing');
});

it('a replica names where writes go, unless it takes them itself', () => {
  const replica = 'role:slave\r\nmaster_host:10.0.0.1\r\nmaster_port:6379\r\n';
  const replicaOf = { host: '10.0.0.1', port: 6379 };
  expect(read({ ...redis, replication: replica })).toMatchObject({ replicaOf });
  expect(read({ ...redis, replication: `${replica}slave_read_only:0\r\n` })).not.toHaveProperty('replicaOf');
});

it('while it loads, with what is left where it says so', () => {
  const loading = '# Persistence\r\nloading:1\r\n';
  expect(read({ ...redis, persistence: loading }).loading).toEqual({});
  const left = `${loading}loading_eta_seconds:12\r\n`;
  expect(read({ ...redis, persistence: left }).loading).toEqual({ secondsLeft: 12 });
});

it('slow commands have a name and an age, and never their arguments', () => {
  const entry = [3, 1_796_033_670, 250_000, ['keys', 'session:*'], '10.0.0.9:5000', ''];
  expect(read(redis, [entry]).slow).toEqual({
    value: [{ command: 'KEYS', milliseconds: 250, secondsAgo: 6 }],
  });
  for (const odd of [[['x']], 'none', [[1, 2, 3, 'keys']]])
    expect(read(redis, odd).slow).toMatchObject({ unknown: { cause: 'malformed' } });
  expect(read(without('server', 'server_time_usec'), [entry]).slow).toMatchObject({ unknown: {} });
});

it('a node of a cluster is one', () => {
  const server = redis.server.replace('standalone', 'cluster');
  expect(read({ ...redis, server }).cluster).toBe(true);
});
