import { cacheOf, type Info } from '../../../shared/cache/info.ts';
import type { Cache } from '../../../shared/cache/types.ts';

/** What Redis 7.0.15 answers to INFO, recorded and shortened, and where Valkey 9 differs. */
export const redis: Info = {
  server:
    '# Server\r\nredis_version:7.0.15\r\nredis_mode:standalone\r\nos:Linux\r\nserver_time_usec:1796033675582801\r\n',
  memory:
    '# Memory\r\nused_memory:940432\r\nused_memory_human:918.39K\r\nmaxmemory:3145728\r\nmaxmemory_policy:noeviction\r\nmem_not_counted_for_evict:432\r\n',
  stats:
    '# Stats\r\nrejected_connections:2\r\nevicted_keys:7\r\nkeyspace_hits:90\r\nkeyspace_misses:10\r\ntotal_error_replies:3\r\n',
  clients: '# Clients\r\nconnected_clients:3\r\nmaxclients:10000\r\nblocked_clients:0\r\n',
  errorstats: '# Errorstats\r\nerrorstat_ERR:count=2\r\nerrorstat_OOM:count=5\r\n',
  keyspace: '# Keyspace\r\ndb0:keys=10,expires=4,avg_ttl=0\r\ndb1:keys=2,expires=0,avg_ttl=0\r\n',
  replication: '# Replication\r\nrole:master\r\nconnected_slaves:0\r\n',
  persistence: '# Persistence\r\nloading:0\r\nasync_loading:0\r\n',
};

export const valkey: Info = {
  ...redis,
  server:
    '# Server\r\nredis_version:7.2.4\r\nserver_name:valkey\r\nvalkey_version:9.1.0\r\nserver_time_usec:1796033675582801\r\n',
  stats: `${redis.stats}acl_access_denied_auth:0\r\nacl_access_denied_cmd:1\r\n`,
};

/** A cache as Redis says, without anything counted, with something changed. */
export function cache(part: Partial<Cache> = {}): Cache {
  const read = cacheOf(redis, { value: 'ok' }, { value: [] });
  const outOfMemory = { value: 0 };
  return { ...read, counters: { ...read.counters, evicted: 0, rejected: 0, outOfMemory }, ...part };
}
