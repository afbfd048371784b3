import { describe, expect, it } from '@jest/globals';
import type { Setting, SettingValue } from '../../../shared/document/setting-changes.ts';
import {
  boundsByAutoscaling,
  changedSince,
  countsAskedJustNow,
  countsByAutoscaling,
  cutByAutoscaling,
  shownLate,
} from '../../../shared/drift/person-change.ts';
import { because } from '../../../shared/format/reasons.ts';
import {
  assessment,
  plan,
  raisedBounds,
  raisedPolicy,
  registered,
  secondsLater,
  throttled,
  view,
} from '../../support/builders.ts';

const known = {
  plan: plan(),
  assessment: assessment(),
  change: { bounds: { to: raisedBounds }, desired: { to: 9 }, cpuPolicy: { to: raisedPolicy } },
};
const changed = (setting: Setting, from: SettingValue, to: SettingValue) =>
  because('setting-changed', { setting, from, to });
const raised = { bounds: raisedBounds, cpuPolicy: raisedPolicy };
const later = (desired: number, part: Parameters<typeof registered>[0] = {}) =>
  assessment({
    at: secondsLater(60),
    service: view({ desired }),
    autoscaling: registered({ ...raised, ...part }),
  });
const activity = (count: number, seconds: number) => ({
  activities: [{ at: secondsLater(seconds), count, text: `Setting desired count to ${count}.` }],
});

describe('what a person has changed while a run only waits', () => {
  it('is nothing where everything is as the run wrote it', () => {
    expect(changedSince(known, later(9))).toEqual([]);
  });

  it('is the count, the bounds, the policy', () => {
    expect(changedSince(known, later(14))).toEqual([changed('desired', 9, 14)]);
    expect(changedSince(known, later(9, { bounds: { ...raisedBounds, max: 15 } }))).toEqual([
      changed('max', 20, 15),
    ]);
    expect(changedSince(known, later(9, { cpuPolicy: { ...raisedPolicy, target: 65 } }))).toHaveLength(1);
  });

  it('is no deployment: the pipeline goes on during a run', () => {
    const service = view({ desired: 9, taskDefinition: 'buywhere-api:43', rollout: 'in-progress' });
    expect(changedSince(known, { ...later(9), service })).toEqual([]);
  });

  it('is not what autoscaling set since the assessment; what it set before explains nothing', () => {
    expect(changedSince(known, later(14, activity(14, 30)))).toEqual([]);
    const shown = { service: view({ desired: 14 }), autoscaling: registered(activity(14, -30)) };
    const before = { ...known, assessment: assessment(shown) };
    expect(changedSince(before, later(14, activity(14, -30)))).toHaveLength(1);
  });

  it('is not what autoscaling asked for right before a look that did not show it yet', () => {
    const before = { ...known, assessment: assessment({ autoscaling: registered(activity(14, -30)) }) };
    expect(changedSince(before, later(14, activity(14, -30)))).toEqual([]);
    expect(changedSince(before, later(15, activity(14, -30)))).toEqual([changed('desired', 9, 15)]);
  });

  it('is not a bound that a scheduled action set; another one is', () => {
    const fired = {
      activities: [
        { at: secondsLater(30), min: 2, max: 6, text: 'Setting min capacity to 2 and max capacity to 6' },
      ],
    };
    const cut = { bounds: { ...raisedBounds, max: 6 } };
    expect(changedSince(known, later(9, { ...cut, ...fired }))).toEqual([]);
    expect(changedSince(known, later(9, cut))).toEqual([changed('max', 20, 6)]);
    expect(changedSince(known, later(9, { bounds: { ...raisedBounds, max: 7 }, ...fired }))).toEqual([
      changed('max', 20, 7),
    ]);
  });

  it('is told without clocks: the one of the earlier look may have been ahead', () => {
    const ahead = { ...known, assessment: assessment({ at: secondsLater(300) }) };
    expect(changedSince(ahead, later(14, activity(14, 30)))).toEqual([]);
  });

  it('is not known while the service or its autoscaling is not', () => {
    expect(changedSince(known, { ...later(14), service: throttled })).toEqual([]);
    expect(changedSince(known, { ...later(14), autoscaling: throttled })).toEqual([]);
  });

  it('is not known before there is a plan and what it was made on', () => {
    expect(changedSince({ plan: known.plan }, later(14))).toEqual([]);
    expect(changedSince({ assessment: known.assessment }, later(14))).toEqual([]);
  });

  it('may be that the scalable target is gone', () => {
    expect(changedSince(known, { ...later(9), autoscaling: { absent: true } })).toEqual([
      changed('scalableTarget', 'registered', null),
      changed('cpuPolicy', raisedPolicy.name, null),
    ]);
  });

  it('is not the count that autoscaling set before a person took its target away', () => {
    const gone = { absent: true as const, ...activity(14, 30) };
    expect(changedSince(known, { ...later(14), autoscaling: gone })).toEqual([
      changed('scalableTarget', 'registered', null),
      changed('cpuPolicy', raisedPolicy.name, null),
    ]);
  });

  it('is not what autoscaling set at the very moment of the assessment', () => {
    expect(changedSince(known, later(14, activity(14, 0)))).toEqual([]);
    const { count: _, ...silent } = activity(14, 30).activities[0] ?? { count: 0, at: '', text: '' };
    expect(changedSince(known, later(14, { activities: [silent] }))).toHaveLength(1);
  });

  it('counts from the last step down', () => {
    const { desired: _, ...change } = known.change;
    const down = { ...known, change, step: { to: 7, planHash: plan().hash } };
    expect(changedSince(down, later(7))).toEqual([]);
    expect(changedSince(down, later(9))).toEqual([changed('desired', 7, 9)]);
  });
});

describe('a look that may have been late', () => {
  const own = { change: { desired: { to: 9, before: [5], at: secondsLater(-900) } } };
  const looked = (count: number, secondsAgo: number, shown = 3) =>
    assessment({ service: view({ desired: shown }), autoscaling: registered(activity(count, -secondsAgo)) });
  const since = (count: number, secondsAgo: number, part = {}) =>
    changedSince(
      { ...known, assessment: looked(count, secondsAgo), ...part },
      later(count, activity(count, -secondsAgo)),
    );

  it.each<[string, Parameters<typeof shownLate>, number]>([
    ['by nothing where nothing was asked for', [assessment(), undefined], 0],
    ['by nothing where the newest count is shown', [looked(14, 30, 14), undefined], 0],
    ['by two minutes where it is not', [looked(14, 30), undefined], 120_000],
    [
      "by ten where this run's own count is not",
      [assessment(), { to: 9, before: [5], shown: false }],
      600_000,
    ],
    ["by nothing where this run's own count is", [assessment(), { to: 9, before: [5], shown: true }], 0],
  ])('was late %s', (_, known, milliseconds) => {
    expect(shownLate(...known)).toBe(milliseconds);
  });

  it('explains a count by what was asked for within that time before it', () => {
    const change = { ...known.change, ...own.change };
    expect(since(14, 120)).toEqual([]);
    expect(since(14, 600, { change })).toEqual([]);
    expect(since(14, 601, { change })).toEqual([changed('desired', 9, 14)]);
  });

  it('explains nothing by what it has shown, also of the very same moment', () => {
    const shown = { ...known, assessment: looked(14, 0, 14) };
    expect(changedSince(shown, later(14, activity(14, 0)))).toEqual([changed('desired', 9, 14)]);
  });
});

describe('what autoscaling itself asked for', () => {
  type Given = readonly (readonly [{ count?: number; min?: number; max?: number }, secondsAgo: number])[];
  const asked = (...activities: Given) =>
    assessment({
      at: secondsLater(0),
      autoscaling: registered({
        activities: activities.map(([asked, ago]) => ({ at: secondsLater(-ago), text: '', ...asked })),
      }),
    });
  const seen = (...activities: readonly [count: number | undefined, secondsAgo: number][]) =>
    asked(...activities.map(([count, ago]) => [count === undefined ? {} : { count }, ago] as const));

  it('are bounds: the last ones, and those of the last two minutes', () => {
    const set = (...given: Given) => boundsByAutoscaling(asked(...given)).map(({ min, max }) => [min, max]);
    expect(set([{ count: 4 }, 1], [{ min: 2 }, 60], [{ max: 6 }, 120], [{ min: 1, max: 9 }, 121])).toEqual([
      [2, undefined],
      [undefined, 6],
    ]);
    expect(set([{ min: 2, max: 6 }, 6000], [{ min: 1, max: 9 }, 6001])).toEqual([[2, 6]]);
    expect(set([{ count: 4 }, 1])).toEqual([]);
    expect(boundsByAutoscaling(assessment({ autoscaling: { absent: true } }))).toEqual([]);
  });

  it.each<[string, number | undefined, number, number | undefined]>([
    ['below what the run asked for', 9, 6, 6],
    ['as much as it asked for', 6, 6, undefined],
    ['another count than autoscaling asked for', 9, 7, undefined],
    ['where the run asked for nothing', undefined, 6, undefined],
  ])('may be a cut: %s', (_, own, desired, cut) => {
    expect(cutByAutoscaling(own, { ...seen([6, 30]), service: view({ desired }) })).toBe(cut);
  });

  it('is no cut that can be seen while the service is unknown', () => {
    expect(cutByAutoscaling(9, { ...seen([6, 30]), service: throttled })).toBeUndefined();
  });

  it('is its last count, and those of the last two minutes', () => {
    expect(countsByAutoscaling(seen([undefined, 5], [12, 60], [9, 120], [6, 121]))).toEqual([12, 9, 6]);
    expect(countsByAutoscaling(seen([12, 60], [undefined, 121], [6, 122]))).toEqual([12, 6]);
    expect(countsByAutoscaling(seen([15, 600], [18, 603]))).toEqual([15]);
    expect(countsByAutoscaling(seen())).toHaveLength(0);
  });

  it('was just now, or may be long over', () => {
    expect(countsAskedJustNow(seen([12, 60], [9, 121]))).toEqual([12]);
    expect(countsAskedJustNow(seen([12, 600]))).toEqual([]);
    expect(countsAskedJustNow(assessment({ autoscaling: { absent: true } }))).toEqual([]);
  });
});
