import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { parse, stringify } from 'yaml';
import { serviceConfig } from '../../../../shared/config/packaged.ts';
import { parseConfigText } from '../../../../shared/config/read-config.ts';
import { InvalidInputError } from '../../../../shared/core/errors.ts';

const text = readFileSync('config/production.yml', 'utf8');

/** Production's configuration with this cache. */
function read(cache: unknown) {
  const config = parse(text);
  config.services['buywhere-api'].cache = cache;
  return serviceConfig(parseConfigText(stringify(config), 'config/production.yml'), 'buywhere-api').cache;
}

function refusalOf(cache: unknown): string {
  try {
    read(cache);
  } catch (error) {
    if (error instanceof InvalidInputError) return error.message;
    throw error;
  }
  return 'taken';
}

const host = 'cache.internal';

describe('how the cache is read', () => {
  it.each([
    undefined,
    { host },
    { host: '10.0.3.4', port: 6380, serverName: 'cache.example' },
    { host: 'fd00::5', tls: 'none' },
    { host: 'cache.internal.' },
    { host, secret: '/team/cache', reliefSecret: '/team/reliever' },
    { host, tls: 'require', secret: '/team/cache', prefixes: ['cache:', 'page:{home}:v1.2/'] },
  ])('takes %j as it is', (cache) => {
    expect(read(cache)).toEqual(cache);
  });

  it.each<[object, string]>([
    [{}, 'cache.host'],
    [{ host: 'rediss://me:pw@cache' }, 'cache.host: must be the name or the IP'],
    [{ host, port: 65_536 }, 'cache.port'],
    [{ host, tls: 'prefer' }, 'cache.tls'],
    [{ host, secret: 'me:pw' }, 'cache.secret: must be the name of an SSM parameter'],
    [{ host, reliefSecret: 'me:pw' }, 'cache.reliefSecret: must be the name of an SSM parameter'],
    [{ host, mostActiveSessions: 5 }, 'cache.reliefSecret: must be given, because mostActiveSessions is'],
    [
      { host, reliefSecret: '/team/reliever', mostActiveSessions: 5 },
      'pgbouncer.database: must be given, because cache.mostActiveSessions is',
    ],
    [{ host, reliefSecret: '/team/reliever', mostActiveSessions: -1 }, 'cache.mostActiveSessions'],
    [{ host, prefixes: [] }, 'cache.prefixes: must name at least one'],
    [{ host, prefixes: ['a', 'a'] }, 'cache.prefixes: must name each once'],
    [{ host, tls: 'none', serverName: host }, 'cache.serverName: has no effect, because tls is none'],
    [{ host: '10.0.0.999' }, 'cache.host: must be the name or the IP'],
    [{ host: '::::' }, 'cache.host: must be the name or the IP'],
    [{ host: 'a..b' }, 'cache.host: must be the name or the IP'],
    [{ host, prefixes: [''] }, 'cache.prefixes.0: must be the start of a key'],
    [{ host, prefixes: ['*'] }, 'cache.prefixes.0: must be the start of a key'],
    [{ host, prefixes: ["a'; rm x"] }, 'cache.prefixes.0: must be the start of a key'],
    [{ hots: host }, 'hots'],
  ])('refuses %j', (cache, message) => {
    const refusal = refusalOf(cache);
    expect(refusal).toContain(message);
    expect(refusal).not.toContain('me:pw');
  });

  it('refuses a long host with its port at once', () => {
    const address = 'master.buywhere-production-cache.abc123.apse1.cache.amazonaws.com:6379';
    for (const faulty of [address, `${'a'.repeat(252)}:`, `${'a-'.repeat(120)}!`])
      expect(refusalOf({ host: faulty })).toContain('cache.host: must be the name or the IP');
  }, 2000);
});
