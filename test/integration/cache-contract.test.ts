import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { RELIEVER, simulatedCaches } from '../../sandbox/cache/asking.ts';
import { loginOf } from '../../sandbox/pools/asking.ts';
import { DEFAULT_CACHE } from '../../sandbox/world/model/cache.ts';
import type { ServiceOptions } from '../../sandbox/world/model/options.ts';
import { mulberry32 } from '../../sandbox/world/model/random.ts';
import { createWorld } from '../../sandbox/world/world.ts';
import { asking } from '../../shared/cache/connection.ts';
import { sections } from '../../shared/cache/info.ts';
import type { AskCache } from '../../shared/lambda/context.ts';
import { host, pause } from './loopback.ts';
import { password, requireRedis, type Server, type Servers, servers } from './redis.ts';

/** The same questions to a real server and to the sandbox's: what one answers, the other does in the same form and words. */

jest.setTimeout(60_000);

let all: Servers;
beforeAll(() => {
  requireRedis();
  all = servers();
});
afterAll(() => all?.stop());

type Ask = (line: string) => Promise<unknown>;

/** A line of words; an error is what it says. */
const lineBy =
  (ask: AskCache): Ask =>
  async (line) => {
    const [command = '', ...words] = line.split(' ');
    return ask(command, ...words).catch((error: Error) => `(error) ${error.message}`);
  };

const real = <T>({ port }: Server, user: string, work: (ask: Ask) => Promise<T>) =>
  asking({ host, port, login: { user, password }, tls: false }, 5000, (ask) => work(lineBy(ask)));

const address = { host: 'cache' };
const login = (user: string) => ({ user, password: loginOf('', '').slice(1) });
const targetOf = (user: string) => ({ ...address, port: 6379, login: login(user), tls: false });

/** Asks a cache of the sandbox, a second after its world began. */
function simulated<T>(
  user: string,
  options: Pick<ServiceOptions, 'cache' | 'troubles'>,
  work: (ask: Ask) => Promise<T>,
) {
  let now = 0;
  const { services } = createWorld({
    now: () => now,
    random: mulberry32(1),
    services: [{ cluster: 'stage', name: 'app', desiredCount: 3, arrivals: () => 0, ...options }],
  });
  now = 1000;
  return simulatedCaches(services[0], address).connect(targetOf(user), 1000, (ask) => work(lineBy(ask)));
}

/** Redis 7.0 says of a refused right in other words than those after it, and Valkey names itself. */
const sameWords = (answer: unknown): unknown =>
  Array.isArray(answer)
    ? answer.map(sameWords)
    : typeof answer === 'string'
      ? answer
          .replace(/NOPERM (this user|User \S+) has no permissions/, 'NOPERM User has no permissions')
          .replace(/(MISCONF|LOADING|the) Valkey/g, '$1 Redis')
      : answer;

/** Lines by their names, without their numbers; of Valkey by the names of Redis, and without what it tells besides. */
const formOf = (text: unknown) =>
  new Map(
    String(text)
      .split('\r\n')
      .map((line) => line.replace(/^server_mode:/, 'redis_mode:').replace(/,keys_with_volatile_items.*/, ''))
      .map((line) => [line.split(':')[0], line.replace(/\d+(\.\d+)*/g, '0')] as const),
  );

/** Small keys, so that both hold the same. */
const groups = [
  { prefix: 'cache:', keys: 2500, most: 2500, bytesPerKey: 100, expires: false },
  { prefix: 'session:', keys: 5, most: 5, bytesPerKey: 100, expires: false },
];
const small = { policy: 'noeviction', limit: 0, groups };

function fill(server: Server): void {
  const script = "for i = 0, ARGV[2] - 1 do redis.call('SET', ARGV[1] .. i, 'x') end";
  server.cli('EVAL', script, '0', 'cache:', '2500');
  server.cli('EVAL', script, '0', 'session:', '5');
}

describe('a cache of the sandbox answers as a real one', () => {
  let server: Server;
  beforeAll(async () => {
    server = await all.start();
    fill(server);
    const rights = 'resetkeys -@all +ping +info +slowlog|get';
    server.cli('ACL', 'SETUSER', 'reader', 'on', `>${password}`, ...rights.split(' '));
  });

  it.each([
    ...['PING', 'PING hello', 'PING a b', 'DBSIZE', 'DBSIZE x', 'NOSUCH a b', 'SLOWLOG', 'SLOWLOG GET -2'],
    ...['SCAN x', 'SCAN 0 COUNT', 'SCAN 0 MATCH a* COUNT 0', 'SCAN 0 LIMIT 3', 'UNLINK', 'FLUSHALL FOO'],
    ...['UNLINK cache:9999', 'UNLINK nobody', 'UNLINK session:1 session:1 cache:7', 'DBSIZE'],
    ...['CONFIG', 'CONFIG SET', 'CONFIG GET maxmemory-policy', 'CONFIG GET nosuch', 'CONFIG GET maxmemory'],
    ...[
      'CONFIG SET maxmemory-policy allkeys-odd',
      'CONFIG SET nosuch 1',
      'CONFIG SET maxmemory-policy allkeys-lru',
    ],
    ...['SLOWLOG GET 0', 'INFO nosuch', 'SET session:1 x', 'SET session:1'],
  ])('%s', async (line) => {
    const there = await real(server, 'default', (ask) => ask(line));
    // The state goes on: what was removed or set there is so here, too.
    asked.push(line);
    const here = await simulated(RELIEVER, { cache: small }, async (ask) => {
      let answer: unknown;
      for (const one of asked) answer = await ask(one);
      return answer;
    });
    expect(here).toEqual(there);
  });
  const asked: string[] = [];

  it.each(['DBSIZE', 'SCAN 0', 'UNLINK cache:1', 'SET a b', 'FLUSHALL ASYNC', 'CONFIG GET maxmemory'])(
    'who only reads is refused: %s',
    async (line) => {
      const there = await real(server, 'reader', (ask) => ask(line));
      const here = await simulated('reader', {}, (ask) => ask(line));
      expect(there).toMatch(/NOPERM/);
      expect(sameWords(here)).toBe(sameWords(there));
    },
  );

  it.each(sections)('INFO %s: the real one has each line of it, of the same form', async (section) => {
    const [there, here] = [
      formOf(await real(server, 'reader', (ask) => ask(`INFO ${section}`))),
      formOf(await simulated('reader', { cache: small }, (ask) => ask(`INFO ${section}`))),
    ];
    // What was refused so far is only on the real one.
    for (const [name, line] of here) {
      expect(there.has(name)).toBe(true);
      if (section === 'server' || section === 'keyspace') expect(there.get(name)).toBe(line);
    }
  });

  it('SCAN meets every key once, those of a pattern alone, and UNLINK removes them', async () => {
    const walk = async (ask: Ask) => {
      const seen: string[] = [];
      let [cursor, rounds] = ['0', 0];
      do {
        const answer = await ask(`SCAN ${cursor} MATCH c?che:1[02]* COUNT 100`);
        if (!Array.isArray(answer)) throw new Error(String(answer));
        cursor = String(answer[0]);
        seen.push(...answer[1]);
        rounds += 1;
      } while (cursor !== '0');
      expect(rounds).toBeGreaterThan(10);
      return { seen: [...new Set(seen)].sort(), removed: await ask(`UNLINK ${seen.join(' ')}`) };
    };
    const there = await real(server, 'default', walk);
    const here = await simulated(RELIEVER, { cache: small }, walk);
    expect(here).toEqual(there);
    expect(here.seen.length).toBeGreaterThan(100);
  });

  it('FLUSHALL ASYNC leaves nothing, and no line of a database', async () => {
    const work = async (ask: Ask) => [
      await ask('FLUSHALL ASYNC'),
      await ask('DBSIZE'),
      await ask('INFO keyspace'),
    ];
    expect(await simulated(RELIEVER, {}, work)).toEqual(await real(server, 'default', work));
  });
});

describe('a cache of the sandbox refuses as a real one', () => {
  const always = { from: 0, until: 1000 };

  it('a write beyond its limit, and no removal', async () => {
    const server = await all.start();
    fill(server);
    server.cli('CONFIG', 'SET', 'maxmemory', '1');
    // Here one key still fits.
    const room = 12 * 1_048_576;
    const work = async (ask: Ask) => [
      ...[await ask('SET cache:0 x'), await ask('PING'), await ask('UNLINK cache:0')],
      ...[await ask('INFO errorstats')],
    ];
    expect(await simulated(RELIEVER, { cache: { ...small, limit: room } }, work)).toEqual(
      await real(server, 'default', work),
    );
  });

  it('each write to a replica', async () => {
    const main = await all.start();
    const replica = await all.start({ replicaof: `${host} ${main.port}`, masterauth: password });
    const work = async (ask: Ask) => [await ask('UNLINK a'), await ask('FLUSHALL ASYNC'), await ask('PING')];
    const troubles = [{ kind: 'redis-read-only', because: 'replica', ...always } as const];
    expect(await simulated(RELIEVER, { troubles }, work)).toEqual(await real(replica, 'default', work));
  });

  it('writes and PING where its snapshot fails', async () => {
    const server = await all.start({ save: '3600 1000', 'enable-protected-configs': 'yes' });
    server.cli('CONFIG', 'SET', 'dir', '/proc');
    server.cli('SET', 'a', 'b');
    server.cli('BGSAVE');
    await pause(1000);
    const work = async (ask: Ask) => [
      await ask('UNLINK a'),
      await ask('PING'),
      await ask('CONFIG GET maxmemory'),
    ];
    const troubles = [{ kind: 'redis-read-only', because: 'snapshot', ...always } as const];
    const there = await real(server, 'default', work);
    expect(await simulated(RELIEVER, { troubles, cache: { limit: 0 } }, work)).toEqual(sameWords(there));
  });

  it('everything but what says how it is, while it loads', async () => {
    const first = await all.start({ dbfilename: 'contract.rdb', rdbcompression: 'no' });
    fill(first);
    first.cli('SAVE');
    await first.end();
    const slowly = { 'key-load-delay': 10_000, 'loading-process-events-interval-bytes': 2000 };
    const again = await all.start({ dbfilename: 'contract.rdb', rdbcompression: 'no', ...slowly });
    const work = async (ask: Ask) => [
      ...[await ask('PING'), await ask('DBSIZE'), await ask('SCAN 0'), await ask('UNLINK a')],
      ...[await ask('SLOWLOG GET 0'), await ask('CONFIG GET maxmemory')],
      /^loading:(\d)/m.exec(String(await ask('INFO persistence')))?.[1],
    ];
    const troubles = [{ kind: 'redis-loading', ...always } as const];
    const there = await real(again, 'default', work);
    expect(await simulated(RELIEVER, { troubles, cache: { limit: 0 } }, work)).toEqual(sameWords(there));
  });

  it('a client beyond maxclients, and a wrong password', async () => {
    const said = (work: Promise<unknown>) =>
      work.then(
        () => 'nothing',
        (error: Error) => error.message,
      );
    const troubles = [{ kind: 'redis-clients-held', clients: DEFAULT_CACHE.maxClients, ...always } as const];
    const server = await all.start({ maxclients: 1 });
    const there = await real(server, 'default', () => said(real(server, 'default', (ask) => ask('PING'))));
    expect(await said(simulated('reader', { troubles }, (ask) => ask('PING')))).toBe(there);
    const target = { host, port: server.port, tls: false, login: { user: 'default', password: 'other' } };
    await pause(500);
    const refused = await said(asking(target, 5000, (ask) => ask('PING')));
    const own = { ...targetOf('reader'), login: target.login };
    const [service] = createWorld({
      now: () => 0,
      random: mulberry32(1),
      services: [{ cluster: 'stage', name: 'app', desiredCount: 3, arrivals: () => 0 }],
    }).services;
    const guarded = { ...address, secret: '/cache' };
    expect(await said(simulatedCaches(service, guarded).connect(own, 1000, (ask) => ask('PING')))).toBe(
      refused,
    );
  });
});
