import type { SimulatedCache } from '../world/model/types.ts';

const mebibyte = 1_048_576;
/** What the tasks keep there, and how often they find it. */
const [keys, expiring, hits, misses] = [48_200, 48_200, 1_840_000, 160_000];

/** A section of INFO as Redis 7 writes it, of a cache with room. */
export function infoOf({ clients, at }: SimulatedCache, section: string): string {
  const fields = sections({ clients, at })[section] ?? {};
  const lines = Object.entries(fields).map(([name, value]) => `${name}:${value}\r\n`);
  return `# ${section.charAt(0).toUpperCase()}${section.slice(1)}\r\n${lines.join('')}`;
}

const sections = ({
  clients,
  at,
}: Pick<SimulatedCache, 'clients' | 'at'>): Record<string, Record<string, string | number>> => ({
  server: { redis_version: '7.2.7', redis_mode: 'standalone', server_time_usec: at * 1000 },
  memory: {
    used_memory: 310 * mebibyte,
    maxmemory: 512 * mebibyte,
    maxmemory_policy: 'allkeys-lru',
    mem_not_counted_for_evict: 0,
  },
  stats: { rejected_connections: 0, evicted_keys: 0, keyspace_hits: hits, keyspace_misses: misses },
  // With the one who asks.
  clients: { connected_clients: clients + 1, maxclients: 10_000 },
  errorstats: {},
  keyspace: { db0: `keys=${keys},expires=${expiring},avg_ttl=0` },
  replication: { role: 'master', connected_slaves: 0 },
  persistence: { loading: 0 },
});
