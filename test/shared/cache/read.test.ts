import { describe, expect, it } from '@jest/globals';
import { readCache } from '../../../shared/cache/read.ts';
import type { CacheTarget, Resources } from '../../../shared/lambda/context.ts';
import { redis } from './answers.ts';

/** Answers with what Redis 7.0.15 said, or with what a test puts in its place; keeps what it was asked. */
class FakeConnection {
  readonly asked: string[] = [];
  readonly targets: [CacheTarget, number][] = [];
  private readonly instead: Readonly<Record<string, () => Promise<unknown>>>;

  constructor(instead: Readonly<Record<string, () => Promise<unknown>>> = {}) {
    this.instead = instead;
  }

  readonly connect: Resources['caches']['connect'] = (target, given, work) => {
    this.targets.push([target, given]);
    return work((...words) => {
      const line = words.join(' ');
      this.asked.push(line);
      return this.instead[line]?.() ?? Promise.resolve(recorded[line]);
    });
  };
}

const recorded: Record<string, unknown> = {
  ...Object.fromEntries(Object.entries(redis).map(([section, text]) => [`INFO ${section}`, text])),
  PING: 'PONG',
  'SLOWLOG GET 32': [[0, 1_796_033_670, 363_000, ['KEYS', '*'], '127.0.0.1:41234', '']],
};

/** A deadline that passes only where a test says so. */
class Deadline {
  readonly given: number[] = [];
  cancelled = 0;
  private readonly passed: Promise<void>;

  constructor(passed = new Promise<void>(() => {})) {
    this.passed = passed;
  }

  readonly after = (milliseconds: number) => {
    this.given.push(milliseconds);
    const cancel = () => {
      this.cancelled += 1;
    };
    return { passed: this.passed, cancel };
  };
}

const holding = (secret: string) => ({
  read: (name: string) =>
    name === '/shop/cache' ? Promise.resolve(secret) : Promise.reject(new Error(`asked for ${name}`)),
});
const secrets = holding('reader:pw');
const { after } = new Deadline();
const refusal = (message: string) => () => Promise.reject(new Error(message));
const denied = { cause: 'denied', error: 'NOPERM', message: 'NOPERM no permissions' };

describe('a cache that answers', () => {
  it('is asked for each section by itself, for PING and for the newest slow commands', async () => {
    const connection = new FakeConnection();
    const deadline = new Deadline();
    const read = await readCache({ host: 'cache' }, { secrets, caches: connection, after: deadline.after });
    expect(connection.asked).toEqual([
      ...['server', 'memory', 'stats', 'clients', 'errorstats', 'keyspace', 'replication', 'persistence'].map(
        (section) => `INFO ${section}`,
      ),
      ...['PING', 'SLOWLOG GET 32'],
    ]);
    expect(read).toMatchObject({
      value: {
        version: '7.0.15',
        keys: 12,
        ping: { value: 'ok' },
        slow: { value: [{ command: 'KEYS', milliseconds: 363, secondsAgo: 6 }] },
      },
    });
    expect(deadline).toMatchObject({ given: [5000], cancelled: 1 });
  });

  it.each([
    [{}, { port: 6379, tls: true, serverName: undefined }],
    [
      { tls: 'none' as const, port: 7000 },
      { port: 7000, tls: false, serverName: undefined },
    ],
    [{ serverName: 'cache.example' }, { port: 6379, tls: true, serverName: 'cache.example' }],
  ])('configured with %j is reached so', async (part, expected) => {
    const connection = new FakeConnection();
    await readCache({ host: 'cache', ...part }, { secrets, caches: connection, after });
    expect(connection.targets).toEqual([[{ host: 'cache', login: undefined, ...expected }, 5000]]);
  });

  it.each([
    ['reader:pw', 'reader', 'pw'],
    [' reader:pw:with:colons\n', 'reader', 'pw:with:colons'],
    ['only-a-password', 'default', 'only-a-password'],
    ['no user:pw', 'default', 'no user:pw'],
    ['two\nlines', 'default', 'two\nlines'],
    [' ', 'default', ''],
  ])('is logged in to with the parameter %j', async (secret, user, password) => {
    const connection = new FakeConnection();
    await readCache(
      { host: 'cache', secret: '/shop/cache' },
      { secrets: holding(secret), caches: connection, after },
    );
    expect(connection.targets).toMatchObject([[{ login: { user, password } }, 5000]]);
  });
});

describe('of a cache that answers in part', () => {
  it('a failed snapshot is what PING says', async () => {
    const caches = new FakeConnection({
      PING: refusal('MISCONF Redis is configured to save RDB snapshots'),
    });
    expect(await readCache({ host: 'cache' }, { secrets, caches, after })).toMatchObject({
      value: { ping: { value: 'snapshot-failed' } },
    });
  });

  it('an append-only file that cannot be written is another thing', async () => {
    const caches = new FakeConnection({
      PING: refusal('MISCONF Errors writing to the AOF file: No space left'),
    });
    expect(await readCache({ host: 'cache' }, { secrets, caches, after })).toMatchObject({
      value: { ping: { value: 'append-failed' } },
    });
  });

  it('what is no PONG is unknown, and so is a section of megabytes', async () => {
    const odd = new FakeConnection({ PING: async () => 'I am no Redis' });
    expect(await readCache({ host: 'cache' }, { secrets, caches: odd, after })).toMatchObject({
      value: { ping: { unknown: { cause: 'malformed' } } },
    });
    const huge = new FakeConnection({ 'INFO memory': async () => '#'.repeat(65_537) });
    expect(await readCache({ host: 'cache' }, { secrets, caches: huge, after })).toMatchObject({
      unknown: { cause: 'malformed', detail: 'INFO: an answer that is too long' },
    });
  });

  it.each([
    [refusal('NOPERM no permissions'), denied],
    [refusal('ERR no MISCONF'), { cause: 'failed', error: 'Error', message: 'ERR no MISCONF' }],
    [() => Promise.reject('odd'), { cause: 'failed', error: 'string', message: '' }],
  ])('PING alone is unknown', async (ping, unknown) => {
    const caches = new FakeConnection({ PING: ping });
    expect(await readCache({ host: 'cache' }, { secrets, caches, after })).toMatchObject({
      value: { keys: 12, ping: { unknown }, slow: { value: [{}] } },
    });
  });

  it('the slow commands alone are unknown', async () => {
    const caches = new FakeConnection({ 'SLOWLOG GET 32': refusal('NOPERM no permissions') });
    expect(await readCache({ host: 'cache' }, { secrets, caches, after })).toMatchObject({
      value: { ping: { value: 'ok' }, slow: { unknown: denied } },
    });
  });
});

describe('a cache that could not be read', () => {
  it.each([
    [{}, { cause: 'not-configured', lacks: 'cache-secret' }],
    [{ secret: '/shop/cache' }, { cause: 'wrong-password', user: 'reader' }],
  ])('wants another login than that of %j', async (part, unknown) => {
    const caches = new FakeConnection({ 'INFO server': refusal('NOAUTH Authentication required.') });
    expect(await readCache({ host: 'cache', ...part }, { secrets, caches, after })).toEqual({ unknown });
  });

  it('says of a text that lacks a field which one', async () => {
    const caches = new FakeConnection({ 'INFO memory': () => Promise.resolve('') });
    expect(await readCache({ host: 'cache' }, { secrets, caches, after })).toEqual({
      unknown: { cause: 'malformed', problem: 'other-format', detail: 'used_memory: is missing' },
    });
  });

  it('is not asked where its parameter cannot be read', async () => {
    const connection = new FakeConnection();
    const read = await readCache({ host: 'cache', secret: '/other' }, { secrets, caches: connection, after });
    expect(read).toEqual({ unknown: { cause: 'failed', error: 'Error', message: 'asked for /other' } });
    expect(connection.targets).toEqual([]);
  });

  it('is late when the deadline passes first', async () => {
    const deadline = new Deadline(Promise.resolve());
    const caches = new FakeConnection({ 'INFO server': () => new Promise(() => {}) });
    const read = await readCache({ host: 'cache' }, { secrets, caches, after: deadline.after });
    expect(read).toEqual({ unknown: { cause: 'late', seconds: 5 } });
    expect(deadline.cancelled).toBe(1);
  });
});
