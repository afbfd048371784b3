import { describe, expect, it } from '@jest/globals';
import { removeEveryKey } from '../../../../sandbox/world/model/cache-keys.ts';
import { START, startWorld } from '../fixture.ts';

const mebibyte = 1_048_576;

/** Hits of all reads since then. */
function hitRate(
  counters: { hits: number; misses: number },
  since: { hits: number; misses: number },
): number {
  const [hits, misses] = [counters.hits - since.hits, counters.misses - since.misses];
  return hits / (hits + misses);
}

describe('a cache and what the tasks find in it', () => {
  it('is warm: 92 of 100 reads find their key, and nothing is felt of it', () => {
    const { at, service } = startWorld();
    at(0);
    const before = { ...service.cache().state.counters };
    at(60);
    const { counters, groups } = service.cache().state;
    expect(hitRate(counters, before)).toBeCloseTo(0.92, 5);
    const requests = service.minute('RequestCount', 'Sum', START) ?? 0;
    expect(requests).toBeGreaterThan(500);
    expect(counters.hits + counters.misses - before.hits - before.misses).toBeCloseTo(20 * requests, -2);
    expect(groups.map(({ count }) => count)).toEqual([40_000, 8200, 0]);
    expect(service.databasePools().holdSeconds).toBe(0.04);
  });

  it('that was flushed finds nothing, fills within minutes, and the database bears it until then', () => {
    const { at, service, latest } = startWorld();
    at(120);
    const { state } = service.cache();
    removeEveryKey(state);
    const before = { ...state.counters };
    expect(service.databasePools().holdSeconds).toBeCloseTo(0.24, 5);
    at(130);
    expect(hitRate(state.counters, before)).toBeLessThan(0.1);
    at(240);
    const cold = latest('CPUUtilization', 'Average') ?? 0;
    at(1200);
    expect(state.groups[0]?.count).toBeGreaterThan(39_000);
    expect(service.databasePools().holdSeconds).toBeLessThan(0.045);
    expect(latest('CPUUtilization', 'Average')).toBeLessThan(cold - 10);
  });

  it('that is flushed at the peak drowns the database: its pool runs out, and requests wait', () => {
    const peak = {
      desiredCount: 10,
      arrivals: () => 40,
      troubles: [{ kind: 'slow-queries', factor: 10, from: 0, until: 3600 } as const],
    };
    const [kept, flushed] = [startWorld(peak), startWorld(peak)];
    for (const { at } of [kept, flushed]) at(240);
    removeEveryKey(flushed.service.cache().state);
    for (const { at } of [kept, flushed]) at(260);
    expect(kept.service.databasePools().waitingClients).toBe(0);
    expect(flushed.service.databasePools().waitingClients).toBeGreaterThan(40);
    for (const { at } of [kept, flushed]) at(480);
    const p99 = ({ service }: typeof kept) => service.minute('TargetResponseTime', 'p99', START + 240_000);
    expect(p99(kept)).toBeLessThan(3);
    expect(p99(flushed)).toBeGreaterThan(10);
  });

  it('that is too small evicts, and never holds more than its limit and one key', () => {
    const { at, service } = startWorld({ cache: { limit: 150 * mebibyte } });
    at(300);
    const { used, counters, groups } = service.cache().state;
    expect(used).toBeLessThan(150 * mebibyte + 7000);
    expect(counters.evicted).toBeGreaterThan(1000);
    expect(counters.outOfMemory).toBe(0);
    expect(groups[0]?.count).toBeLessThan(25_000);
  });

  it('that may evict nothing refuses the writes', () => {
    const { at, service } = startWorld({ cache: { limit: 150 * mebibyte, policy: 'noeviction' } });
    at(300);
    const { counters } = service.cache().state;
    expect(counters.evicted).toBe(0);
    expect(counters.outOfMemory).toBeGreaterThan(1000);
  });

  it('is the same in one jump and in many steps', () => {
    const [once, often] = [startWorld({}, 7), startWorld({}, 7)];
    for (const { service } of [once, often]) removeEveryKey(service.cache().state);
    once.at(200);
    for (let second = 0; second <= 200; second += 1) often.at(second);
    const [a, b] = [once.service.cache().state, often.service.cache().state];
    expect(a).toEqual(b);
  });
});
