import { describe, expect, it } from '@jest/globals';
import { nextRelief, type Situation } from '../../../shared/cache/next-relief.ts';
import type { Finding } from '../../../shared/cache/verdict.ts';
import type { Unknown } from '../../../shared/core/unknown.ts';
import type { ReliefCode, ReliefDone } from '../../../shared/document/cache-relief.ts';
import { cache } from './answers.ts';

const unknown: Unknown = { cause: 'late' };
const seen = cache({ memory: { used: 110, counted: 100, limit: 100, policy: 'noeviction' } });
const full: Finding = { code: 'full', cache: seen };
const evicting: Finding = { code: 'evicting', cache: seen, evicted: 20, seconds: 5 };
const ok: Finding = { code: 'ok', cluster: false };
const flush = { by: 'person', flush: true } as const;
const done = (code: ReliefCode, worked = true): ReliefDone => ({ code, worked, text: code });

/** A full cache with keys that may go, a database with room, and a run that has done nothing yet. */
const next = (finding: Finding, part: Partial<Situation> = {}) => {
  const found = nextRelief({
    look: { reading: { value: seen }, findings: [finding] },
    cache: { host: 'cache.internal', prefixes: ['cache:'] },
    request: { by: 'person' },
    policy: { value: 'noeviction' },
    counts: { value: [{ prefix: 'cache:', keys: 5, finished: true }] },
    ...('loadLimit' in part && part.loadLimit === undefined ? {} : { load: { value: 3 } }),
    loadLimit: 10,
    done: [],
    ...part,
  });
  if (found.action === 'relieve') return found.relief.code;
  return found.action === 'hold' ? found.why.map(({ because }) => because) : found.action;
};

describe('the next relief of a full cache', () => {
  it('is the mildest that was not tried, and a flush only where a person names it', () => {
    expect(next(full)).toBe('policy');
    expect(next(full, { done: [done('policy', false)] })).toBe('unlink');
    const both = [done('policy', false), done('unlink')];
    expect(next(full, { done: both, request: flush })).toBe('flush');
    expect(next(full, { done: both })).toEqual(['not-helped', 'omitted']);
    expect(next(full, { done: both, request: { by: 'alarm' } })).toEqual(['not-helped', 'omitted']);
    expect(next(full, { done: [...both, done('flush')], request: flush })).toEqual(['not-helped']);
  });

  it('is none that sends reads to a database of which no limit is known', () => {
    const without = { loadLimit: undefined, done: [done('policy', false)] };
    expect(next(full, without)).toEqual(['not-helped', 'not-limited', 'omitted']);
    expect(next(full, { ...without, request: flush })).toEqual(['not-helped', 'not-limited', 'not-limited']);
  });

  it('is a person’s where AWS runs it, and the keys are next', () => {
    const cache = { host: 'api.abc123.cache.amazonaws.com', prefixes: ['cache:'] };
    expect(next(full, { cache })).toBe('unlink');
    expect(next(full, { cache: { host: cache.host } })).toEqual(['for-person', 'omitted', 'omitted']);
  });
});

describe('a cache that takes writes', () => {
  it('is relieved after what has worked, also where it evicts now', () => {
    for (const finding of [ok, evicting]) {
      expect(next(finding, { done: [done('policy')] })).toBe('relieved');
      expect(next(finding, { done: [done('unlink')] })).toBe('relieved');
    }
  });

  it('is not relieved while the database is loaded by what was removed, or nobody knows', () => {
    for (const code of ['unlink', 'flush'] as const) {
      expect(next(ok, { done: [done(code)], load: { value: 11 } })).toEqual(['database-loaded']);
      expect(next(ok, { done: [done(code)], load: { unknown } })).toEqual(['database-unknown']);
    }
    // No read goes there for a policy.
    expect(next(ok, { done: [done('policy')], load: { unknown } })).toBe('relieved');
  });

  it('needs nothing, unless a person wants it flushed, once', () => {
    expect(next(ok)).toBe('none');
    expect(next(ok, { done: [done('policy', false)] })).toBe('none');
    expect(next(ok, { request: flush })).toBe('flush');
    expect(next(evicting, { request: flush })).toBe('flush');
    expect(next(ok, { request: flush, done: [done('flush', false)] })).toEqual(['not-flushed']);
    expect(next(ok, { request: flush, loadLimit: undefined })).toEqual(['not-limited']);
    const look = { reading: { unknown }, findings: [ok] } as const;
    expect(next(ok, { request: flush, look: { ...look, findings: [ok] } })).toEqual(['not-known']);
  });
});

it.each<[Finding, string]>([
  [{ code: 'unknown', what: 'cache', unknown }, 'not-known'],
  [{ code: 'unreachable', unknown }, 'not-reached'],
  [{ code: 'loading' }, 'loads-by-itself'],
  [{ code: 'refusing' }, 'clients-not-memory'],
  [{ code: 'read-only', because: 'snapshot' }, 'takes-no-writes'],
])('a cache of which the verdict is %j is left alone, whoever asks for what: %s', (finding, why) => {
  expect(next(finding)).toEqual([why]);
  expect(next(finding, { request: flush })).toEqual([why]);
  expect(next(finding, { done: [done('unlink')] })).toEqual([why]);
});
