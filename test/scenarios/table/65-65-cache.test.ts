import { describe, expect, it, jest } from '@jest/globals';
import type { Report } from '../../../sandbox/report.ts';
import type { Sandbox } from '../../../sandbox/sandbox.ts';
import type { CacheOptions } from '../../../sandbox/world/model/cache.ts';
import { removeEveryKey } from '../../../sandbox/world/model/cache-keys.ts';
import type { Trouble } from '../../../sandbox/world/model/trouble.ts';
import type { Config } from '../../../shared/config/schema.ts';
import { textsOf } from '../../../shared/format/reasons.ts';
import { type Incident, playBriefly } from '../harness.ts';

jest.setTimeout(60_000);

/** Sessions fill most of it, so that it evicts what the tasks read; a cold one is too much for the database. */
const small: Partial<CacheOptions> = {
  limit: 200 * 1_048_576,
  groups: [
    { prefix: 'session:', keys: 20_000, most: 20_000, bytesPerKey: 8000, expires: false },
    { prefix: 'cache:', keys: 40_000, most: 40_000, bytesPerKey: 1250, expires: true },
  ],
};
const slow: Trouble = { kind: 'slow-queries', factor: 3.5, from: 0, until: 7200 };

/** At most two sessions of PostgreSQL may work while keys go. */
const bearsTwo = (config: Config) => {
  for (const service of Object.values(config.services))
    Object.assign(service, {
      cache: {
        ...{ host: '10.0.4.5', secret: '/cache/reader', reliefSecret: '/cache/reliever' },
        ...{ mostActiveSessions: 2, prefixes: ['cache:'] },
      },
    });
};

const relieve = (event: string, more: Incident = {}) =>
  playBriefly({
    ...{ event, scenario: 'quiet', change: bearsTwo },
    world: (world) => ({ ...world, cache: small, arrivals: () => 5, troubles: [slow] }),
    ...more,
  });

const redisCalls = ({ writes }: Report) =>
  writes.map(({ call }) => call).filter((call) => /^redis/.test(call));
const keysOf = ({ world, service }: Sandbox, prefix: string) =>
  world
    .service(service.cluster, service.service)
    ?.cache()
    .state.groups.find((group) => group.prefix === prefix)?.count;

describe('scenario 65: a flush would drown the database', () => {
  it('keys go in batches, and none while the database has enough to do', async () => {
    const loads: number[] = [];
    let sandbox: Sandbox | undefined;
    const { report } = await relieve('redis-emergency.json', {
      begun: (begun) => {
        sandbox = begun;
      },
      hooks: {
        onWrite: ({ call }) => {
          const simulated = sandbox?.world.service(sandbox.service.cluster, sandbox.service.service);
          if (call === 'redis:UNLINK') loads.push(simulated?.databasePools().busy ?? Number.NaN);
        },
      },
    });
    expect(loads.length).toBeGreaterThan(20);
    expect(Math.max(...loads)).toBeLessThanOrEqual(2);
    const states = report.executions.flatMap((run) => run.states);
    expect(states).toContain('Wait for the database');
    expect(states.filter((state) => state === 'Remove keys').length).toBeGreaterThan(1);
    if (sandbox) expect(keysOf(sandbox, 'session:')).toBe(20_000);
  });

  it.each(['no', 'never'] as const)('no key goes where approvers answer %s', async (approve) => {
    const { report } = await relieve('redis-emergency.json', { approve });
    expect(redisCalls(report)).toEqual([]);
  });

  it('nothing is flushed that has been approved while the database had room, and it has none now', async () => {
    const { report, sandbox } = await relieve('redis-emergency-flush.json', {
      async meanwhile({ world, service, time, engine }) {
        await time.runUntil(() => engine.executions.length > 0, 600_000);
        const simulated = world.service(service.cluster, service.service);
        // Somebody else empties it right before.
        if (simulated) removeEveryKey(simulated.cache().state);
        const since = time.now();
        await time.runUntil(() => time.now() > since + 20_000, 60_000);
      },
    });
    expect(redisCalls(report)).toEqual([]);
    expect(textsOf(report.reasons).join()).toMatch(/database/);
    expect(keysOf(sandbox, 'cache:')).toBeGreaterThan(0);
  });
});
