import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { cacheStatus, cacheStatusLines } from '../../local/status-cache.ts';
import { caches } from '../../shared/cache/connection.ts';
import { timer } from '../../shared/lambda/step.ts';
import { service } from '../support/builders.ts';
import { type Certificate, certificateFor, host, muteServer, pause } from './loopback.ts';
import { freePort } from './programs.ts';
import { password, requireRedis, type Server, type Servers, servers, versionOfServer } from './redis.ts';

jest.setTimeout(120_000);

let all: Servers;
beforeAll(() => {
  requireRedis();
  all = servers();
});
afterAll(() => all?.stop());

interface Asked {
  secret?: string | false;
  tls?: 'none' | 'require';
  serverName?: string;
  prefixes?: string[];
}

/** What `npm run status` knows and says of a cache. */
async function status(port: number, { secret = password, tls = 'none', serverName, prefixes }: Asked = {}) {
  const cache = {
    ...{ host, port, tls, serverName, prefixes },
    ...(secret === false ? {} : { secret: '/cache' }),
  };
  const secrets = { read: async () => String(secret) };
  const found = await cacheStatus({ ...service, cache }, { secrets, caches: caches(), after: timer });
  if (!found) throw new Error('nothing was read');
  const lines = cacheStatusLines(found, cache);
  const typed = lines.filter((line) => line.startsWith(`${' '.repeat(13)}  `)).map((line) => line.trim());
  return {
    ...found,
    lines,
    typed,
    codes: found.findings.map(({ code }) => code),
    text: lines.join('\n').replace(/\s+/g, ' '),
  };
}

const value = 'x'.repeat(10_000);
/** Writes so many keys, and says how many were taken. */
function write(server: Server, keys: number, prefix: string, from = 0): number {
  const script = `local n = 0
    for i = ARGV[1] + 0, ARGV[2] - 1 do
      local answer = redis.pcall('SET', ARGV[3] .. i, ARGV[4])
      if answer.ok then n = n + 1 end
    end
    return n`;
  const answer = server.cli('EVAL', script, '0', String(from), String(from + keys), prefix, value);
  return Number(/^\d+$/.exec(answer)?.[0] ?? 0);
}

/** While status looks twice, this goes on. */
async function during<T>(step: () => void, work: () => Promise<T>): Promise<T> {
  let over = false;
  const going = (async () => {
    while (!over) {
      step();
      await pause(300);
    }
  })();
  try {
    return await work();
  } finally {
    over = true;
    await going;
  }
}

/** A cache of 4 MB that was to take more. */
async function filled(policy: string) {
  const server = await all.start({ maxmemory: '4mb', 'maxmemory-policy': policy });
  write(server, 50, 'session:');
  write(server, 400, 'cache:');
  return server;
}

describe('a cache at work', () => {
  it('is ok, with its version, memory and keys', async () => {
    const server = await all.start({ maxmemory: '100mb' });
    write(server, 10, 'cache:');
    const { codes, lines } = await status(server.port);
    expect(codes).toEqual(['ok']);
    expect(lines[0]).toMatch(
      /^Cache {8}127\.0\.0\.1:\d+, (Redis|Valkey) \d+\.\d+\.\d+: 1 of 10,000 clients$/,
    );
    expect(lines[0]).toContain(versionOfServer());
    expect(lines.join('\n')).toMatch(/of 100 MB in use \([\d.]+ %\), policy noeviction\n.*10 keys, 0 with/);
  });

  it('is ok without a login where none is asked for', async () => {
    const server = await all.start({ requirepass: '' });
    expect((await status(server.port, { secret: false })).codes).toEqual(['ok']);
  });
});

describe('a full cache', () => {
  it('is full under noeviction, and the first line that is proposed mends it', async () => {
    const server = await filled('noeviction');
    expect(server.cli('PING')).toBe('PONG');
    const write1 = () => server.cli('SET', 'one', value);
    expect(write1()).toMatch(/^OOM/);
    const found = await during(write1, () => status(server.port, { prefixes: ['cache:'] }));
    expect(found.codes[0]).toBe('full');
    expect(found.text).toMatch(
      /Full: writes fail although it answers PING: .*; [\d,]+ commands? refused between/,
    );
    expect(found.typed).toContain('CONFIG SET maxmemory-policy allkeys-lru');
    expect(found.typed.join('\n')).not.toMatch(/FLUSH/);
    server.cli(...['CONFIG', 'SET', 'maxmemory-policy', 'allkeys-lru']);
    expect(write1()).toBe('OK');
    expect((await status(server.port)).codes).not.toContain('full');
  });

  it('is full under volatile-lru where no key has a time to live', async () => {
    const server = await filled('volatile-lru');
    const found = await during(
      () => server.cli('SET', 'one', value),
      () => status(server.port),
    );
    expect(found.codes[0]).toBe('full');
    expect(found.typed).toContain('CONFIG SET maxmemory-policy allkeys-lru');
  });

  it('has room again once the keys of a prefix are removed as proposed, and the others stay', async () => {
    const server = await filled('noeviction');
    const { typed } = await status(server.port, { prefixes: ['cache:'] });
    const sessions = () => Number(server.cli('EVAL', "return #redis.call('KEYS', 'session:*')", '0'));
    const before = sessions();
    expect(before).toBe(50);
    const start = typed.findIndex((line) => line.endsWith('|'));
    const command = typed
      .slice(start, start + 2)
      .join('\n')
      .replaceAll('--user ADMIN', '--user default');
    const type = () =>
      execFileSync('bash', ['-c', command], { env: { ...process.env, REDISCLI_AUTH: password } });
    type();
    expect(sessions()).toBe(before);
    // A key of the prefix that holds the whole name of another one.
    server.cli('SET', 'cache:x\nsession:1', 'value');
    type();
    expect(sessions()).toBe(before);
    expect(server.cli('SET', 'one', value)).toBe('OK');
    const after = await status(server.port);
    expect(after.codes).not.toContain('full');
  });

  it('evicts under allkeys-lru', async () => {
    const server = await filled('allkeys-lru');
    let next = 10_000;
    const step = () => {
      write(server, 20, 'cache:', next);
      next += 20;
      server.cli('GET', 'cache:0');
    };
    const { codes, text } = await during(step, () => status(server.port));
    expect(codes[0]).toBe('evicting');
    expect(text).toMatch(/Evicting: [\d,]+ keys? removed in 5 s to make room \(policy allkeys-lru\)/);
  });
});

describe('a cache that does not serve', () => {
  it('refuses clients at maxclients, this reader too', async () => {
    const server = await all.start({ maxclients: 5 });
    const open = async () => {
      const socket: Socket = connect(server.port, host);
      socket.on('error', () => {});
      await new Promise((resolve) => socket.once('connect', resolve));
      return socket;
    };
    const sockets = await Promise.all([1, 2, 3, 4].map(open));
    const inside = await status(server.port);
    expect(inside.codes).toEqual(['refusing']);
    expect(inside.text).toMatch(/maxclients 5 is reached, 5 clients are connected/);
    await pause(1000);
    sockets.push(await open());
    await pause(1000);
    const outside = await status(server.port);
    expect(outside.codes).toEqual(['refusing']);
    expect(outside.text).toMatch(/unknown: every client connection is taken \(maxclients\)/);
    for (const socket of sockets) socket.destroy();
  });

  it('is read-only as a replica, and names where writes go', async () => {
    const main = await all.start();
    const replica = await all.start({ replicaof: `${host} ${main.port}`, masterauth: password });
    const { codes, text } = await status(replica.port);
    expect(codes).toEqual(['read-only']);
    expect(text).toContain(`writes go to ${host}:${main.port}`);
    expect(replica.cli('SET', 'a', 'b')).toMatch(/^READONLY/);
  });

  it('is read-only where its snapshot fails', async () => {
    const server = await all.start({ save: '3600 1000', 'enable-protected-configs': 'yes' });
    server.cli('SET', 'a', 'b');
    server.cli('CONFIG', 'SET', 'dir', '/proc');
    server.cli('BGSAVE');
    await pause(1000);
    const { codes, text } = await status(server.port);
    expect(codes).toEqual(['read-only']);
    expect(text).toContain('its last snapshot failed');
  });

  it('is loading while it reads its keys', async () => {
    const first = await all.start({ dbfilename: 'loaded.rdb', rdbcompression: 'no' });
    write(first, 600, 'cache:');
    first.cli('SAVE');
    await first.end();
    const slowly = { 'key-load-delay': 10_000, 'loading-process-events-interval-bytes': 20_000 };
    const again = await all.start({ dbfilename: 'loaded.rdb', rdbcompression: 'no', ...slowly });
    const { codes, text } = await status(again.port);
    expect(codes).toEqual(['loading']);
    expect(text).toMatch(/Loading: it reads its keys from disk/);
  });

  it('is slow where one command kept everybody waiting, and shows no argument of it', async () => {
    const server = await all.start({ 'enable-debug-command': 'yes' });
    server.cli('DEBUG', 'SLEEP', '0.3');
    const { codes, text } = await status(server.port);
    expect(codes).toEqual(['slow']);
    expect(text).toMatch(/Slow: 1 command of 100 ms and more, and everybody waited: DEBUG took [\d,]+ ms/);
    expect(text).not.toContain('SLEEP');
  });
});

describe('what cannot be read is unknown, in one clear line', () => {
  let server: Server;
  let mute: ReturnType<typeof muteServer>;
  beforeAll(async () => {
    server = await all.start();
    const rights = readFileSync('docs/permissions.md', 'utf8');
    const [, user = '', words = ''] = /^ACL SETUSER (\S+) on '>\.\.\.' (.*)$/m.exec(rights) ?? [];
    server.cli('ACL', 'SETUSER', user, 'on', `>${password}`, ...words.split(' '));
    server.cli('ACL', 'SETUSER', 'guest', 'on', `>${password}`, '~*', '+ping');
    server.cli('ACL', 'SETUSER', 'half', 'on', `>${password}`, '+ping', '+info');
    mute = muteServer();
  });
  afterAll(() => mute.close());

  it('the user of docs/permissions.md reads everything, and can change nothing', async () => {
    const { codes } = await status(server.port, { secret: `emergency_reader:${password}` });
    expect(codes).toEqual(['ok']);
    for (const command of ['FLUSHALL', 'SET a b', 'GET a', 'CONFIG GET maxmemory', 'UNLINK a', 'KEYS *'])
      expect(
        spawnSync(
          'redis-cli',
          ['-p', String(server.port), '--user', 'emergency_reader', '-a', password].concat(
            command.split(' '),
          ),
          { encoding: 'utf8' },
        ).stdout,
      ).toMatch(/^NOPERM/);
  });

  it.each<[string, Asked, RegExp]>([
    ['a wrong password', { secret: 'wrong' }, /unknown: user default or its password is refused/],
    ['a user that it does not know', { secret: 'nobody:x' }, /unknown: user nobody or its password is/],
    ['no login', { secret: false }, /unknown: the cache wants a password, and no secret is configured/],
    ['a user that may not read', { secret: `guest:${password}` }, /unknown: access denied: NOPERM .*'info'/],
    ['half of it', { secret: `half:${password}` }, /Slow commands are unknown: access denied: NOPERM/],
    ['no TLS there', { tls: 'require' }, /unknown: the server has no TLS|unknown: no answer/],
  ])('%s', async (_, asked, line) => {
    const { text, lines } = await status(server.port, asked);
    expect(text).toMatch(line);
    expect(text).not.toContain(password);
    expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(80);
  });

  it('nobody listens', async () => {
    const { codes, text } = await status(1);
    expect(codes).toEqual(['unreachable']);
    expect(text).toMatch(/not reachable: .*ECONNREFUSED/);
  });

  it('no answer in time', async () => {
    const started = Date.now();
    const { codes, text } = await status(mute.port());
    expect(codes).toEqual(['unreachable']);
    expect(text).toMatch(/unknown: no answer (within 5 s|in time)/);
    expect(Date.now() - started).toBeLessThan(8000);
  });
});

describe('over TLS', () => {
  let port: number;
  let own: Certificate;
  beforeAll(async () => {
    own = certificateFor('cache.example', all.file);
    own.trust();
    const files = { 'tls-cert-file': own.certificate, 'tls-key-file': own.key, 'tls-auth-clients': 'no' };
    ({ port } = await all.start({ port: 0, 'tls-port': await freePort(), ...files }));
  });
  afterAll(() => own?.distrust());

  it('reads where the certificate has the name that the configuration says', async () => {
    expect((await status(port, { tls: 'require', serverName: 'cache.example' })).codes).toEqual(['ok']);
  });

  it('says what is wrong with the certificate, and that TLS is wanted', async () => {
    expect((await status(port, { tls: 'require' })).text).toMatch(/TLS: the certificate is not trusted/);
    own.distrust();
    const named: Asked = { tls: 'require', serverName: 'cache.example' };
    expect((await status(port, named)).text).toMatch(/TLS: the certificate is not trusted/);
    expect((await status(port)).text).toMatch(/does it want TLS\?/);
  });
});
