import { describe, expect, it, jest } from '@jest/globals';
import { textsOf } from '../../shared/format/reasons.ts';
import { notGivenBack, play } from './harness.ts';
import { endsOf, wordsOf } from './table/support.ts';

jest.setTimeout(120_000);

/** The scenario's bad release is 43, a minute before the alarm; what follows is what somebody hoped would mend it. */
describe('a bad release that another bad one follows', () => {
  it.each([
    ['before the alarm', -20, { bad: true }],
    ['while the run looks', 60, { bad: true }],
    ['and ECS takes back', 30, { exitsAfterSeconds: 5 }],
  ])('%s: back to the last one that was good', async (_, secondsAfterAlarm, faulty) => {
    const { report } = await play({
      scenario: 'bad-deployment',
      circumstances: { deployments: [{ secondsAfterAlarm, revision: 44, ...faulty }] },
    });
    const definitions = report.writes.flatMap(({ who, to }) =>
      who === 'rollback' && 'taskDefinition' in to ? [to.taskDefinition] : [],
    );

    expect(report.outcome).toBe('rolled-back');
    expect(report.after.taskDefinition).toBe('buywhere-api:42');
    expect(definitions.at(-1)).toBe('buywhere-api:42');
    expect(notGivenBack(report).filter((setting) => setting !== 'taskDefinition')).toEqual([]);
  });

  it('goes on where the way back has led to the first of them, which nobody could know', async () => {
    const { report, sandbox } = await play({
      scenario: 'bad-deployment',
      circumstances: { deployments: [{ secondsAfterAlarm: -20, revision: 44, bad: true }] },
    });

    expect(endsOf(sandbox, 'scale-in')).toEqual(['Superseded', 'Restored']);
    expect(endsOf(sandbox, 'rollback')).toEqual(['Rolled back', 'Rolled back']);
    expect(wordsOf(sandbox)).toContain('users have been affected for');
    expect(textsOf(report.reasons).join()).toContain('as in the snapshot');
  });
});
