import { describe, expect, it } from '@jest/globals';
import type { Stop } from '../../../shared/cache/next-batch.ts';
import {
  countPrefixes,
  flush,
  readMemory,
  type Session,
  unlinkPrefix,
} from '../../../shared/cache/relieve.ts';
import { redis } from './answers.ts';
import { denied, noRight, ScriptedCache } from './scripted.ts';

const never = () => false;
const late = new Error('Command timed out');
const malformed = (detail: string) => ({ cause: 'malformed', problem: 'other-format', detail });
const scan = (cursor: number, pattern: string) => `SCAN ${cursor} MATCH ${pattern} COUNT 1000`;
const otherForms: [unknown][] = [
  ['0'],
  [null],
  [[]],
  [[0, []]],
  [['0']],
  [['0', 'cache:1']],
  [['0', [1]]],
  [['0', ['cache:1', 2]]],
];

describe('keys', () => {
  it('are counted to the end, each prefix in turn', async () => {
    const cache = new ScriptedCache(
      ['7', ['cache:1', 'cache:2']],
      ['0', ['page:1']],
      ['9', []],
      ['0', ['cache:3']],
    );
    expect(await countPrefixes(cache, ['cache:', 'page:'], never)).toStrictEqual({
      value: [
        { prefix: 'cache:', keys: 3, finished: true },
        { prefix: 'page:', keys: 1, finished: true },
      ],
    });
    expect(cache.asked).toEqual([
      scan(0, 'cache:*'),
      scan(0, 'page:*'),
      scan(7, 'cache:*'),
      scan(9, 'cache:*'),
    ]);
  });

  it('that are not counted when the time is over are a lower bound', async () => {
    const cache = new ScriptedCache(['7', ['cache:1']], ['0', ['page:1']], ['9', ['cache:2']]);
    let looks = 0;
    const isOver = () => {
      looks += 1;
      return looks > 3;
    };
    expect(await countPrefixes(cache, ['cache:', 'page:'], isOver)).toStrictEqual({
      value: [
        { prefix: 'cache:', keys: 2, finished: false },
        { prefix: 'page:', keys: 1, finished: true },
      ],
    });
    expect(cache.asked).toHaveLength(3);
  });

  it('are not looked at where there is no time at all, or no prefix', async () => {
    const cache = new ScriptedCache();
    expect(await countPrefixes(cache, ['cache:'], () => true)).toEqual({
      value: [{ prefix: 'cache:', keys: 0, finished: false }],
    });
    expect(await countPrefixes(cache, [], never)).toEqual({ value: [] });
    expect(cache.asked).toEqual([]);
  });

  it('whose prefix means more in a pattern are asked for by their letters alone', async () => {
    const cache = new ScriptedCache(['0', []]);
    await countPrefixes(cache, ['a*b?c[d]e\\f:'], never);
    expect(cache.asked).toEqual([scan(0, 'a\\*b\\?c\\[d\\]e\\\\f:*')]);
  });

  it('that do not begin so are no keys of the prefix', async () => {
    const cache = new ScriptedCache(['0', ['cache:1', 'session:cache:', 'cache']]);
    expect(await countPrefixes(cache, ['cache:'], never)).toMatchObject({ value: [{ keys: 1 }] });
  });

  it('of no prefix at all are never asked for', async () => {
    const cache = new ScriptedCache();
    const unknown = malformed('prefix: must not be empty');
    expect(await countPrefixes(cache, [''], never)).toEqual({ unknown });
    expect(await unlinkPrefix(cache, { prefix: '', cluster: false }, steady)).toEqual({
      removed: 0,
      ended: { code: 'fault', unknown },
    });
    expect(cache.asked).toEqual([]);
  });

  it.each(otherForms)('are unknown from %j', async (answer) => {
    expect(await countPrefixes(new ScriptedCache(answer), ['cache:'], never)).toEqual({
      unknown: malformed('SCAN: an answer of another form'),
    });
  });

  it('that may not be listed are unknown', async () => {
    const cache = new ScriptedCache(['7', ['cache:1']], noRight);
    expect(await countPrefixes(cache, ['cache:'], never)).toEqual({ unknown: denied });
  });
});

const steady = { mayGoOn: async () => 'go-on' as const, pause: async () => {} };
const plain = { prefix: 'cache:', cluster: false };

/** Says one answer after the other, and keeps when it was asked, and when others got their turn. */
function watched(cache: ScriptedCache, ...says: ('go-on' | Stop)[]) {
  return {
    mayGoOn: async () => {
      cache.asked.push('may go on?');
      const next = says.shift();
      if (next === undefined) throw new Error('nobody knows');
      return next;
    },
    pause: async () => void cache.asked.push('pause'),
  };
}

describe('the removal of keys', () => {
  it('goes batch by batch, asks before each, and gives others their turn where it removed', async () => {
    const cache = new ScriptedCache(['7', ['cache:1', 'cache:2']], 2, ['8', []], ['0', ['cache:3']], 1);
    const batches = watched(cache, 'go-on', 'go-on', 'go-on');
    expect(await unlinkPrefix(cache, plain, batches)).toStrictEqual({
      removed: 3,
      ended: { code: 'none-left' },
    });
    expect(cache.asked).toEqual([
      ...['may go on?', scan(0, 'cache:*'), 'UNLINK cache:1 cache:2', 'pause'],
      ...['may go on?', scan(7, 'cache:*')],
      ...['may go on?', scan(8, 'cache:*'), 'UNLINK cache:3'],
    ]);
  });

  it('counts what the server removed, and not what it was asked for', async () => {
    const cache = new ScriptedCache(['0', ['cache:1', 'cache:2']], 1);
    expect(await unlinkPrefix(cache, plain, steady)).toMatchObject({ removed: 1 });
  });

  it('names no key that does not begin so', async () => {
    const cache = new ScriptedCache(['0', ['session:1', 'cache:1']], 1);
    await unlinkPrefix(cache, plain, steady);
    expect(cache.asked).toEqual([scan(0, 'cache:*'), 'UNLINK cache:1']);
  });

  it('names one key at a time on a node of a cluster', async () => {
    const cache = new ScriptedCache(['0', ['cache:1', 'cache:2']], 1, 1);
    expect(await unlinkPrefix(cache, { ...plain, cluster: true }, steady)).toMatchObject({ removed: 2 });
    expect(cache.asked.slice(1)).toEqual(['UNLINK cache:1', 'UNLINK cache:2']);
  });

  it.each<Stop>(['stopped', 'deadline-near', 'load-above-limit'])(
    'that may not begin because of %s asks the cache nothing',
    async (code) => {
      const cache = new ScriptedCache();
      expect(await unlinkPrefix(cache, plain, watched(cache, code))).toEqual({ removed: 0, ended: { code } });
      expect(cache.asked).toEqual(['may go on?']);
    },
  );

  it('ends in the middle, with the count so far, and goes on there in a later call', async () => {
    const cache = new ScriptedCache(['7', ['cache:1']], 1, ['0', ['cache:2']], 1);
    const first = await unlinkPrefix(cache, plain, watched(cache, 'go-on', 'deadline-near'));
    expect(first).toEqual({ removed: 1, ended: { code: 'deadline-near' }, cursor: '7' });
    expect(await unlinkPrefix(cache, { ...plain, from: first.cursor }, steady)).toEqual({
      removed: 1,
      ended: { code: 'none-left' },
    });
    expect(cache.asked.filter((command) => command.startsWith('SCAN'))).toEqual([
      expect.stringContaining('SCAN 0 '),
      expect.stringContaining('SCAN 7 '),
    ]);
  });

  it.each<[string, unknown[], number, object]>([
    ['a right is missing', [['0', ['cache:1']], noRight], 0, denied],
    ['an answer is late', [['7', ['cache:1']], 1, late], 1, { cause: 'late' }],
    ['the count is none', [['0', ['cache:1']], 'OK'], 0, malformed('UNLINK: an answer of another form')],
    ['the list is none', [['7', ['cache:1']], 1, 'odd'], 1, malformed('SCAN: an answer of another form')],
  ])('ends with the count so far where %s', async (_, answers, removed, unknown) => {
    const cache = new ScriptedCache(...answers);
    expect(await unlinkPrefix(cache, plain, steady)).toEqual({
      removed,
      ended: { code: 'fault', unknown },
      ...(removed > 0 ? { cursor: '7' } : {}),
    });
  });

  it('says of a node of a cluster what it removed, before and after a key that it refused', async () => {
    const cache = new ScriptedCache(['0', ['cache:1', 'cache:2', 'cache:3']], 1, late, 1);
    expect(await unlinkPrefix(cache, { ...plain, cluster: true }, steady)).toEqual({
      removed: 2,
      ended: { code: 'fault', unknown: { cause: 'late' } },
    });
  });

  it('ends where nobody knows whether it may go on', async () => {
    const cache = new ScriptedCache(['7', ['cache:1']], 1);
    expect(await unlinkPrefix(cache, plain, watched(cache, 'go-on'))).toEqual({
      removed: 1,
      cursor: '7',
      ended: { code: 'fault', unknown: { cause: 'failed', error: 'Error', message: 'nobody knows' } },
    });
  });
});

describe('the memory', () => {
  it('is read by itself', async () => {
    const cache = new ScriptedCache(redis.memory);
    expect(await readMemory(cache)).toEqual({
      value: { used: 940_432, counted: 940_000, limit: 3_145_728, policy: 'noeviction' },
    });
    expect(cache.asked).toEqual(['INFO memory']);
  });

  it.each<[unknown, object]>([
    ['', malformed('used_memory: is missing')],
    [noRight, denied],
  ])('is unknown from %p', async (answer, unknown) => {
    expect(await readMemory(new ScriptedCache(answer))).toEqual({ unknown });
  });
});

describe('a flush', () => {
  const two = ['Ann', 'Bolt'];

  it.each<[string[], number]>([
    [[], 0],
    [['Ann'], 1],
    [['Ann', 'Ann'], 1],
    [['Ann', ' ann '], 1],
    [['Ann', ''], 1],
    [['Ann', ' '], 1],
  ])('approved by %j is refused, and asks nothing', async (approvers, got) => {
    const cache = new ScriptedCache();
    await expect(flush(cache, approvers)).rejects.toMatchObject({
      name: 'InvalidInputError',
      message: `approvers: FLUSHALL needs 2 different people, got ${got}`,
    });
    expect(cache.asked).toEqual([]);
  });

  it.each([[two], [[...two, 'Cleo']]])('approved by %j is done in the background', async (approvers) => {
    const cache = new ScriptedCache('OK');
    expect(await flush(cache, approvers)).toEqual({ code: 'flushed' });
    expect(cache.asked).toEqual(['FLUSHALL ASYNC']);
  });

  it.each<[Error, string, object]>([
    [noRight, 'refused', denied],
    [new Error("ERR unknown command 'FLUSHALL'"), 'refused', { cause: 'no-command', command: 'FLUSHALL' }],
    [new Error('NOAUTH Authentication required.'), 'refused', { cause: 'wrong-password', user: 'reliever' }],
    [new Error('READONLY'), 'refused', { cause: 'read-only' }],
    [new Error('LOADING'), 'refused', { cause: 'loading' }],
    [new Error('OOM command not allowed'), 'refused', { cause: 'no-memory' }],
    [new Error('ERR max number of clients reached'), 'refused', { cause: 'clients-full' }],
    [late, 'uncertain', { cause: 'late' }],
    [
      new Error('Connection is closed.'),
      'uncertain',
      { cause: 'unreachable', error: 'Error', message: 'it closed the connection; does it want TLS?' },
    ],
    [new Error('odd'), 'uncertain', { cause: 'failed', error: 'Error', message: 'odd' }],
  ])('that ends with %p is %s', async (error, code, unknown) => {
    expect(await flush(new ScriptedCache(error), two)).toEqual({ code, unknown });
  });

  it('wants a password that nobody configured', async () => {
    const { ask } = new ScriptedCache(new Error('NOAUTH Authentication required.'));
    const session: Session = { ask, user: undefined };
    expect(await flush(session, two)).toEqual({
      code: 'refused',
      unknown: { cause: 'not-configured', lacks: 'cache-secret' },
    });
  });
});
