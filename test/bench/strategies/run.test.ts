import { describe, expect, it, jest } from '@jest/globals';
import { parseBenchArguments } from '../../../bench/strategies/arguments.ts';
import { strategies } from '../../../bench/strategies/catalogue.ts';
import { playJob } from '../../../bench/strategies/run.ts';
import type { Shape } from '../../../bench/strategies/shapes.ts';

// Several hours of traffic in one test.
jest.setTimeout(60_000);

const step: Shape = { shape: 'step' };
const play = (strategy: string) =>
  playJob({ strategy, shape: step, startSeconds: 40, seed: 1, course: false });
const results = new Map<string, ReturnType<typeof play>>();
/** The result of a strategy, which is played once for all tests. */
const played = (strategy: string) => {
  const result = results.get(strategy) ?? play(strategy);
  results.set(strategy, result);
  return result;
};

describe('a run', () => {
  it('of the oracle has no bad second and hardly a task too many', async () => {
    const { score } = await played('oracle');
    expect(score.badSeconds).toBe(0);
    expect(score.underSeconds).toBe(0);
    expect(score.overTaskSeconds / score.seconds).toBeLessThan(0.05);
  });

  it('of a person takes longer by the reaction time', async () => {
    const late = await played('person-3min');
    const atOnce = await played('person-at-once');
    expect(late.score.spells[0]).toBe((atOnce.score.spells[0] ?? 0) + 180);
    expect(late.apiCalls).toBeGreaterThan(0);
  });

  it('with 20-second metrics reacts sooner than with one-minute metrics', async () => {
    const slow = await played('target-tracking');
    const fast = await played('target-tracking-20s');
    expect(fast.score.badSeconds).toBeLessThan(slow.score.badSeconds);
    expect(slow.apiCalls).toBe(0);
  });

  it('of step scaling scales out and comes back', async () => {
    const { score } = await played('step-scaling');
    expect(score.peakTasks).toBeGreaterThanOrEqual(6);
    expect(score.spells).toHaveLength(1);
  });

  it('of ours is handled by the shipped state machines, and is the same every time', async () => {
    const first = await played('ours');
    expect(Object.keys(first.executions)).toContain('scale-in SUCCEEDED');
    expect(await play('ours')).toEqual(first);
  });

  it('cannot have fewer bad seconds than the bound', async () => {
    const bound = await played('bound');
    for (const { name, knowsTraffic } of strategies) {
      if (knowsTraffic) continue;
      const { score } = await played(name);
      expect(score.badSeconds).toBeGreaterThanOrEqual(bound.score.badSeconds);
    }
  });
});

describe('the options of the strategies bench', () => {
  it('play every shape with two seeds unless told otherwise', () => {
    const { shapes, starts, seeds } = parseBenchArguments([]);
    expect(shapes).toHaveLength(5);
    expect([starts, seeds]).toEqual([[23, 40, 90], 2]);
  });

  it('play only the traces that are given', () => {
    const { shapes } = parseBenchArguments(['--trace', 'a.csv', '--trace', 'b.csv']);
    expect(shapes).toEqual([{ trace: 'a.csv' }, { trace: 'b.csv' }]);
  });

  it.each([
    [['--shape', 'wave'], /--shape: "wave".*allowed: step, ramp/],
    [['--start', '0'], /--start: "0" must be a whole number from 5 to 600/],
    [['--seeds', '1.5'], /--seeds/],
    [['--speed', '2'], /allowed: --shape/],
  ])('refuse %j with the allowed values', (argv, message) => {
    expect(() => parseBenchArguments(argv)).toThrow(message);
  });
});
