import { describe, expect, it, jest } from '@jest/globals';
import type { Report } from '../../../sandbox/report.ts';
import type { Config } from '../../../shared/config/schema.ts';
import { textsOf } from '../../../shared/format/reasons.ts';
import { type Incident, playBriefly } from '../harness.ts';

jest.setTimeout(60_000);

/** What a cache may be relieved by, and how loaded the database may be meanwhile. */
const mostActiveSessions = (most: number) => (config: Config) => {
  for (const service of Object.values(config.services))
    Object.assign(service, {
      cache: {
        ...{ host: '10.0.4.5', secret: '/cache/reader', reliefSecret: '/cache/reliever' },
        ...{ mostActiveSessions: most, prefixes: ['cache:'] },
      },
    });
};
/** Full of keys without a time to live: only removing keys makes room. */
const full = {
  limit: 200 * 1_048_576,
  policy: 'volatile-lru' as const,
  groups: [{ prefix: 'cache:', keys: 48_000, most: 48_000, bytesPerKey: 7000, expires: false }],
};
const relieve = (more: Incident) =>
  playBriefly({
    scenario: 'quiet',
    event: 'redis-emergency.json',
    world: (world) => ({ ...world, cache: full }),
    ...more,
  });
const removals = ({ writes }: Report) => writes.filter(({ call }) => /^redis:(UNLINK|FLUSHALL)/.test(call));

describe('scenario 65: a flush would drown the database', () => {
  it('no batch is removed while it is loaded above its limit, and a person is called', async () => {
    const { report } = await relieve({ change: mostActiveSessions(0) });
    expect(report.outcome).toBe('held');
    expect(removals(report)).toEqual([]);
    expect(textsOf(report.reasons).join()).toContain('the database stayed loaded above its limit');
  });

  it('nothing is removed that people have not approved', async () => {
    const { report } = await relieve({ change: mostActiveSessions(60), approve: 'no' });
    expect(report.outcome).toBe('rejected');
    expect(removals(report)).toEqual([]);
  });

  it('nothing is flushed though a person names it, where the database has no room for the reads', async () => {
    const { report } = await relieve({
      event: 'redis-emergency-flush.json',
      world: (world) => world,
      change: mostActiveSessions(0),
    });
    expect(report.outcome).toBe('held');
    expect(removals(report)).toEqual([]);
  });
});
