import { describe, expect, it } from '@jest/globals';
import { RELIEVER, simulatedCaches, withCaches } from '../../../sandbox/cache/asking.ts';
import { loginOf } from '../../../sandbox/pools/asking.ts';
import { type CacheOptions, createCache, DEFAULT_CACHE } from '../../../sandbox/world/model/cache.ts';
import type { SimulatedCache } from '../../../sandbox/world/model/types.ts';
import { lookAtCache } from '../../../shared/cache/look.ts';
import { givePolicyBack, setPolicy } from '../../../shared/cache/policy.ts';
import { countPrefixes, flush, type Session, unlinkPrefix } from '../../../shared/cache/relieve.ts';
import { timer } from '../../../shared/lambda/step.ts';
import { production, serviceName } from '../../support/builders.ts';
import { createFakeWorld } from '../aws/fake-world.ts';

const { cache } = withCaches(production).services[serviceName] ?? {};
if (!cache) throw new Error('no cache');

interface Part {
  seen?: Partial<SimulatedCache>;
  options?: Partial<CacheOptions>;
}

/** A service whose cache is like this. */
function serviceWith({ seen = {}, options = {} }: Part) {
  const [service] = createFakeWorld(() => 0).services;
  if (!service) throw new Error('no service');
  const state = createCache({ ...DEFAULT_CACHE, ...options });
  const now = { down: false, clients: 3, at: 1_796_000_000_000, state, ...seen };
  return { ...service, cache: () => now };
}

/** What the product's own code says of a simulated cache. */
async function look({ host, password, ...part }: Part & { host?: string; password?: string }) {
  const secrets = { read: async (name: string) => password ?? loginOf('reader', name) };
  const caches = simulatedCaches(serviceWith(part), cache);
  const { reading, findings } = await lookAtCache(
    { ...cache, host: host ?? cache?.host ?? '' },
    { secrets, caches, after: timer },
  );
  const unknown = 'unknown' in reading ? reading.unknown.cause : undefined;
  return { reading, finding: findings[0], code: findings[0].code, unknown };
}

/** Does something as a user of the cache. */
function as<T>(
  user: string,
  part: Part,
  work: (session: Session) => Promise<T>,
  service = serviceWith(part),
) {
  const login = { user, password: loginOf('', '').slice(1) };
  const target = { host: cache?.host ?? '', port: 6379, login, tls: true };
  return simulatedCaches(service, cache).connect(target, 1000, (ask) => work({ ask, user }));
}

const fullOne = { options: { policy: 'noeviction', limit: 200 * 1_048_576 } };
const steady = { mayGoOn: async () => 'go-on' as const, pause: () => Promise.resolve() };

describe('a simulated cache', () => {
  it('is read by the code that reads a real one, and is well', async () => {
    const { reading, code } = await look({});
    expect(code).toBe('ok');
    expect(reading).toMatchObject({
      value: {
        ...{ software: 'Redis', version: '7.2.7', keys: 48_200, expiring: 48_200 },
        ...{ clients: { connected: 4 }, ping: { value: 'ok' } },
      },
    });
  });

  it('answers nobody while it is gone, nor at another address', async () => {
    expect(await look({ seen: { down: true } })).toMatchObject({
      code: 'unreachable',
      unknown: 'unreachable',
    });
    expect(await look({ host: '10.0.4.6' })).toMatchObject({ code: 'unreachable' });
  });

  it('lets nobody in with another password', async () => {
    expect(await look({ password: 'reader:other' })).toMatchObject({ unknown: 'wrong-password' });
  });

  it('is full under noeviction, though it answers PING', async () => {
    const { code, reading } = await look(fullOne);
    expect(code).toBe('full');
    expect(reading).toMatchObject({ value: { ping: { value: 'ok' } } });
  });

  it('has all clients that it takes, and refuses this reader too', async () => {
    expect(await look({ seen: { clients: 9999 } })).toMatchObject({ code: 'refusing' });
    expect(await look({ seen: { clients: 10_000 } })).toMatchObject({
      code: 'refusing',
      unknown: 'clients-full',
    });
  });

  it('loads, is a replica, has not saved its snapshot, is slow', async () => {
    expect((await look({ seen: { loading: { secondsLeft: 40 } } })).finding).toEqual({
      code: 'loading',
      secondsLeft: 40,
    });
    expect((await look({ seen: { readOnly: 'replica' } })).finding).toMatchObject({
      because: 'replica',
      host: '10.0.4.6',
    });
    expect((await look({ seen: { readOnly: 'snapshot' } })).finding).toMatchObject({ because: 'snapshot' });
    const slow = [{ at: 1_795_999_990_000, milliseconds: 900, words: ['KEYS', '*'] }];
    expect((await look({ seen: { slow } })).finding).toEqual({
      code: 'slow',
      commands: [{ command: 'KEYS', milliseconds: 900, secondsAgo: 10 }],
    });
  });

  it('stands in the place of none: a configured one stays', () => {
    const own = { host: 'cache.internal' };
    const [service] = Object.values(production.services);
    const config = { ...production, services: { api: { ...service, cache: own } } } as typeof production;
    expect(withCaches(config).services.api?.cache).toEqual(own);
  });
});

describe('the relief of a simulated cache', () => {
  it.each([
    'CONFIG GET maxmemory-policy',
    'SCAN 0',
    'DBSIZE',
    'UNLINK cache:1',
    'FLUSHALL ASYNC',
    'SET cache:1 x',
  ])('is nothing for who reads: %s', async (line) => {
    const [command = '', ...words] = line.split(' ');
    await expect(as('reader', {}, ({ ask }) => ask(command, ...words))).rejects.toThrow(
      /^NOPERM User reader has no permissions to run the '.+' command$/,
    );
  });

  it('sets the policy and gives it back; then keys go to make room, and writes are taken', async () => {
    const service = serviceWith(fullOne);
    const write = () => as(RELIEVER, {}, ({ ask }) => ask('SET', 'cache:39999', 'x'), service);
    await expect(write()).rejects.toThrow("OOM command not allowed when used memory > 'maxmemory'.");
    const change = { from: 'noeviction', to: 'allkeys-lru' };
    expect(await as(RELIEVER, {}, (session) => setPolicy(session, change), service)).toEqual({ code: 'set' });
    expect(await write()).toBe('OK');
    const { counters } = service.cache().state;
    expect(counters).toMatchObject({ outOfMemory: 1, evicted: 1 });
    expect(await as(RELIEVER, {}, (session) => givePolicyBack(session, change), service)).toEqual({
      code: 'set',
    });
  });

  it('has no CONFIG where somebody else manages it', async () => {
    const change = { from: 'noeviction', to: 'allkeys-lru' };
    const managed = { options: { managed: true } };
    expect(await as(RELIEVER, managed, (session) => setPolicy(session, change))).toMatchObject({
      code: 'not-allowed',
      unknown: { cause: 'no-command', command: 'CONFIG' },
    });
  });

  it('counts the keys of prefixes, and removes those of one: the others stay', async () => {
    const service = serviceWith({});
    const counted = () =>
      as(RELIEVER, {}, (session) => countPrefixes(session, ['cache:', 'session:'], () => false), service);
    expect(await counted()).toMatchObject({ value: [{ keys: 40_000 }, { keys: 8200 }] });
    const before = service.cache().state.used;
    const prefix = { prefix: 'cache:', cluster: false };
    const unlinked = await as(RELIEVER, {}, (session) => unlinkPrefix(session, prefix, steady), service);
    expect(unlinked).toEqual({ removed: 40_000, ended: { code: 'none-left' } });
    expect(await counted()).toMatchObject({ value: [{ keys: 0 }, { keys: 8200 }] });
    expect(before - service.cache().state.used).toBe(280_000_000);
  });

  it('removes what is named and there, once', async () => {
    const names = ['cache:1', 'cache:1', 'cache:01', 'cache:40000', 'other:1', 'session:2'];
    expect(await as(RELIEVER, {}, ({ ask }) => ask('UNLINK', ...names))).toBe(2);
  });

  it('is a flush that two have approved: then nothing is left', async () => {
    const service = serviceWith({});
    expect(await as(RELIEVER, {}, (session) => flush(session, ['Ann', 'Bolt']), service)).toEqual({
      code: 'flushed',
    });
    expect(await as(RELIEVER, {}, ({ ask }) => ask('DBSIZE'), service)).toBe(0);
    expect(await as('reader', {}, ({ ask }) => ask('INFO', 'keyspace'), service)).toBe('# Keyspace\r\n');
  });

  it('is refused by a replica, and by one that cannot save or still loads', async () => {
    const unlink = (seen: Partial<SimulatedCache>) =>
      as(RELIEVER, { seen }, ({ ask }) => ask('UNLINK', 'cache:1'));
    await expect(unlink({ readOnly: 'replica' })).rejects.toThrow(/^READONLY/);
    await expect(unlink({ readOnly: 'snapshot' })).rejects.toThrow(/^MISCONF/);
    await expect(unlink({ loading: { secondsLeft: 3 } })).rejects.toThrow(/^LOADING/);
  });
});
