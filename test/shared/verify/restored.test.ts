import { describe, expect, it } from '@jest/globals';
import type { Plan } from '../../../shared/document/plan.ts';
import { because } from '../../../shared/format/reasons.ts';
import type { Check } from '../../../shared/verify/check.ts';
import { restored } from '../../../shared/verify/restored.ts';
import {
  assessment,
  bounds,
  now,
  planBack,
  policy,
  raisedBounds,
  raisedPolicy,
  registered,
  request,
  service,
  snapshot,
  view,
} from '../../support/builders.ts';
import { stopped } from '../../support/clues.ts';

type Seen = Parameters<typeof assessment>[0];
const judged = (seen: Seen, part: Partial<Check>, late = false) =>
  restored({ goal: 'restored', request: request(), ...part }, assessment(seen), { service, late });
const counted = (desired: number, running = desired) => view({ desired, running });
const absent = { absent: true } as const;
const silent = { desired: undefined, bounds: undefined, cpuPolicy: undefined };

describe('a way back without a snapshot', () => {
  it.each<[string, Seen, Partial<Plan>]>([
    ['count', { service: counted(4), autoscaling: absent }, { desired: { from: 9, to: 3 } }],
    [
      'max',
      { autoscaling: registered({ bounds: bounds({ max: 20 }) }) },
      { bounds: { from: raisedBounds, to: bounds() } },
    ],
    [
      'policy',
      { autoscaling: registered({ cpuPolicy: raisedPolicy }) },
      { cpuPolicy: { from: raisedPolicy, to: policy() } },
    ],
  ])('is not over while the %s is not as planned', (_, seen, part) => {
    const verdict = judged(seen, { plan: planBack({ ...silent, ...part }) });
    expect(verdict.state).toBe('waiting');
    expect(new Set(verdict.reasons.map(({ code }) => code))).toEqual(new Set(['not-restored']));
  });

  it.each<[string, Plan | undefined]>([
    ['its plan is silent about', planBack(silent)],
    ['no plan tells of', undefined],
  ])('leaves what %s', (_, plan) => {
    const raised = registered({ bounds: raisedBounds, cpuPolicy: raisedPolicy });
    for (const autoscaling of [raised, absent]) {
      const verdict = judged({ service: counted(8), autoscaling }, { plan });
      expect([verdict.state, verdict.reasons[0]?.code]).toEqual(['reached', 'no-snapshot']);
    }
  });
});

describe('a way back to the snapshot', () => {
  it.each([
    ['are missing', counted(3, 2), false],
    ['run on', counted(3, 5), false],
    ['are missing even when it is late', counted(3, 2), true],
  ])('waits for its tasks where some %s', (_, seen, late) => {
    const { running, desired } = seen;
    expect(judged({ service: seen }, { snapshot: snapshot() }, late)).toMatchObject({
      state: 'waiting',
      reasons: [{ code: 'tasks-on-the-way', running, desired }],
    });
  });

  it('says why tasks do not start where some are missing', () => {
    const stoppedTasks = [stopped('no image', 2, 'never-started', now)];
    const codes = (seen: Seen) =>
      judged({ ...seen, stoppedTasks }, { snapshot: snapshot() }).reasons.map(({ code }) => code);
    expect(codes({ service: counted(3, 2) })).toEqual(['tasks-on-the-way', 'task-stopped']);
    expect(codes({ service: counted(3, 5) })).toEqual(['tasks-on-the-way']);
  });

  it('does not wait for ever for those that run on', () => {
    expect(judged({ service: counted(3, 5) }, { snapshot: snapshot() }, true)).toMatchObject({
      state: 'reached',
      reasons: [{ code: 'as-in-snapshot' }, { code: 'tasks-stay', running: 5, desired: 3 }],
    });
  });

  it('says where it had nothing to change', () => {
    const codeOf = (action: Plan['action']) =>
      judged({}, { snapshot: snapshot(), plan: planBack({ action }) }).reasons.map(({ code }) => code);
    expect([codeOf('restored'), codeOf('scale-in')]).toEqual([['nothing-to-restore'], ['as-in-snapshot']]);
  });

  it('is not over while the target that it had is gone', () => {
    expect(judged({ autoscaling: absent }, { snapshot: snapshot() })).toMatchObject({
      state: 'waiting',
      reasons: [
        { code: 'not-restored', setting: 'scalableTarget' },
        { code: 'not-restored', setting: 'cpuPolicy' },
      ],
    });
  });
});

describe("a person's change that the plan keeps", () => {
  const kept = [because('changed-by-person', { setting: 'max', from: 20, to: 15 })];
  const plan = planBack({ kept, bounds: { from: raisedBounds, to: bounds({ max: 15 }) } });
  const judgedAt = (max: number, set: { max?: number } = {}, min = 1) => {
    const activities = [{ at: now, min, ...set, text: '' }];
    const autoscaling = registered({ bounds: bounds({ min, max }), activities });
    return judged({ autoscaling }, { snapshot: snapshot(), plan });
  };
  const codes = ({ reasons }: ReturnType<typeof judged>) => reasons.map(({ code }) => code);

  it('is told while it lasts', () => {
    const verdict = judgedAt(15);
    expect(codes(verdict)).toEqual(['restored-but-for', 'changed-by-person']);
    expect(verdict.differences).toMatchObject([{ setting: 'max', after: 15, by: 'person' }]);
  });

  it('is told beside what else lasts', () => {
    const verdict = judgedAt(15, {}, 2);
    expect(codes(verdict)).toEqual(['restored-but-for', 'changed-by-person']);
    expect(verdict.differences).toMatchObject([
      { setting: 'min', after: 2, by: 'schedule' },
      { setting: 'max', after: 15, by: 'person' },
    ]);
  });

  it('is told no more once a schedule has set another value', () => {
    const verdict = judgedAt(12, { max: 12 });
    expect(codes(verdict)).toEqual(['restored-but-for']);
    expect(verdict.differences).toMatchObject([{ setting: 'max', after: 12, by: 'schedule' }]);
  });

  it('is no longer one where that is the value of before', () => {
    const verdict = judgedAt(10, { max: 10 });
    expect(verdict).toMatchObject({ state: 'reached', differences: [] });
  });
});
