import { describe, expect, it } from '@jest/globals';
import type { Assessment } from '../../../shared/document/assessment.ts';
import type { Plan } from '../../../shared/document/plan.ts';
import type { Bounds } from '../../../shared/document/settings.ts';
import { because } from '../../../shared/format/reasons.ts';
import { otherChanges, type Snapshot } from '../../../shared/incident/snapshot.ts';
import { lastingDifferences } from '../../../shared/verify/lasting.ts';
import {
  assessment,
  bounds,
  now,
  planBack,
  policy,
  registered,
  snapshot,
  throttled,
  view,
} from '../../support/builders.ts';

const lastingOf = (before: Snapshot, seen: Assessment, ...rest: [Plan | undefined, Bounds?]) =>
  lastingDifferences(before, otherChanges(before, seen), seen, ...rest);
type Seen = Parameters<typeof assessment>[0];
const left = (seen: Seen, plan: Partial<Plan> = {}) =>
  lastingOf(snapshot(), assessment(seen), planBack(plan));
const eight = view({ desired: 8, running: 8 });
const asked = (count: number) => ({ at: now, count, text: `set desired count to ${count}` });
const byPerson = because('changed-by-person', { setting: 'max', from: 20, to: 15 });
const due = because('schedule-due', { action: 'evening', at: now, min: 5, max: 12 });
const memory = { name: 'memory', type: 'TargetTrackingScaling', definition: {} };

describe('what a restore leaves', () => {
  it('is nothing where every setting is as in the snapshot, under whatever name its policy has', () => {
    expect(left({})).toEqual([]);
    expect(left({ autoscaling: registered({ cpuPolicy: policy({ name: 'other' }) }) })).toEqual([]);
  });

  it.each<[string, Seen, Partial<Plan>, string]>([
    [
      'tasks that autoscaling has asked for',
      {
        service: eight,
        autoscaling: registered({ activities: [asked(8)] }),
        values: { requestRatePerMinute: 2431 },
      },
      {},
      'autoscaling: desired tasks 3 → 8: policy buywhere-api-cpu-scaling keeps them for a request rate of 2,431/min',
    ],
    [
      'a count that a person set',
      { service: eight, autoscaling: registered({ activities: [asked(7)] }) },
      {},
      'person: desired tasks 3 → 8: a person changed it',
    ],
    [
      'a count that a person set to min',
      { service: view({ desired: 1, running: 1 }) },
      {},
      'person: desired tasks 3 → 1: a person changed it',
    ],
    [
      'a max that a person changed during the incident',
      { autoscaling: registered({ bounds: bounds({ max: 15 }) }) },
      { kept: [byPerson] },
      'person: max 10 → 15: a person changed it',
    ],
    [
      'a max that makes room',
      { autoscaling: registered({ bounds: bounds({ max: 12 }) }) },
      { kept: [because('max-follows', { from: 10, to: 12, count: 12, min: 2 })] },
      'workflow: max 10 → 12: it has room for what a person raised',
    ],
    [
      'a max that a schedule has set since',
      {
        autoscaling: registered({
          bounds: bounds({ max: 12 }),
          activities: [{ at: now, max: 12, text: '' }],
        }),
      },
      {},
      'schedule: max 10 → 12: a scheduled action of autoscaling set it',
    ],
    [
      'a target that a person changed',
      { autoscaling: registered({ cpuPolicy: policy({ target: 55 }) }) },
      {},
      'person: CPU target 70 % → 55 %: a person changed it',
    ],
    [
      'a deployment',
      { service: view({ taskDefinition: 'buywhere-api:43' }) },
      {},
      'deployment: task definition buywhere-api:42 → buywhere-api:43: it stays',
    ],
    [
      'a policy of somebody else',
      { autoscaling: registered({ otherPolicies: [memory] }) },
      {},
      'person: policy memory is new: it stays',
    ],
  ])('%s', (_, seen, plan, said) => {
    expect(left(seen, plan).map(({ by, text }) => `${by}: ${text}`)).toEqual([said]);
  });

  it.each([
    [{ min: 5, max: 12 }, 5, 'min is 5'],
    [{ min: 1, max: 2 }, 2, 'max is 2'],
  ])('a count that a person moved with the bounds %j', (theirs, desired, why) => {
    const seen = {
      service: view({ desired, running: desired }),
      autoscaling: registered({ bounds: bounds(theirs) }),
    };
    expect(left(seen).map(({ text }) => text)).toContain(`desired tasks 3 → ${desired}: ${why}`);
  });

  it('by a schedule that was due names it for every setting that it moved', () => {
    const seen = {
      service: view({ desired: 5, running: 5 }),
      autoscaling: registered({ bounds: bounds({ min: 5, max: 12 }) }),
    };
    expect(left(seen, { scheduled: [due] })).toMatchObject([
      {
        setting: 'desired',
        before: 3,
        after: 5,
        by: 'schedule',
        reason: { code: 'bound-by-schedule', action: 'evening' },
      },
      { setting: 'min', before: 1, after: 5, by: 'schedule' },
      { setting: 'max', before: 10, after: 12, by: 'schedule' },
    ]);
  });

  it("bounds that a schedule set after the plan are the schedule's, whatever a person had set before", () => {
    const theirs = bounds({ max: 12 });
    const seen = assessment({ autoscaling: registered({ bounds: theirs }) });
    const plan = planBack({
      kept: [byPerson],
      bounds: { from: bounds({ max: 15 }), to: bounds({ max: 15 }) },
    });
    expect(lastingOf(snapshot(), seen, plan, theirs)).toMatchObject([
      { setting: 'max', before: 10, after: 12, by: 'schedule' },
    ]);
  });

  it("a policy that the plan removed is the workflow's, one that is gone otherwise a person's", () => {
    const before = { ...snapshot(), otherPolicies: [memory, { ...memory, name: 'emergency' }] };
    const found = lastingOf(before, assessment(), planBack({ removes: 'emergency' }));
    expect(found).toMatchObject([
      { setting: 'policy memory', before: 'present', after: null, by: 'person' },
      { setting: 'policy emergency', before: 'present', after: null, by: 'workflow' },
    ]);
  });

  it('is not known while the service is not', () => {
    const unknown: Partial<Assessment> = { service: throttled };
    expect(left(unknown)).toEqual([]);
  });

  it("is told against the baseline where no snapshot exists: its definition and other policies are nobody's", () => {
    const seen = assessment({ service: eight, autoscaling: registered({ otherPolicies: [memory] }) });
    expect(
      lastingDifferences({ desired: 3, bounds: bounds(), cpuPolicy: policy() }, [], seen, undefined),
    ).toMatchObject([{ setting: 'desired', before: 3, after: 8, by: 'person' }]);
  });
});

describe('a policy that is not as before', () => {
  const { cpuPolicy, ...bare } = registered();
  const { cpuPolicy: _, ...before } = snapshot();

  it("is a person's where one on CPU was removed or made", () => {
    const name = cpuPolicy?.name;
    const one = { setting: 'cpuPolicy', by: 'person' };
    expect(left({ autoscaling: bare })).toMatchObject([{ ...one, before: name, after: null }]);
    expect(lastingOf(before, assessment(), undefined)[0]).toMatchObject({
      ...one,
      before: null,
      after: name,
    });
  });

  it.each<[string, Snapshot['otherPolicies'], Snapshot['otherPolicies'], (string | null)[]]>([
    ['new', [], [memory], [null, 'present']],
    ['gone', [memory], [], ['present', null]],
    ['changed', [memory], [{ ...memory, definition: { target: 60 } }], ['present', 'changed']],
  ])("is a person's where it is %s and no plan is known", (_what, was, is, [then, after]) => {
    const seen = assessment({ autoscaling: registered({ otherPolicies: is }) });
    expect(lastingOf(snapshot({ otherPolicies: was }), seen, undefined)).toMatchObject([
      { setting: 'policy memory', by: 'person', before: then, after },
    ]);
  });
});

it("another task definition is a deployment's", () => {
  expect(left({ service: view({ taskDefinition: 'buywhere-api:43' }) })).toMatchObject([
    { setting: 'taskDefinition', before: 'buywhere-api:42', after: 'buywhere-api:43', by: 'deployment' },
  ]);
});
