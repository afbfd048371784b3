import { describe, expect, it } from '@jest/globals';
import { simulatedCaches, withCaches } from '../../../sandbox/cache/asking.ts';
import { loginOf } from '../../../sandbox/pools/asking.ts';
import { lookAtCache } from '../../../shared/cache/look.ts';
import { timer } from '../../../shared/lambda/step.ts';
import { production, serviceName } from '../../support/builders.ts';
import { createFakeWorld } from '../aws/fake-world.ts';

const { cache } = withCaches(production).services[serviceName] ?? {};
if (!cache) throw new Error('no cache');

const fakeService = () => {
  const [service] = createFakeWorld(() => 0).services;
  if (!service) throw new Error('no service');
  return service;
};

/** What the product's own code says of a simulated cache. */
async function look(seen: { down: boolean }, part: { host?: string; password?: string } = {}) {
  const service = { ...fakeService(), cache: () => ({ clients: 3, at: 1_796_000_000_000, ...seen }) };
  const secrets = { read: async (name: string) => part.password ?? loginOf('reader', name) };
  const caches = simulatedCaches(service, cache);
  const { reading, findings } = await lookAtCache(
    { ...cache, host: part.host ?? cache?.host ?? '' },
    { secrets, caches, after: timer },
  );
  return {
    reading,
    code: findings[0].code,
    unknown: 'unknown' in reading ? reading.unknown.cause : undefined,
  };
}

describe('a simulated cache', () => {
  it('is read by the code that reads a real one, and is well', async () => {
    const { reading, code } = await look({ down: false });
    expect(code).toBe('ok');
    expect(reading).toMatchObject({
      value: { software: 'Redis', version: '7.2.7', clients: { connected: 4 }, ping: { value: 'ok' } },
    });
  });

  it('answers nobody while it is gone, nor at another address', async () => {
    expect(await look({ down: true })).toMatchObject({ code: 'unreachable', unknown: 'unreachable' });
    expect(await look({ down: false }, { host: '10.0.4.6' })).toMatchObject({ code: 'unreachable' });
  });

  it('lets nobody in with another password', async () => {
    expect(await look({ down: false }, { password: 'reader:other' })).toMatchObject({
      unknown: 'wrong-password',
    });
  });

  it('lets nobody write', async () => {
    const caches = simulatedCaches(
      { ...fakeService(), cache: () => ({ down: false, clients: 0, at: 0 }) },
      { host: 'cache' },
    );
    const target = { host: 'cache', port: 6379, login: undefined, tls: false };
    await expect(caches.connect(target, 1, (ask) => ask('FLUSHALL'))).rejects.toThrow(/^NOPERM/);
  });

  it('stands in the place of none: a configured one stays', () => {
    const own = { host: 'cache.internal' };
    const [service] = Object.values(production.services);
    const config = { ...production, services: { api: { ...service, cache: own } } } as typeof production;
    expect(withCaches(config).services.api?.cache).toEqual(own);
  });
});
