import { keyCounts } from '../world/model/cache-keys.ts';
import type { SimulatedCache } from '../world/model/types.ts';

/** A section of INFO as Redis 7 writes it. */
export function infoOf(cache: SimulatedCache, section: string): string {
  const name = section.toLowerCase();
  const fields = sections(cache)[name];
  if (!fields) return '';
  const lines = Object.entries(fields).map(([field, value]) => `${field}:${value}\r\n`);
  return `# ${name.charAt(0).toUpperCase()}${name.slice(1)}\r\n${lines.join('')}`;
}

function sections(cache: SimulatedCache): Record<string, Record<string, string | number>> {
  const { clients, at, loading, readOnly } = cache;
  const { used, limit, policy, maxClients, counters } = cache.state;
  const { keys, expiring } = keyCounts(cache.state);
  return {
    server: { redis_version: '7.2.7', redis_mode: 'standalone', server_time_usec: at * 1000 },
    memory: {
      used_memory: used,
      maxmemory: limit,
      maxmemory_policy: policy,
      mem_not_counted_for_evict: 0,
    },
    stats: {
      rejected_connections: counters.rejected,
      evicted_keys: counters.evicted,
      keyspace_hits: Math.floor(counters.hits),
      keyspace_misses: Math.floor(counters.misses),
    },
    // With the one who asks.
    clients: { connected_clients: clients + 1, maxclients: maxClients },
    // An error that has not come yet is not listed, and so is a database without keys.
    errorstats: {
      ...(counters.outOfMemory > 0 && { errorstat_OOM: `count=${Math.floor(counters.outOfMemory)}` }),
    },
    keyspace: { ...(keys > 0 && { db0: `keys=${keys},expires=${expiring},avg_ttl=0` }) },
    replication:
      readOnly === 'replica'
        ? { role: 'slave', master_host: '10.0.4.6', master_port: 6379, slave_read_only: 1 }
        : { role: 'master', connected_slaves: 0 },
    persistence: {
      loading: loading ? 1 : 0,
      ...(loading && { loading_eta_seconds: loading.secondsLeft }),
    },
  };
}
