import { describe, expect, it } from '@jest/globals';
import { cacheOf, type Info } from '../../../shared/cache/info.ts';
import { redis, valkey } from './answers.ts';

const read = (info: Info, slowlog: unknown = []) => cacheOf(info, { value: 'ok' }, { value: slowlog });
const malformed = (detail: string) => ({ unknown: { cause: 'malformed', problem: 'other-format', detail } });
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
      ...{
        software,
        version,
        ping: { value: 'ok' },
        loading: false,
        cluster: false,
        lacksReplicas: false,
        keys: 12,
        expiring: 4,
      },
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
  expect(old.counters.outOfMemory).toEqual(malformed('errorstats: is missing'));
  expect(read(without('clients', 'maxclients')).clients.limit).toEqual(malformed('maxclients: is missing'));
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
  expect(read({ ...redis, persistence: loading }).loading).toStrictEqual({});
  const left = `${loading}loading_eta_seconds:12\r\n`;
  expect(read({ ...redis, persistence: left }).loading).toEqual({ secondsLeft: 12 });
});

it('slow commands have a name and an age, and never their arguments', () => {
  const entry = [3, 1_796_033_670, 250_000, ['keys', 'session:*'], '10.0.0.9:5000', ''];
  expect(read(redis, [entry]).slow).toEqual({
    value: [{ command: 'KEYS', milliseconds: 250, secondsAgo: 6 }],
  });
});

it.each<[unknown, string]>([
  ['none', 'SLOWLOG: is no list'],
  [3, 'SLOWLOG: is no list'],
  [['entry'], 'SLOWLOG: an entry of another form'],
  [[[1, '1796033670', 3, ['keys']]], 'SLOWLOG: an entry of another form'],
  [[[1, 1_796_033_670, '3', ['keys']]], 'SLOWLOG: an entry of another form'],
  [[[1, 1_796_033_670, 3, 'keys']], 'SLOWLOG: an entry of another form'],
])('slow commands are unknown from %j', (slowlog, detail) => {
  expect(read(redis, slowlog).slow).toEqual(malformed(detail));
});

it('slow commands have no age without the time of the server, and keep the cause why they were not given', () => {
  const undated = read(without('server', 'server_time_usec')).slow;
  expect(undated).toEqual(malformed('server_time_usec: is missing'));
  const slowlog = { unknown: { cause: 'late' } } as const;
  expect(cacheOf(redis, { value: 'ok' }, slowlog).slow).toBe(slowlog);
});

it('a slow command without words has no name, and one of a moment ahead is of now', () => {
  const ahead = [4, 1_796_033_999, 120_000, []];
  expect(read(redis, [ahead]).slow).toEqual({ value: [{ command: '', milliseconds: 120, secondsAgo: 0 }] });
});

it.each(['redis_mode', 'server_mode'])('a node of a cluster is one, by its %s', (field) => {
  const server = redis.server.replace('redis_mode:standalone', `${field}:cluster`);
  expect(read({ ...redis, server }).cluster).toBe(true);
});

it('lines may end without a carriage return, and one without a colon is no field', () => {
  const memory = redis.memory.replaceAll('\r\n', '\n');
  expect(read({ ...redis, memory }).memory).toEqual(read(redis).memory);
  const clients = '# Clients\r\nconnected_clients:3\r\nmaxclients?\r\n';
  expect(read({ ...redis, clients }).clients.limit).toEqual(malformed('maxclients: is missing'));
});

it('keys are those of the databases, and of nothing else in their section', () => {
  const keyspace = '# Keyspace\r\ndb12:keys=5,expires=1\r\nxdb1:keys=70\r\ndb1x:keys=70\r\nsum:700\r\n';
  expect(read({ ...redis, keyspace })).toMatchObject({ keys: 5, expiring: 1 });
});
