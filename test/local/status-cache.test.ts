import { describe, expect, it } from '@jest/globals';
import { status } from '../../local/status.ts';
import { cacheStatus, cacheStatusLines } from '../../local/status-cache.ts';
import { caches } from '../../shared/cache/connection.ts';
import type { CacheLook } from '../../shared/cache/look.ts';
import { timer } from '../../shared/lambda/step.ts';
import { cache } from '../shared/cache/answers.ts';
import { service } from '../support/builders.ts';
import { call } from './command.ts';

const secrets = {
  read: () => Promise.reject(Object.assign(new Error('UnknownError'), { name: 'ParameterNotFound' })),
};
const tools = { secrets, caches: caches(), after: timer };

describe('the cache in npm run status', () => {
  it('is left out where the configuration names none', async () => {
    expect(await cacheStatus(service, tools)).toBeUndefined();
  });

  it('is unknown with its cause', async () => {
    const configured = { host: 'cache.internal', secret: '/team/cache' };
    const found = await cacheStatus({ ...service, cache: configured }, tools);
    if (!found) throw new Error('nothing was read');
    expect(cacheStatusLines(found, configured)).toEqual([
      'Cache        cache.internal:6379 unknown: not found: the SSM parameter',
      '               /team/cache',
      '             What is wrong with it is unknown.',
    ]);
  });

  it('has the lines of a parameter group where its name, or that of its certificate, is one of AWS', () => {
    const memory = { used: 100, counted: 100, limit: 100, policy: 'noeviction' };
    const found = {
      reading: { value: cache({ memory }) },
      findings: [{ code: 'full', cache: cache({ memory }) }],
    } satisfies CacheLook;
    const aws = 'master.shop.abc123.apse1.cache.amazonaws.com';
    for (const one of [{ host: aws }, { host: '127.0.0.1', serverName: aws }])
      expect(cacheStatusLines(found, one).join('\n')).toContain('modify-cache-parameter-group');
    expect(cacheStatusLines(found, { host: 'cache.internal' }).join('\n')).toContain('CONFIG SET');
  });

  it.each([
    [
      'traffic-spike',
      /^Cache {8}10\.0\.4\.5:6379, Redis 7\.2\.7: \d+ of 10,000 clients\n[\s\S]* {13}ok: it answers, and says of nothing that would keep/m,
    ],
    [
      'redis-down',
      /^Cache {8}10\.0\.4\.5:6379 unknown: .*ECONNREFUSED[\s\S]*Unreachable, and the tasks may see the same/m,
    ],
    [
      'redis-full',
      /^Cache {8}10\.0\.4\.5:6379, Redis 7\.2\.7[\s\S]*512 MB of 512 MB[\s\S]*Full: writes fail although it answers PING[\s\S]*maxmemory-policy/m,
    ],
    ['redis-slow', /Slow: \d+ commands of 100 ms and more, and everybody waited: KEYS\s+took 1,200 ms/],
    ['redis-loading', /Loading: it reads its keys from disk and answers nothing else/],
  ])('is that of the simulated service: %s', async (scenario, seen) => {
    const { code, stdout } = await call(status, '--scenario', scenario, '--at', '600');
    expect(code).toBe(0);
    expect(stdout).toMatch(seen);
  });
});
