import { describe, expect, it } from '@jest/globals';
import { strategies } from '../../../bench/strategies/catalogue.ts';
import { overviewPicture, shapePicture } from '../../../bench/strategies/picture.ts';
import { scoreOf } from '../../../bench/strategies/score.ts';
import type { Run } from '../../../bench/strategies/summary.ts';

const runs: Run[] = strategies.map(({ name }) => ({
  job: { strategy: name, shape: { trace: 'a & b <c>.csv' }, startSeconds: 40, seed: 1, course: true },
  played: {
    score: scoreOf([], 2.5),
    apiCalls: 0,
    executions: {},
    course: {
      stepSeconds: 60,
      demanded: [2, 6, 6, 2],
      running: [3, 3, 6, 4],
      p99Seconds: [0.3, Number.POSITIVE_INFINITY, 3, 0.2],
    },
  },
}));
const limits = { warning: 1.5, critical: 2.5 };
const pictures = () => [
  shapePicture(strategies, runs, limits),
  overviewPicture(strategies, runs, limits.critical),
];

describe('the pictures', () => {
  it('show every strategy by name, and no markup out of a file name', () => {
    for (const picture of pictures()) {
      for (const { title } of strategies) expect(picture).toContain(`>${title}</text>`);
      expect(picture).toContain('a &amp; b &lt;c&gt;.csv');
      expect(picture).not.toContain('<c>');
    }
  });

  it('have no coordinate that is not a number, even where requests fail', () => {
    for (const picture of pictures()) expect(picture).not.toMatch(/NaN|Infinity|undefined/);
  });

  it('mark the bad time as one block', () => {
    const [one = ''] = pictures();
    expect(one.match(/<rect class="bad"/g)).toHaveLength(strategies.length);
  });

  it('are the same for the same runs', () => {
    expect(pictures()).toEqual(pictures());
  });
});
