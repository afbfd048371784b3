import type { Cache } from '../../cache/types.ts';
import type { Reading } from '../../core/reading.ts';
import { rounded } from '../numbers.ts';
import { many } from '../pools/words.ts';
import { told } from '../unknown.ts';
import { hitRateText, percent, size } from './words.ts';

/** The cache as it is: what it is, its memory, its clients, its keys. */
export function cacheLines(place: string, reading: Reading<Cache>): string[] {
  if ('unknown' in reading) return [`${place} unknown: ${told(reading.unknown).text}`];
  const { software, version, memory, keys, expiring, counters } = reading.value;
  const name = `${place}, ${software} ${version}`;
  if (reading.value.loading) return [name];
  const used =
    memory.limit === 0
      ? `${size(memory.used)} in use, no maxmemory`
      : `${size(memory.used)} of ${size(memory.limit)} in use (${percent(memory.used, memory.limit)})`;
  const reads = counters.hits + counters.misses;
  const rate = reads === 0 ? '' : `; ${hitRateText({ hits: counters.hits, reads, since: 'start' })}`;
  return [
    `${name}: ${clientsText(reading.value)}`,
    `  ${used}, policy ${memory.policy}`,
    `  ${many(keys, 'key')}, ${rounded(expiring)} with a time to live${rate}`,
  ];
}

const clientsText = ({ clients: { connected, limit } }: Cache) =>
  'value' in limit ? `${rounded(connected)} of ${many(limit.value, 'client')}` : many(connected, 'client');
