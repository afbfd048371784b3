import { describe, expect, it } from '@jest/globals';
import { checkers } from '../../chaos/checkers/all.ts';
import type { Recording } from '../../chaos/record/recording.ts';
import { approvalCases } from './cases/approvals.ts';
import { cacheCases } from './cases/cache.ts';
import { callCases } from './cases/calls.ts';
import { capacityCases } from './cases/capacity.ts';
import { endingCases } from './cases/endings.ts';
import { goingOnCases } from './cases/going-on.ts';
import { lockCases } from './cases/locks.ts';
import { ownerCases } from './cases/owners.ts';
import { planningCases } from './cases/planning.ts';
import { poolCases } from './cases/pools.ts';
import { scaleInCases } from './cases/scale-in.ts';
import { settingCases } from './cases/settings.ts';
import { wayBackCases } from './cases/way-back.ts';
import { type Case, recording } from './recordings.ts';

const cases: Case[] = [
  ...approvalCases,
  ...cacheCases,
  ...callCases,
  ...capacityCases,
  ...endingCases,
  ...goingOnCases,
  ...lockCases,
  ...ownerCases,
  ...planningCases,
  ...poolCases,
  ...scaleInCases,
  ...settingCases,
  ...wayBackCases,
];

const judge = (name: string, part: Partial<Recording>) =>
  checkers.find((checker) => checker.name === name)?.check(recording(part));

describe('every checker', () => {
  it('has a name of its own, and recordings that it must flag and accept', () => {
    const names = checkers.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    expect(new Set(cases.map(({ checker }) => checker))).toEqual(new Set(names));
  });

  it.each(cases.map((one) => [one.checker, String(one.says), one] as const))(
    '%s flags %s',
    (name, _says, { wrong, says, right, excused = [] }) => {
      expect(judge(name, wrong)?.findings.join('\n')).toMatch(says);
      const passed = judge(name, right);
      expect(passed?.findings).toEqual([]);
      expect(passed?.live).toBeGreaterThan(0);
      for (const one of excused) expect(judge(name, one)?.findings).toEqual([]);
    },
  );
});
