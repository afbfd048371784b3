import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { cacheStatus } from '../../local/status-cache.ts';
import { asking, caches } from '../../shared/cache/connection.ts';
import { nextBatch } from '../../shared/cache/next-batch.ts';
import { givePolicyBack, readPolicy, setPolicy } from '../../shared/cache/policy.ts';
import { type ReliefSeen, reliefs } from '../../shared/cache/relief.ts';
import { countPrefixes, flush, readMemory, type Session, unlinkPrefix } from '../../shared/cache/relieve.ts';
import { timer } from '../../shared/lambda/step.ts';
import { service } from '../support/builders.ts';
import { host, pause } from './loopback.ts';
import { password, requireRedis, type Server, type Servers, servers } from './redis.ts';

jest.setTimeout(240_000);

let all: Servers;
beforeAll(() => {
  requireRedis();
  all = servers();
});
afterAll(() => all?.stop());

/** Does something over one connection, as this user. */
const over = <T>({ port }: Server, work: (session: Session) => Promise<T>, user = 'default') =>
  asking({ host, port, login: { user, password }, tls: false }, 5000, (ask) => work({ ask, user }));

/** Writes so many keys of a prefix, and says how many were taken. */
function write(server: Server, prefix: string, keys: number, bytes = 10): number {
  const script = `local n = 0
    for i = 1, ARGV[1] + 0 do
      local answer = redis.pcall('SET', ARGV[2] .. i, ARGV[3])
      if answer.ok then n = n + 1 end
    end
    return n`;
  const answer = server.cli('EVAL', script, '0', String(keys), prefix, 'x'.repeat(bytes));
  return Number(/^\d+$/.exec(answer)?.[0] ?? 0);
}

const count = async (server: Server, ...prefixes: string[]) => {
  const counted = await over(server, (session) => countPrefixes(session, prefixes, () => false));
  if ('unknown' in counted) throw new Error(counted.unknown.cause);
  expect(counted.value.every(({ finished }) => finished)).toBe(true);
  return counted.value.map(({ keys }) => keys);
};

const ofCache = { prefix: 'cache:', cluster: false };
const fine = { stopped: false, secondsLeft: 60, load: { value: 10 }, loadLimit: 70 };
const steady = { mayGoOn: async () => 'go-on' as const, pause: () => Promise.resolve() };

describe('a cache that is full under noeviction', () => {
  let server: Server;
  const takesWrites = () => server.cli('SET', 'one', 'x'.repeat(10_000));
  beforeAll(async () => {
    server = await all.start({ maxmemory: '4mb', 'maxmemory-policy': 'noeviction' });
    write(server, 'session:', 50, 10_000);
    write(server, 'cache:', 400, 10_000);
  });

  it('has its reliefs: the policy, then the keys that can be made again', async () => {
    const cache = { host, port: server.port, secret: '/cache', tls: 'none' as const, prefixes: ['cache:'] };
    const secrets = { read: async () => password };
    const found = await cacheStatus({ ...service, cache }, { secrets, caches: caches(), after: timer });
    const [finding] = found?.findings ?? [];
    if (finding?.code !== 'full') throw new Error(`it is ${finding?.code}`);
    const part = await over(
      server,
      async (session): Promise<Pick<ReliefSeen, 'policy' | 'counts'>> => ({
        policy: await readPolicy(session),
        counts: await countPrefixes(session, cache.prefixes, () => false),
      }),
    );
    const [keys = 0] = await count(server, 'cache:');
    expect(keys).toBeGreaterThan(0);
    expect(reliefs({ finding, cache, request: { by: 'alarm' }, ...part })).toMatchObject({
      reliefs: [
        { code: 'policy', by: 'machine', from: 'noeviction', to: 'allkeys-lru', keys: keys + 50 },
        { code: 'unlink', keys, prefixes: [{ prefix: 'cache:', keys }] },
      ],
      omitted: [{ relief: 'flush' }],
    });
  });

  it('takes writes once the policy is set, and goes back to its snapshot', async () => {
    expect(takesWrites()).toMatch(/^OOM/);
    const from = await over(server, readPolicy);
    if ('unknown' in from) throw new Error(from.unknown.cause);
    const change = { from: from.value, to: 'allkeys-lru' };
    const set = () => over(server, (session) => setPolicy(session, change));
    const giveBack = () => over(server, (session) => givePolicyBack(session, change));
    expect(await set()).toEqual({ code: 'set' });
    expect(takesWrites()).toBe('OK');
    expect(await set()).toEqual({ code: 'already' });
    expect(await giveBack()).toEqual({ code: 'set' });
    expect(await giveBack()).toEqual({ code: 'already' });
    expect(server.cli('CONFIG', 'GET', 'maxmemory-policy')).toBe('maxmemory-policy\nnoeviction');
  });

  it('keeps the policy of a person, there and back', async () => {
    const change = { from: 'noeviction', to: 'allkeys-lru' };
    server.cli('CONFIG', 'SET', 'maxmemory-policy', 'volatile-lru');
    const person = { code: 'person', policy: 'volatile-lru' };
    expect(await over(server, (session) => setPolicy(session, change))).toEqual(person);
    expect(await over(server, (session) => givePolicyBack(session, change))).toEqual(person);
    server.cli('CONFIG', 'SET', 'maxmemory-policy', 'noeviction');
  });

  it('says that a policy which there is not was refused', async () => {
    const change = { from: 'noeviction', to: 'allkeys-odd' };
    expect(await over(server, (session) => setPolicy(session, change))).toMatchObject({
      code: 'no-effect',
      unknown: { cause: 'failed' },
    });
  });

  it('takes writes once so many keys are removed as relieve it, and no more are', async () => {
    const server = await all.start({ maxmemory: '20mb', 'maxmemory-policy': 'noeviction' });
    write(server, 'session:', 500, 1000);
    const written = write(server, 'cache:', 30_000, 1000);
    const takes = () => server.cli('SET', 'one', 'x'.repeat(10_000));
    expect(takes()).toMatch(/^OOM/);
    const unlinked = await over(server, (session) => {
      const mayGoOn = async () => nextBatch({ ...fine, memory: await readMemory(session) });
      return unlinkPrefix(session, ofCache, { ...steady, mayGoOn });
    });
    expect(unlinked.ended).toEqual({ code: 'relieved' });
    expect(unlinked.removed).toBeGreaterThan(0);
    const left = written - unlinked.removed;
    expect(left).toBeGreaterThan(0);
    expect(await count(server, 'cache:', 'session:')).toEqual([left, 500]);
    expect(takes()).toBe('OK');
  });
});

describe('600,000 keys of a prefix', () => {
  let server: Server;
  beforeAll(async () => {
    server = await all.start();
    for (const prefix of ['cache:', 'session:'])
      for (let part = 0; part < (prefix === 'cache:' ? 6 : 2); part += 1)
        write(server, `${prefix}${part}:`, 100_000);
    write(server, 'cachet', 10);
    write(server, 'x:cache:', 10);
  });

  it('that are not counted in time are a lower bound, and they were not looked at again', async () => {
    let looks = 0;
    const isOver = () => {
      looks += 1;
      return looks > 20;
    };
    const counted = await over(server, (session) => countPrefixes(session, ['cache:', 'session:'], isOver));
    if ('unknown' in counted) throw new Error(counted.unknown.cause);
    for (const { keys, finished } of counted.value) {
      expect(finished).toBe(false);
      expect(keys).toBeGreaterThan(0);
      expect(keys).toBeLessThan(20_000);
    }
  });

  it('stay where the switch is turned in the middle', async () => {
    let [batches, stopped] = [0, false];
    const unlinked = await over(server, (session) =>
      unlinkPrefix(session, ofCache, {
        mayGoOn: async () => nextBatch({ ...fine, stopped, memory: { value: { counted: 1, limit: 1 } } }),
        pause: async () => {
          batches += 1;
          stopped = batches === 100;
        },
      }),
    );
    expect(unlinked.ended).toEqual({ code: 'stopped' });
    expect(unlinked.removed).toBeGreaterThan(0);
    expect(await count(server, 'cache:')).toEqual([600_000 - unlinked.removed]);
  });

  it('are removed while another client is answered all along, and no other key is', async () => {
    const [left = 0] = await count(server, 'cache:');
    const removal = over(server, (session) =>
      unlinkPrefix(session, ofCache, { ...steady, pause: async () => void (await pause(1)) }),
    );
    let done = false;
    const other = over(server, async ({ ask }) => {
      let [answers, worst] = [0, 0];
      while (!done) {
        const asked = performance.now();
        expect(await ask('GET', 'session:1:500')).toBe('x'.repeat(10));
        worst = Math.max(worst, performance.now() - asked);
        answers += 1;
      }
      return { answers, worst };
    });
    const started = performance.now();
    const unlinked = await removal;
    const took = performance.now() - started;
    done = true;
    const { answers, worst } = await other;
    expect(unlinked).toEqual({ removed: left, ended: { code: 'none-left' } });
    // One by one, between the batches, and never kept waiting for the whole of it.
    expect(answers).toBeGreaterThan(100);
    expect(worst).toBeLessThan(took / 2);
    expect(await count(server, 'cache:', 'session:', 'cachet', 'x:cache:')).toEqual([0, 200_000, 10, 10]);
  });

  it('are not flushed with one approver, and with two everything is gone', async () => {
    const flushed = (approvers: string[]) => over(server, (session) => flush(session, approvers));
    await expect(flushed(['Ann'])).rejects.toThrow('FLUSHALL needs 2 different people, got 1');
    await expect(flushed(['Ann', 'Ann'])).rejects.toThrow('got 1');
    expect(server.cli('DBSIZE')).toBe('200020');
    expect(await flushed(['Ann', 'Bolt'])).toEqual({ code: 'flushed' });
    expect(server.cli('DBSIZE')).toBe('0');
  });
});

describe('who may do no more than relieve', () => {
  const user = 'emergency_reliever';
  const rights = '~cache:* +ping +info +scan +unlink +dbsize +memory|doctor +latency|latest +slowlog|get';
  let server: Server;
  beforeAll(async () => {
    server = await all.start();
    server.cli('ACL', 'SETUSER', user, 'on', `>${password}`, ...rights.split(' '));
    write(server, 'cache:', 2500);
    write(server, 'session:', 5);
  });
  const as = <T>(work: (session: Session) => Promise<T>) => over(server, work, user);
  const denied = (command: string) => ({
    cause: 'denied',
    error: 'NOPERM',
    message: expect.stringContaining(command),
  });
  /** Redis says `one of the keys`, Valkey `a key`. */
  const ofKeys = { ...denied(''), message: expect.stringMatching(/keys?\b/) };
  const unlinked = (prefix: string) => as((session) => unlinkPrefix(session, { ...ofCache, prefix }, steady));

  it('counts, reads the memory, and removes the keys of the prefix', async () => {
    const counted = await as((session) => countPrefixes(session, ['cache:'], () => false));
    expect(counted).toEqual({ value: [{ prefix: 'cache:', keys: 2500, finished: true }] });
    expect(await as(readMemory)).toMatchObject({ value: { limit: 0 } });
    expect(await unlinked('cache:')).toEqual({ removed: 2500, ended: { code: 'none-left' } });
  });

  it('removes one key at a time as on a node of a cluster', async () => {
    write(server, 'cache:', 30);
    expect(await as((session) => unlinkPrefix(session, { ...ofCache, cluster: true }, steady))).toEqual({
      removed: 30,
      ended: { code: 'none-left' },
    });
  });

  it('removes no key of another prefix, and may neither set the policy nor flush', async () => {
    expect(await unlinked('session:')).toMatchObject({
      removed: 0,
      ended: { code: 'fault', unknown: ofKeys },
    });
    const change = { from: 'noeviction', to: 'allkeys-lru' };
    const refused = { code: 'not-allowed', unknown: denied('config') };
    expect(await as((session) => setPolicy(session, change))).toEqual(refused);
    expect(await as((session) => givePolicyBack(session, change))).toEqual(refused);
    expect(await as((session) => flush(session, ['Ann', 'Bolt']))).toEqual({
      code: 'refused',
      unknown: denied('flushall'),
    });
    expect(await count(server, 'session:')).toEqual([5]);
  });
});

describe('a server that refuses what relieves it', () => {
  const change = { from: 'noeviction', to: 'allkeys-lru' };

  it('has no CONFIG, as ElastiCache', async () => {
    const include = all.file('hidden.conf', 'rename-command CONFIG hidden\n');
    const server = await all.start({ include });
    expect(await over(server, (session) => setPolicy(session, change))).toEqual({
      code: 'not-allowed',
      unknown: { cause: 'no-command', command: 'CONFIG' },
    });
  });

  it('is a replica', async () => {
    const main = await all.start();
    write(main, 'cache:', 10);
    const replica = await all.start({ replicaof: `${host} ${main.port}`, masterauth: password });
    for (let tries = 0; replica.cli('DBSIZE') !== '10' && tries < 100; tries += 1) await pause(100);
    expect(await over(replica, (session) => unlinkPrefix(session, ofCache, steady))).toEqual({
      removed: 0,
      ended: { code: 'fault', unknown: { cause: 'read-only' } },
    });
    expect(await over(replica, (session) => flush(session, ['Ann', 'Bolt']))).toEqual({
      code: 'refused',
      unknown: { cause: 'read-only' },
    });
    expect(main.cli('DBSIZE')).toBe('10');
  });

  it('loads, or wants another password', async () => {
    const first = await all.start({ dbfilename: 'slowly.rdb', rdbcompression: 'no' });
    write(first, 'cache:', 600, 10_000);
    first.cli('SAVE');
    await first.end();
    const slowly = { 'key-load-delay': 10_000, 'loading-process-events-interval-bytes': 20_000 };
    const server = await all.start({ dbfilename: 'slowly.rdb', rdbcompression: 'no', ...slowly });
    expect(await over(server, (session) => countPrefixes(session, ['cache:'], () => false))).toEqual({
      unknown: { cause: 'loading' },
    });
    const other = { host, port: server.port, login: { user: 'nobody', password }, tls: false };
    await expect(asking(other, 5000, async () => undefined)).rejects.toThrow(/^WRONGPASS/);
  });

  it('goes away in the middle', async () => {
    const server = await all.start();
    write(server, 'cache:', 5000);
    const gone = await over(server, (session) =>
      unlinkPrefix(session, ofCache, { ...steady, pause: () => server.end() }),
    );
    expect(gone.removed).toBeGreaterThan(0);
    expect(gone.ended).toMatchObject({ code: 'fault', unknown: { cause: 'unreachable' } });
  });
});
