import { describe, expect, it } from '@jest/globals';
import { changeRows, type Written, writtenRows } from '../../../shared/format/changes.ts';
import { bounds, plan, planBack, policy, raisedBounds, raisedPolicy } from '../../support/builders.ts';

const rowsOf = (written: Written) =>
  writtenRows(written).map(({ label, from, to }) => `${label}: ${from} → ${to}`);
const temporary = 'buywhere-api-cpu-scaling-temp';

describe('the rows of what was written', () => {
  it('come from the answers of the writes alone where there is no plan', () => {
    expect(
      rowsOf({
        change: {
          desired: { changed: true, from: 3, to: 6 },
          bounds: { changed: true, from: bounds(), to: bounds({ max: 20 }) },
          cpuPolicy: { changed: true, from: policy(), to: policy({ target: 50 }) },
        },
      }),
    ).toEqual(['Desired tasks: 3 → 6', 'Maximum tasks: 10 → 20', 'CPU target: 70 % → 50 %']);
  });

  it('are none where nothing was written, whatever was planned', () => {
    expect(rowsOf({ plan: plan() })).toEqual([]);
    expect(rowsOf({ plan: planBack({ removes: temporary }) })).toEqual([]);
    expect(rowsOf({})).toEqual([]);
  });

  it('start where the plan did for a write that was repeated, and at what it found for any other', () => {
    const twelve = { from: 12, to: 9 };
    expect(rowsOf({ plan: plan(), change: { desired: { changed: false, ...twelve } } })).toEqual([
      'Desired tasks: 3 → 9',
    ]);
    expect(rowsOf({ plan: plan(), change: { desired: { changed: true, ...twelve } } })).toEqual([
      'Desired tasks: 12 → 9',
    ]);
    // Autoscaling was above the plan already: the run only found it.
    const found = { changed: false, to: 14, wrote: null };
    expect(rowsOf({ plan: plan(), change: { desired: found } })).toEqual([]);
  });

  it('leave out what nobody knows the start or the end of', () => {
    expect(rowsOf({ step: { to: 9 } })).toEqual([]);
    expect(rowsOf({ change: { cpuPolicy: { changed: true, from: null, to: raisedPolicy } } })).toEqual([]);
    expect(rowsOf({ plan: plan(), change: { cpuPolicy: { changed: false, to: null } } })).toEqual([]);
  });

  it('tell the last step down of a way back, and what was suspended last', () => {
    const back = planBack();
    expect(rowsOf({ plan: back, step: { to: 7 } })).toEqual(['Desired tasks: 9 → 7']);
    // Autoscaling has raised the count since: the last step only found it.
    expect(rowsOf({ plan: back, step: { to: 7, wrote: 5 } })).toEqual(['Desired tasks: 9 → 5']);
    expect(rowsOf({ plan: back, step: { to: 7, wrote: null } })).toEqual([]);
    expect(
      rowsOf({
        plan: back,
        change: {
          bounds: { changed: true, from: raisedBounds, to: { ...raisedBounds, min: 1, max: 10 } },
          suspended: { changed: true, from: raisedBounds, to: bounds() },
        },
      }),
    ).toEqual([
      'Minimum tasks: 2 → 1',
      'Maximum tasks: 20 → 10',
      'Autoscaling may scale in: no → yes',
      'Scheduled scaling: no → yes',
    ]);
  });

  it('name the temporary policy once the policies were given back', () => {
    const change = { cpuPolicy: { changed: true, from: raisedPolicy, to: policy() } };
    const removed = `Temporary policy ${temporary}: present → removed`;
    expect(rowsOf({ plan: planBack({ removes: temporary }), change })).toContain(removed);
    expect(rowsOf({ plan: planBack(), change })).toHaveLength(3);
  });
});

it('a plan that removes the temporary policy says so', () => {
  expect(changeRows({ removes: temporary })).toEqual([
    { label: `Temporary policy ${temporary}`, from: 'present', to: 'removed' },
  ]);
});
