import { describe, expect, it } from '@jest/globals';
import type {
  PoolOutcome,
  PoolsRead,
  PoolsRelief,
  PoolsTuned,
} from '../../../shared/document/pool-settings.ts';
import { poolsEnding } from '../../../shared/format/pools/ending.ts';
import { textsOf } from '../../../shared/format/reasons.ts';
import { now } from '../../support/builders.ts';

const read = (...findings: [code: string, text: string][]): PoolsRead => ({
  at: now,
  findings: findings.map(([code, text]) => ({ code, text, lines: [] })),
});
const small = read(['too-small', 'Pool too small.']);
const outcome = (code: PoolOutcome['code'], text: string): PoolOutcome => ({
  ...{ instance: 'a:6432', setting: 'default_pool_size', to: 150, code, text },
});
const tuned = (mode: PoolsTuned['mode'], ...outcomes: PoolOutcome[]) => ({
  pools: { at: now, mode, changed: outcomes.some(({ code }) => code === 'set'), outcomes },
});
const relief = (is: PoolsRelief['relief'], text: string): PoolsRelief => ({
  ...{ at: now, relief: is, next: 'keep', looks: 1, text },
});
const set = outcome('set', 'a:6432: 20 → 150');
const persons = outcome('person', 'a:6432: somebody else set it');

describe('a run for the pools ends with', () => {
  it.each<[string, Parameters<typeof poolsEnding>[0], string[] | undefined]>([
    ['nothing, where it has not looked', {}, undefined],
    ['that nobody could be asked', { pools: read() }, ['pools-not-asked']],
    [
      'what the pools said',
      { pools: read(['slow', 'Slow.'], ['locked', 'Locked.']) },
      ['pools-said', 'pools-said'],
    ],
    [
      'whether the raise has helped',
      { pools: small, change: tuned('raise', set), relief: relief('relieved', 'No client waits any more.') },
      ['pools-relief'],
    ],
    [
      'what a person keeps beside it',
      { pools: small, change: tuned('raise', set, persons), relief: relief('better', 'Better.') },
      ['pools-relief', 'pool-not-set'],
    ],
    [
      'that nobody knows whether the raise has helped',
      { pools: small, change: tuned('raise', set) },
      ['pools-relief'],
    ],
    [
      'why nothing was set, and what is wrong',
      { pools: small, change: tuned('raise', persons) },
      ['pool-not-set', 'pools-said'],
    ],
  ])('%s', (_, run, codes) => {
    expect(poolsEnding(run)?.map(({ code }) => code)).toEqual(codes);
  });

  it('the very sentences of what was seen', () => {
    expect(textsOf(poolsEnding({ pools: small, change: tuned('raise', persons) }) ?? [])).toEqual([
      'a:6432: somebody else set it',
      'Pool too small.',
    ]);
    expect(textsOf(poolsEnding({ pools: small, change: tuned('raise', set) }) ?? [])).toEqual([
      'the pools were raised: Whether it has helped is unknown: not everything could be read. It stays, within the budget.',
    ]);
  });
});
