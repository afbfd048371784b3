import { describe, expect, it } from '@jest/globals';
import { changeRows, type Written, writtenRows } from '../../../shared/format/changes.ts';
import { bounds, planBack, policy, raisedBounds, raisedPolicy } from '../../support/builders.ts';

const rowsOf = (written: Written) =>
  writtenRows(written).map(({ label, from, to }) => `${label}: ${from} → ${to}`);
const removes = 'emergency-cpu-scaling';
const target = 'CPU target: 50 % → 70 %';
const cooldowns = ['Scale-out cooldown: 30 s → 60 s', 'Scale-in cooldown: 180 s → 300 s'];

describe('what a plan changes', () => {
  it('is the temporary policy as well, which it removes', () => {
    expect(changeRows({ removes })).toEqual([
      { label: `Temporary policy ${removes}`, from: 'present', to: 'removed' },
    ]);
  });

  it('is nothing where every value stays', () => {
    const desired = { from: 3, to: 3 };
    expect(changeRows({ desired, bounds: { from: bounds(), to: bounds() } })).toEqual([]);
  });
});

describe('what was written', () => {
  it.each<[string, Written, string[]]>([
    ['nothing where there is only a plan', { plan: planBack({ removes }) }, []],
    [
      'a count, from what the write found',
      { change: { desired: { changed: true, from: 9, to: 6 } } },
      ['Desired tasks: 9 → 6'],
    ],
    ['a step, from where its plan started', { plan: planBack(), step: { to: 6 } }, ['Desired tasks: 9 → 6']],
    [
      'a policy with its removed double',
      { plan: planBack({ removes }), change: { cpuPolicy: { to: policy() } } },
      [target, ...cooldowns, `Temporary policy ${removes}: present → removed`],
    ],
    [
      'a policy, of which nobody knows whether it had a double',
      { change: { cpuPolicy: { changed: true, from: raisedPolicy, to: policy() } } },
      [target, ...cooldowns],
    ],
    [
      'bounds without the policy: its double is still there',
      { plan: planBack({ removes }), change: { bounds: { to: { ...raisedBounds, max: 10 } } } },
      ['Maximum tasks: 20 → 10'],
    ],
    [
      'no policy where there was none to write',
      { plan: planBack(), change: { cpuPolicy: { to: null } } },
      [],
    ],
    [
      'nothing of which nobody knows what was there before',
      { step: { to: 6 }, change: { bounds: { to: bounds() } } },
      [],
    ],
  ])('is %s', (_, written, rows) => {
    expect(rowsOf(written)).toEqual(rows);
  });
});
