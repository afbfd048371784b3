import { describe, expect, it } from '@jest/globals';
import { givePolicyBack, readPolicy, setPolicy } from '../../../shared/cache/policy.ts';
import { denied, noRight, ScriptedCache } from './scripted.ts';

const is = (policy: string) => ['maxmemory-policy', policy];
const change = { from: 'noeviction', to: 'allkeys-lru' };
const get = 'CONFIG GET maxmemory-policy';
const set = 'CONFIG SET maxmemory-policy allkeys-lru';
const noConfig = new Error("ERR unknown command 'CONFIG', with args beginning with: 'SET' ");
const noCommand = { cause: 'no-command', command: 'CONFIG' };
const late = new Error('Command timed out');
const refused = new Error('ERR CONFIG SET failed');
const failed = { cause: 'failed', error: 'Error', message: refused.message };
const malformed = {
  cause: 'malformed',
  problem: 'other-format',
  detail: 'CONFIG GET: no maxmemory-policy',
};

describe('the policy', () => {
  it('is read by CONFIG GET', async () => {
    const cache = new ScriptedCache(is('noeviction'));
    expect(await readPolicy(cache)).toEqual({ value: 'noeviction' });
    expect(cache.asked).toEqual([get]);
  });

  it.each<[unknown, object]>([
    [[], malformed],
    ['noeviction', malformed],
    [null, malformed],
    [['maxmemory-policy', 3], malformed],
    [noRight, denied],
    [new Error('WRONGPASS invalid'), { cause: 'wrong-password', user: 'reliever' }],
  ])('is unknown after %p', async (answer, unknown) => {
    expect(await readPolicy(new ScriptedCache(answer))).toEqual({ unknown });
  });
});

describe('a change of the policy', () => {
  it.each<[string, unknown[], object, string[]]>([
    [
      'is written and read back',
      [is('noeviction'), 'OK', is('allkeys-lru')],
      { code: 'set' },
      [get, set, get],
    ],
    ['is there already', [is('allkeys-lru')], { code: 'already' }, [get]],
    [
      'is left to the person who set another one',
      [is('volatile-lru')],
      { code: 'person', policy: 'volatile-lru' },
      [get],
    ],
    [
      'is left to the person who set another one right after it',
      [is('noeviction'), 'OK', is('volatile-lru')],
      { code: 'person', policy: 'volatile-lru' },
      [get, set, get],
    ],
    ['is not written where it cannot be read', [noRight], { code: 'not-allowed', unknown: denied }, [get]],
    ['is not written on ElastiCache', [noConfig], { code: 'not-allowed', unknown: noCommand }, [get]],
    [
      'is not allowed to whoever may only read it',
      [is('noeviction'), noRight],
      { code: 'not-allowed', unknown: denied },
      [get, set],
    ],
    [
      'is not there where only CONFIG SET is renamed',
      [is('noeviction'), noConfig],
      { code: 'not-allowed', unknown: noCommand },
      [get, set],
    ],
    ['is not written without an answer', [late], { code: 'not-read', unknown: { cause: 'late' } }, [get]],
    [
      'is taken without effect',
      [is('noeviction'), 'OK', is('noeviction')],
      { code: 'no-effect' },
      [get, set, get],
    ],
    [
      'is refused',
      [is('noeviction'), refused, is('noeviction')],
      { code: 'no-effect', unknown: failed },
      [get, set, get],
    ],
    [
      'is made although its answer is late',
      [is('noeviction'), late, is('allkeys-lru')],
      { code: 'set' },
      [get, set, get],
    ],
    [
      'is uncertain where nothing says what came of it',
      [is('noeviction'), 'OK', late],
      { code: 'uncertain', unknown: { cause: 'late' } },
      [get, set, get],
    ],
  ])('%s', async (_, answers, end, asked) => {
    const cache = new ScriptedCache(...answers);
    expect(await setPolicy(cache, change)).toStrictEqual(end);
    expect(cache.asked).toEqual(asked);
  });
});

describe('the way back of the policy', () => {
  it.each<[string, unknown[], object]>([
    ['ends at the snapshot', [is('allkeys-lru'), 'OK', is('noeviction')], { code: 'set' }],
    ['is done where the server began again', [is('noeviction')], { code: 'already' }],
    ['stays with what a person set', [is('volatile-ttl')], { code: 'person', policy: 'volatile-ttl' }],
  ])('%s', async (_, answers, end) => {
    const cache = new ScriptedCache(...answers);
    expect(await givePolicyBack(cache, change)).toStrictEqual(end);
    expect(cache.asked[1] ?? `CONFIG SET maxmemory-policy noeviction`).toBe(
      'CONFIG SET maxmemory-policy noeviction',
    );
  });
});
