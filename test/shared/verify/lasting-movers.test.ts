import { describe, expect, it } from '@jest/globals';
import type { Difference } from '../../../shared/document/difference.ts';
import type { Plan } from '../../../shared/document/plan.ts';
import type { Bounds } from '../../../shared/document/settings.ts';
import { because } from '../../../shared/format/reasons.ts';
import { otherChanges, type Snapshot } from '../../../shared/incident/snapshot.ts';
import { lastingDifferences } from '../../../shared/verify/lasting.ts';
import { assessment, bounds, now, planBack, registered, snapshot, view } from '../../support/builders.ts';

type Seen = Parameters<typeof assessment>[0];
interface Known {
  before?: Snapshot;
  plan?: Plan;
  written?: Bounds;
}
const left = (seen: Seen, { before = snapshot(), plan, written }: Known = {}) => {
  const found = assessment(seen);
  return lastingDifferences(before, otherChanges(before, found), found, plan, written);
};
const saidOf = (differences: readonly Difference[]) =>
  differences.map(({ setting, by, reason }) => `${setting}: ${by}, ${reason.code}`);

const counted = (desired: number) => view({ desired, running: desired });
const set = (part: { count?: number; min?: number; max?: number }) => ({ at: now, ...part, text: '' });
const maxOf = (max: number, activities = [set({})]): Seen => ({
  autoscaling: registered({ bounds: bounds({ max }), activities }),
});
const theirs = (setting: 'desired' | 'min' | 'max', from: number, to: number) =>
  because('changed-by-person', { setting, from, to });
const due = (part: { min?: number; max?: number }) =>
  because('schedule-due', { action: 'evening', at: now, min: part.min, max: part.max });
const gone = { autoscaling: { absent: true } } satisfies Seen;

describe('a bound that is not as before', () => {
  it.each<[string, Seen, Known]>([
    ['nobody else has set it', maxOf(15), {}],
    ['the run wrote it, but what its plan was is not known', maxOf(15), { written: bounds({ max: 15 }) }],
    ['the run wrote another one', maxOf(15), { plan: planBack(), written: bounds() }],
    [
      'the plan itself ends there',
      maxOf(15),
      {
        plan: planBack({ bounds: { from: bounds(), to: bounds({ max: 15 }) } }),
        written: bounds({ max: 15 }),
      },
    ],
    [
      'the plan says nothing of bounds',
      maxOf(15),
      { plan: planBack({ bounds: undefined }), written: bounds({ max: 15 }) },
    ],
    ['a schedule has set another one', maxOf(15, [set({ max: 12 })]), {}],
    ['a schedule was due for min only', maxOf(15), { plan: planBack({ scheduled: [due({ min: 1 })] }) }],
    [
      'a schedule has set the same as the person, who has changed min as well',
      maxOf(15, [set({ max: 15 })]),
      { plan: planBack({ kept: [theirs('min', 2, 1), theirs('max', 20, 15)] }) },
    ],
    [
      'a schedule has set the same as the person',
      maxOf(15, [set({ max: 15 })]),
      { plan: planBack({ kept: [theirs('max', 20, 15)] }) },
    ],
  ])("is a person's where %s", (_, seen, known) => {
    expect(saidOf(left(seen, known))).toEqual(['max: person, left-as-a-person-set-it']);
  });

  it.each<[string, Seen, Known, string | undefined]>([
    ['one of two has set it of late', maxOf(12, [set({ max: 14 }), set({ max: 12 })]), {}, undefined],
    ['one was due for it', maxOf(12), { plan: planBack({ scheduled: [due({ max: 12 })] }) }, 'evening'],
    [
      'the run wrote what its plan did not know',
      maxOf(12),
      { plan: planBack(), written: bounds({ max: 12 }) },
      undefined,
    ],
    [
      'a person has changed only another setting to as much',
      maxOf(12, [set({ max: 12 })]),
      { plan: planBack({ kept: [theirs('desired', 9, 12)] }) },
      undefined,
    ],
    [
      'a person had set it otherwise before',
      maxOf(12, [set({ max: 12 })]),
      { plan: planBack({ kept: [theirs('max', 20, 15)] }) },
      undefined,
    ],
  ])("is a schedule's where %s", (_, seen, known, action) => {
    const [found, ...others] = left(seen, known);
    expect(others).toEqual([]);
    expect(found).toMatchObject({
      setting: 'max',
      by: 'schedule',
      reason: { code: 'bound-by-schedule', action },
    });
  });

  it('has room for what a person raised: that tells of max alone', () => {
    const seen = { autoscaling: registered({ bounds: bounds({ min: 12, max: 12 }) }) };
    const follows = because('max-follows', { from: 10, to: 12, count: 3, min: 12 });
    expect(saidOf(left(seen, { plan: planBack({ kept: [follows] }) }))).toEqual([
      'min: person, left-as-a-person-set-it',
      'max: workflow, max-has-room',
    ]);
  });
});

describe('a count that is not as before', () => {
  it.each<[string, Seen, Known]>([
    [
      'a schedule was due, whose min is another',
      { service: counted(8) },
      { plan: planBack({ scheduled: [due({ min: 1 })] }) },
    ],
    [
      'a schedule was due for max only',
      { service: counted(1) },
      { plan: planBack({ scheduled: [due({ max: 10 })] }) },
    ],
    ['it is neither of the bounds', { service: counted(8) }, {}],
    [
      'autoscaling has asked for the same as the person',
      { service: counted(8), autoscaling: registered({ activities: [set({ count: 8 })] }) },
      { plan: planBack({ kept: [theirs('desired', 9, 8)] }) },
    ],
  ])("is a person's where %s", (_, seen, known) => {
    expect(saidOf(left(seen, known))).toEqual(['desired: person, left-as-a-person-set-it']);
  });

  it("is a person's where nothing scales the service any more, whatever was due", () => {
    const seen = { service: counted(8), ...gone };
    expect(saidOf(left(seen, { plan: planBack({ scheduled: [due({ min: 5 })] }) }))[0]).toBe(
      'desired: person, left-as-a-person-set-it',
    );
  });

  it.each([
    [5, { min: 5 }, 'min'],
    [2, { max: 2 }, 'max'],
  ])("is autoscaling's where %d is the nearer bound of %j", (desired, part, bound) => {
    const seen = { service: counted(desired), autoscaling: registered({ bounds: bounds(part) }) };
    expect(left(seen)[0]).toMatchObject({
      setting: 'desired',
      by: 'autoscaling',
      reason: { code: 'held-by-bound', bound, value: desired },
    });
  });

  it('is kept by autoscaling also where it has no policy on CPU', () => {
    const { cpuPolicy: _, ...bare } = registered({ activities: [set({ count: 8 })] });
    const { cpuPolicy: _policy, ...before } = snapshot();
    const [found, ...others] = left({ service: counted(8), autoscaling: bare }, { before });
    expect(others).toEqual([]);
    expect(found).toMatchObject({
      by: 'autoscaling',
      reason: { code: 'kept-by-autoscaling', policy: undefined, requests: 600 },
    });
  });
});
