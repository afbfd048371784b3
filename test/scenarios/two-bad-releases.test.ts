import { describe, expect, it, jest } from '@jest/globals';
import { play } from './harness.ts';
import { lowering, paged } from './table/support.ts';

jest.setTimeout(120_000);

/** The scenario's bad release is 43, a minute before the alarm; what follows is what somebody hoped would mend it. */
const followedBy = (deployment: object) =>
  play({
    scenario: 'bad-deployment',
    circumstances: { deployments: [{ revision: 44, ...deployment }] },
  });

describe('a bad release that another bad one follows', () => {
  it.each([
    ['seconds later', { secondsAfterAlarm: -20, bad: true }],
    ['while the run looks', { secondsAfterAlarm: 60, bad: true }],
    ['and ECS takes back', { secondsAfterAlarm: 30, exitsAfterSeconds: 5 }],
  ])(
    '%s, so that nobody can tell them apart: people are called, and it does not wait for calm',
    async (_, deployment) => {
      const { report, sandbox } = await followedBy(deployment);

      expect(report.outcome).toBe('held');
      expect(paged(sandbox)).toContain('trigger');
      expect(lowering(report).filter(({ who }) => who !== 'person')).toEqual([]);
      const last = report.executions.at(-1)?.end ?? '';
      expect(Date.parse(last) - Date.parse(report.executions[0]?.start ?? '')).toBeLessThan(3_600_000);
    },
  );
});
