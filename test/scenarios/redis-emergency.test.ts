import { describe, expect, it, jest } from '@jest/globals';
import { switchName } from '../../sandbox/aws/ssm/seed.ts';
import type { Report } from '../../sandbox/report.ts';
import type { Sandbox } from '../../sandbox/sandbox.ts';
import type { CacheOptions } from '../../sandbox/world/model/cache.ts';
import type { Config } from '../../shared/config/schema.ts';
import { textsOf } from '../../shared/format/reasons.ts';
import { mails } from './approval-support.ts';
import { type Incident, playBriefly, reaching } from './harness.ts';
import { wordsOf } from './table/support.ts';

jest.setTimeout(60_000);

const mebibyte = 1_048_576;
/** Full, and it may remove nothing: writes fail, though it answers PING. */
const full: Partial<CacheOptions> = { limit: 200 * mebibyte, policy: 'noeviction' };
/** Full of keys without a time to live, which whoever chose the policy wants kept. */
const keepsAll: Partial<CacheOptions> = {
  limit: 200 * mebibyte,
  policy: 'volatile-lru',
  groups: [
    { prefix: 'session:', keys: 8200, most: 8200, bytesPerKey: 4000, expires: false },
    { prefix: 'cache:', keys: 40_000, most: 40_000, bytesPerKey: 7000, expires: false },
  ],
};

/** redis-emergency on a service whose cache is like this, at a quiet hour. */
const relieve = (cache: Partial<CacheOptions>, more: Incident = {}) =>
  playBriefly({
    event: 'redis-emergency.json',
    scenario: 'quiet',
    world: (world) => ({ ...world, cache }),
    ...more,
  });

/** The configuration of the sandbox's cache, with other keys. */
const withCache = (part: object) => (config: Config) => {
  for (const service of Object.values(config.services))
    Object.assign(service, {
      cache: {
        ...{ host: '10.0.4.5', secret: '/cache/reader', reliefSecret: '/cache/reliever' },
        ...{ mostActiveSessions: 60, prefixes: ['cache:'], ...part },
      },
    });
};

const cacheOf = ({ world, service }: Sandbox) => {
  const state = world.service(service.cluster, service.service)?.cache().state;
  if (!state) throw new Error('no cache');
  return state;
};
const keysOf = (sandbox: Sandbox) =>
  Object.fromEntries(cacheOf(sandbox).groups.map(({ prefix, count }) => [prefix, count]));
const redisWrites = ({ writes }: Report) =>
  writes.filter(({ call }) => call.startsWith('redis:')).map(({ who, call }) => `${who} ${call}`);
const reasonsOf = ({ reasons }: Report) => textsOf(reasons).join('; ');

describe('a cache that is full under noeviction', () => {
  it('evicts once that is approved, takes writes, and says how the policy is given back', async () => {
    const { report, sandbox } = await relieve(full);
    expect(report.outcome).toBe('relieved');
    expect(redisWrites(report)).toEqual(['relieve-redis redis:CONFIG SET']);
    expect(cacheOf(sandbox).policy).toBe('volatile-lru');
    const [mail] = mails(sandbox);
    expect(mail?.subject).toBe('Let the cache of buywhere-api in production evict keys?');
    expect(mail?.text).toMatch(/maxmemory-policy +noeviction +volatile-lru/);
    expect(mail?.text).toMatch(/hit rate \d\d\.\d %: that share of the reads/);
    expect(mail?.text).toMatch(/PostgreSQL: \d+ active sessions?; nothing is removed above 60/);
    expect(wordsOf(sandbox)).toContain(
      'start redis-emergency with {"environment":"production","service":"buywhere-api","restore":true}',
    );
  });

  it('of the scenario redis-full is relieved once it is full, and its errors end', async () => {
    const { report, sandbox } = await playBriefly({ event: 'redis-emergency.json', scenario: 'redis-full' });
    expect(report.outcome).toBe('relieved');
    const simulated = sandbox.world.service(sandbox.service.cluster, sandbox.service.service);
    const set = report.writes.find(({ call }) => call === 'redis:CONFIG SET');
    const setAt = set ? new Date(set.at).getTime() : 0;
    expect(
      simulated?.minute('HTTPCode_Target_5XX_Count', 'Sum', setAt - (setAt % 60_000) - 60_000),
    ).toBeGreaterThan(50);
    expect(simulated?.cache().state.counters.evicted).toBeGreaterThan(0);
    expect(simulated?.health('api')).toMatchObject({ status: 200 });
  });

  it.each([
    ['no', 'rejected'],
    ['never', 'expired'],
  ] as const)('is left as it is where the approver answers %s', async (approve, outcome) => {
    const { report, sandbox } = await relieve(full, { approve });
    expect(report.outcome).toBe(outcome);
    expect(redisWrites(report)).toEqual([]);
    expect(cacheOf(sandbox).policy).toBe('noeviction');
    expect(wordsOf(sandbox)).not.toContain('scaled out');
  });

  it('gets no policy over what a person has set meanwhile, and the run is held', async () => {
    const { report, sandbox } = await relieve(full, {
      async meanwhile(one) {
        await reaching(one, 'redis-emergency', 'Ask for approval');
        cacheOf(one).policy = 'volatile-ttl';
        for (const group of cacheOf(one).groups) group.expires = false;
      },
    });
    expect(report.outcome).toBe('held');
    expect(reasonsOf(report)).toContain('somebody else has set maxmemory-policy volatile-ttl, and it stays');
    expect(redisWrites(report)).toEqual([]);
    expect(cacheOf(sandbox).policy).toBe('volatile-ttl');
  });

  it('is not touched while the switch is off, though it was approved', async () => {
    const { report, sandbox } = await relieve(full, {
      async meanwhile(one) {
        await reaching(one, 'redis-emergency', 'Ask for approval');
        one.aws.parameters.put(switchName(one.config), 'off', { overwrite: true });
      },
    });
    expect(report.outcome).toBe('held');
    expect(reasonsOf(report)).toContain('the switch is off');
    expect(redisWrites(report)).toEqual([]);
    expect(cacheOf(sandbox).policy).toBe('noeviction');
  });

  it('is a person’s where no user that may relieve it is configured', async () => {
    const change = withCache({ reliefSecret: undefined, mostActiveSessions: undefined });
    const { report, sandbox } = await relieve(full, { change });
    expect(report.outcome).toBe('held');
    expect(reasonsOf(report)).toContain('cache.reliefSecret');
    expect(mails(sandbox)).toEqual([]);
    // What may be typed.
    expect(wordsOf(sandbox)).toContain('CONFIG SET maxmemory-policy');
  });

  it('is planned by a dry run, which asks nobody', async () => {
    const { report, sandbox } = await relieve(full, { event: 'redis-emergency-dry-run.json' });
    expect(report.outcome).toBe('planned');
    expect([redisWrites(report), mails(sandbox)]).toEqual([[], []]);
  });
});

describe('a cache full of keys that are to be kept', () => {
  it('loses keys of the configured prefix until there is room, and no other key', async () => {
    let room = 1;
    const { report, sandbox } = await relieve(keepsAll, {
      async meanwhile(one) {
        await reaching(one, 'redis-emergency', 'Wait for the cache');
        room = cacheOf(one).used / cacheOf(one).limit;
      },
    });
    expect(report.outcome).toBe('relieved');
    expect(new Set(redisWrites(report))).toEqual(new Set(['relieve-redis redis:UNLINK']));
    expect(room).toBeLessThan(0.8);
    expect(room).toBeGreaterThan(0.7);
    expect(cacheOf(sandbox).policy).toBe('volatile-lru');
    expect(keysOf(sandbox)['session:']).toBe(8200);
    expect(mails(sandbox)[0]?.text).toMatch(/Keys cache:\* +[\d,]+ +removed until there is room/);
    expect(reasonsOf(report)).toMatch(/[\d,]+ keys removed \(cache: [\d,]+\); there is room again/);
  });

  it('loses none while the database is loaded above its limit, and after half an hour a person is called', async () => {
    const { report, sandbox } = await relieve(keepsAll, { change: withCache({ mostActiveSessions: 0 }) });
    expect(report.outcome).toBe('held');
    expect(redisWrites(report)).toEqual([]);
    expect(reasonsOf(report)).toBe('0 keys removed; the database stayed loaded above its limit');
    const waits = report.executions[0]?.states.filter((state) => state === 'Wait for the database');
    expect(waits).toHaveLength(30);
    expect(keysOf(sandbox)['session:']).toBe(8200);
  });

  it('loses none where no limit for the database is configured', async () => {
    const { report, sandbox } = await relieve(keepsAll, {
      change: withCache({ mostActiveSessions: undefined }),
    });
    expect(report.outcome).toBe('held');
    expect(reasonsOf(report)).toContain('Removal of keys: not without a limit for the database');
    expect(mails(sandbox)).toEqual([]);
  });
});

describe('a flush', () => {
  /** One approval would be enough for everything else. */
  const ofOne = (config: Config) => {
    withCache({})(config);
    Object.assign(config.approval, { approvalsNeeded: 1, requesterMayApprove: true });
  };

  it('takes two different people, also where one is enough for all else', async () => {
    const { report, sandbox } = await relieve({}, { event: 'redis-emergency-flush.json', change: ofOne });
    expect(report.outcome).toBe('relieved');
    expect(redisWrites(report)).toEqual(['relieve-redis redis:FLUSHALL']);
    expect(mails(sandbox)[0]?.subject).toBe('FLUSH the whole cache of buywhere-api in production?');
    expect(mails(sandbox)[0]?.text).toContain('before 2 different');
    expect(report.approvals).toMatchObject([{ decision: 'approved', by: expect.stringContaining(' and ') }]);
  });

  it('is the last that is asked for where the cache is full', async () => {
    const { report } = await relieve(full, { event: 'redis-emergency-flush.json' });
    expect(report.outcome).toBe('relieved');
    expect(redisWrites(report)).toEqual(['relieve-redis redis:CONFIG SET']);
  });

  it('is not done where the database has no room for the reads, and the run says so', async () => {
    const { report, sandbox } = await relieve(
      {},
      { event: 'redis-emergency-flush.json', change: withCache({ mostActiveSessions: 0 }) },
    );
    expect(report.outcome).toBe('held');
    expect(redisWrites(report)).toEqual([]);
    expect(reasonsOf(report)).toContain('not flushed: the database is loaded above its limit');
    expect(keysOf(sandbox)['session:']).toBe(8200);
  });

  it('is never asked for without a person who names it', async () => {
    const { report, sandbox } = await relieve({});
    expect(report.outcome).toBe('ignored');
    expect(mails(sandbox)).toEqual([]);
  });
});

describe('the policy’s way back', () => {
  /** The cache is relieved, something happens, and a person asks for the way back. */
  const givingBack = (then: (sandbox: Sandbox) => void) =>
    relieve(full, {
      async meanwhile(one) {
        await reaching(one, 'redis-emergency', 'Ask for approval');
        await one.time.runUntil(
          () =>
            one.engine.executions.every(
              ({ machine, status }) => machine !== 'redis-emergency' || status !== 'RUNNING',
            ),
          86_400_000,
        );
        then(one);
        const input = { environment: 'production', requestedBy: 'Ada', restore: true };
        one.engine.startExecution({ machine: 'redis-emergency', input });
      },
    });

  it('is asked for and goes to what was noted, once there is room', async () => {
    const { report, sandbox } = await givingBack((one) => {
      cacheOf(one).limit = 1024 * mebibyte;
    });
    expect(cacheOf(sandbox).policy).toBe('noeviction');
    expect(redisWrites(report)).toEqual(['relieve-redis redis:CONFIG SET', 'relieve-redis redis:CONFIG SET']);
    expect(mails(sandbox).map(({ subject }) => subject)).toContain(
      'Give the cache of buywhere-api in production its policy back?',
    );
  });

  it('waits for a person where writes would fail under it', async () => {
    const { sandbox } = await givingBack(() => {});
    expect(cacheOf(sandbox).policy).toBe('volatile-lru');
    expect(wordsOf(sandbox)).toContain('under noeviction writes would fail at once');
  });

  it('leaves the policy of a person', async () => {
    const { report, sandbox } = await givingBack((one) => {
      Object.assign(cacheOf(one), { policy: 'allkeys-lfu', limit: 1024 * mebibyte });
    });
    expect(cacheOf(sandbox).policy).toBe('allkeys-lfu');
    expect(redisWrites(report)).toHaveLength(1);
  });
});

describe('other runs of the service', () => {
  it('an emergency neither ends a relief nor waits for it: the cache has a lock of its own', async () => {
    const { report } = await relieve(full, {
      async meanwhile(one) {
        await reaching(one, 'redis-emergency', 'Ask for approval');
        const input = { environment: 'production', requestedBy: 'Ada', scaleOut: true };
        one.engine.startExecution({ machine: 'emergency-scaling', input });
        await reaching(one, 'emergency-scaling', 'Assess the situation');
      },
    });
    const endOf = (machine: string) =>
      report.executions.find(({ stateMachine }) => stateMachine === machine)?.states.at(-1);
    expect([endOf('redis-emergency'), endOf('emergency-scaling')]).toEqual(['Relieved', 'Recovered']);
    expect(redisWrites(report)).toEqual(['relieve-redis redis:CONFIG SET']);
  });

  it('a relief begins while an emergency waits for that very cache', async () => {
    const { report, sandbox } = await playBriefly({
      scenario: 'redis-full',
      async meanwhile(one) {
        await reaching(one, 'emergency-scaling', 'Watch');
        const input = { environment: 'production', requestedBy: 'Ada' };
        one.engine.startExecution({ machine: 'redis-emergency', input });
      },
    });
    const relieved = report.executions.filter(({ states }) => states.at(-1) === 'Relieved');
    expect(relieved.map(({ stateMachine }) => stateMachine)).toEqual(['redis-emergency']);
    expect(wordsOf(sandbox)).toContain(
      'start redis-emergency with {"environment":"production","service":"buywhere-api"}: it asks for an approval first',
    );
  });

  it('a relief takes the lock from nobody', async () => {
    const { sandbox } = await relieve(full, {
      approve: 'never',
      async meanwhile(one) {
        await reaching(one, 'redis-emergency', 'Ask for approval');
        const input = { environment: 'production', requestedBy: 'Ada' };
        one.engine.startExecution({ machine: 'redis-emergency', input });
      },
    });
    const [first, second] = sandbox.engine.executions.filter(({ machine }) => machine === 'redis-emergency');
    expect(second).toMatchObject({ error: 'NotStarted' });
    expect(first).toMatchObject({ error: 'ApprovalExpired' });
  });
});
