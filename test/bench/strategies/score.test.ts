import { describe, expect, it } from '@jest/globals';
import { goalsOf } from '../../../bench/strategies/goals.ts';
import { percentile, pool, type Score, scoreOf } from '../../../bench/strategies/score.ts';
import type { MeasuredSecond } from '../../../sandbox/world/model/measures.ts';

function seconds(count: number, part: Partial<MeasuredSecond>): MeasuredSecond[] {
  const quiet = { p99Seconds: 0.3, running: 4, healthy: 4, needed: 4, attainable: true, demanded: 4 };
  return Array.from({ length: count }, (_, at) => ({ ...quiet, at, ...part }));
}

describe('the score of a run', () => {
  it('is nothing where demand and supply agree', () => {
    expect(scoreOf(seconds(60, {}), 2.5)).toEqual({
      seconds: 60,
      badSeconds: 0,
      overTaskSeconds: 0,
      taskSeconds: 240,
      underShare: 0,
      overShare: 0,
      underSeconds: 0,
      overSeconds: 0,
      spells: [],
      peakTasks: 4,
    });
  });

  it('counts a lack relative to the demand, by what serves, and a surplus by what runs', () => {
    const lack = seconds(10, { demanded: 8, running: 8, healthy: 6, p99Seconds: 3 });
    const surplus = seconds(20, { demanded: 2, running: 5 });
    const score = scoreOf([...lack, ...surplus], 2.5);
    expect(score).toMatchObject({ badSeconds: 10, underSeconds: 10, overSeconds: 20, overTaskSeconds: 60 });
    expect(score.underShare).toBeCloseTo(10 * (2 / 8));
    expect(score.overShare).toBeCloseTo(20 * (3 / 2));
  });

  it('counts a second in which requests fail as bad, and one exactly at the limit as good', () => {
    const played = [
      ...seconds(3, { p99Seconds: Number.POSITIVE_INFINITY }),
      ...seconds(5, { p99Seconds: 2.5 }),
    ];
    expect(scoreOf(played, 2.5).badSeconds).toBe(3);
  });

  it('joins spells of too few tasks over a pause under a minute, and no longer one', () => {
    const short = seconds(30, { demanded: 6 });
    const score = scoreOf([...short, ...seconds(59, {}), ...short, ...seconds(60, {}), ...short], 2.5);
    expect(score.spells).toEqual([119, 30]);
  });
});

describe('pooling', () => {
  it('adds runs up, so that a run without bad minutes divides nothing by zero', () => {
    const bad = scoreOf(seconds(60, { p99Seconds: 9, running: 7 }), 2.5);
    const good = scoreOf(seconds(60, {}), 2.5);
    expect(pool([bad, good])).toMatchObject({
      seconds: 120,
      badSeconds: 60,
      overTaskSeconds: 180,
      peakTasks: 7,
    });
  });

  it.each([
    [[], 0.5, undefined],
    [[7], 0.95, 7],
    [[5, 1, 3], 0.5, 3],
    [[4, 1, 2, 3], 0.5, 2],
    [[4, 1, 2, 3], 0.95, 4],
  ])('percentile of %j at %d is %p', (values, share, expected) => {
    expect(percentile(values, share)).toBe(expected);
  });
});

describe('the goals', () => {
  const score = (badSeconds: number, overTaskSeconds = 100): Score => ({
    ...scoreOf([], 2.5),
    badSeconds,
    overTaskSeconds,
  });
  const goals = (ours: Score) =>
    goalsOf({ ours, tracking: score(1200), person: score(2500), bound: score(60) });

  it('are met exactly at the goal, and missed just beside it', () => {
    expect(goals(score(100, 90)).map(({ met }) => met)).toEqual([true, true, true]);
    expect(goals(score(101, 91)).map(({ met }) => met)).toEqual([false, false, false]);
  });

  it('are met without any bad minute, where a ratio would divide by zero', () => {
    expect(goals(score(0))[0]).toEqual({
      name: 'bad minutes: target tracking ÷ ours',
      goal: 'at least 12',
      met: true,
      possible: 20,
    });
  });
});
