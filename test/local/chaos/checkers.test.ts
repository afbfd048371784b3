import { describe, expect, it } from '@jest/globals';
import { checkers } from '../../../local/chaos/check.ts';
import * as approvals from '../../../local/chaos/checkers/approvals.ts';
import * as calls from '../../../local/chaos/checkers/calls.ts';
import * as owners from '../../../local/chaos/checkers/owners.ts';
import * as planning from '../../../local/chaos/checkers/planning.ts';
import type { Recording } from '../../../local/chaos/recording.ts';
import { capacityCases } from './cases-capacity.ts';
import { endingCases } from './cases-endings.ts';
import { lockCases } from './cases-locks.ts';
import { scaleInCases } from './cases-scale-in.ts';
import { settingCases } from './cases-settings.ts';
import { type Case, recording } from './recordings.ts';

const cases: Case[] = [...capacityCases, ...scaleInCases, ...lockCases, ...settingCases, ...endingCases];

const judge = (name: string, part: Partial<Recording>) =>
  checkers.find((checker) => checker.name === name)?.check(recording(part));

/** Each of these is shown to bite by the planted bug of its scenario. */
const byPlantedBugs = [approvals, calls, owners, planning].flatMap((own) => Object.values(own));

describe('every invariant has a checker that bites', () => {
  it('and each checker has a recording that it must flag', () => {
    const shown = [...cases.map(({ checker }) => checker), ...byPlantedBugs.map(({ name }) => name)];
    expect(new Set(shown)).toEqual(new Set(checkers.map(({ name }) => name)));
  });

  it.each(cases.map((one) => [one.checker, String(one.says), one] as const))(
    '%s flags %s',
    (name, _says, { wrong, says, right }) => {
      const flagged = judge(name, wrong);
      expect(flagged?.findings.join('\n')).toMatch(says);
      const passed = judge(name, right);
      expect(passed?.findings).toEqual([]);
      expect(passed?.live).toBeGreaterThan(0);
    },
  );
});
