import { describe, expect, it } from '@jest/globals';
import type { Assessment } from '../../../shared/document/assessment.ts';
import type { Reason } from '../../../shared/document/reason.ts';
import type { LastWrite } from '../../../shared/drift/last-write.ts';
import { because } from '../../../shared/format/reasons.ts';
import { autoscalingChanges } from '../../../shared/plan/emergency-settings.ts';
import { planScaleIn } from '../../../shared/plan/scale-in.ts';
import {
  bounds,
  policy,
  production,
  raisedBounds,
  raisedPolicy,
  registered,
  request,
  secondsLater,
  seenRaised,
  service,
  snapshot,
  throttled,
} from '../../support/builders.ts';

const planned = (seen: Assessment, before = snapshot(), written?: LastWrite) =>
  planScaleIn(request(), seen, before, service, production, undefined, written);

const otherOf = (name: string) => ({ name, type: 'TargetTrackingScaling', definition: {} });

it.each([
  ['more than the service shows, just now', 12, 60, 'wait'],
  ['more, and the service had time to show it', 12, 121, 'scale-in'],
  ['what the service shows', 9, 60, 'scale-in'],
] as const)('autoscaling asked for %s', (_, count, seconds, action) => {
  const activities = [{ at: secondsLater(-seconds), count, text: 'Setting desired count' }];
  const made = planned(
    seenRaised({ autoscaling: registered({ bounds: raisedBounds, cpuPolicy: raisedPolicy, activities }) }),
  );
  expect(made.action).toBe(action);
  if (action === 'wait') expect(made.reasons).toEqual([because('autoscaling-ahead', { asked: count })]);
});

describe('scheduled actions since the snapshot', () => {
  const hourLater = { at: secondsLater(3600) };
  const at = (seconds: number) => `at(${secondsLater(seconds).slice(0, 19)})`;
  const evening = { name: 'evening', schedule: at(600), min: 2, max: 6 };
  const before = snapshot({ scheduledActions: [evening] });
  const due = because('schedule-due', { action: 'evening', at: secondsLater(600), min: 2, max: 6 });

  it('are part of where the way back ends, and of what approvers read', () => {
    const made = planned(seenRaised(hourLater), before);
    expect(made.bounds?.to).toMatchObject({ min: 2, max: 6 });
    expect(made.scheduled).toEqual([due]);
    expect(made.reasons).toContainEqual(due);
  });

  it.each([
    ['before it', -60],
    ['still to come', 7200],
  ])('are none that were %s', (_, seconds) => {
    const made = planned(
      seenRaised(hourLater),
      snapshot({ scheduledActions: [{ ...evening, schedule: at(seconds) }] }),
    );
    expect(made.bounds?.to).toEqual(bounds());
    expect(made).not.toHaveProperty('scheduled');
  });

  it('come before what a person set between two runs', () => {
    const restoreTo = { bounds: bounds({ max: 15 }), reasons: [] };
    const made = planned(seenRaised(hourLater), before, { restoreTo });
    expect(made.bounds?.to).toEqual(bounds({ max: 15 }));
    expect(made).not.toHaveProperty('scheduled');
  });

  it('block while they cannot be read', () => {
    const autoscaling = registered({ bounds: raisedBounds, scheduledActions: throttled });
    expect(planned(seenRaised({ autoscaling }))).toMatchObject({
      action: 'wait',
      reasons: [because('schedules-unknown', { why: 'throttled by AWS' })],
    });
  });
});

describe("the runbook's temporary policy", () => {
  const { temporaryName } = service.cpuPolicy;
  const found = (part: Parameters<typeof registered>[0]) =>
    planned(seenRaised({ autoscaling: registered({ bounds: raisedBounds, ...part }) }));
  const goes = because('temporary-policy-goes', { policy: temporaryName });
  const { cpuPolicy: _, ...without } = registered({ bounds: raisedBounds, temporaryPolicyFound: true });

  it('goes beside another one, which approvers read', () => {
    const made = found({ cpuPolicy: raisedPolicy, temporaryPolicyFound: true });
    expect(made.removes).toBe(temporaryName);
    expect(made.reasons).toContainEqual(goes);
    expect(made.hash).not.toBe(found({ cpuPolicy: raisedPolicy }).hash);
    expect(planned(seenRaised({ autoscaling: without })).removes).toBe(temporaryName);
  });

  it.each<[string, Parameters<typeof registered>[0]]>([
    ['is the only one for CPU', { cpuPolicy: policy({ name: temporaryName }), temporaryPolicyFound: true }],
    ['is not there', { cpuPolicy: raisedPolicy }],
    ['is somebody else’s', { cpuPolicy: raisedPolicy, otherPolicies: [otherOf(temporaryName)] }],
  ])('stays where it %s', (_, part) => {
    const made = found(part);
    expect(made).not.toHaveProperty('removes');
    expect(made.reasons).not.toContainEqual(goes);
  });

  it('has a name that somebody else may have taken, which approvers read', () => {
    const taken = because('temporary-name-taken', { policy: temporaryName });
    expect(found({ otherPolicies: [otherOf(temporaryName)] }).reasons).toContainEqual(taken);
    expect(found({ otherPolicies: [otherOf('memory')] }).reasons).not.toContainEqual(taken);
    const wayUp = (otherPolicies: ReturnType<typeof otherOf>[]) => {
      const reasons: Reason[] = [];
      autoscalingChanges(registered({ otherPolicies }), 9, service, reasons);
      return reasons;
    };
    expect(wayUp([otherOf('memory'), otherOf(temporaryName)])).toContainEqual(taken);
    expect(wayUp([otherOf('memory')])).not.toContainEqual(taken);
  });
});

describe('a minimum that a person raised', () => {
  const withMin = (min: number, before = snapshot()) =>
    planned(seenRaised({ autoscaling: registered({ bounds: { ...raisedBounds, min } }) }), before, {
      bounds: raisedBounds,
    });

  it('may go up to the ceiling, or to the max from before, and not above both', () => {
    expect(withMin(20)).toMatchObject({ action: 'scale-in', bounds: { to: { min: 20, max: 20 } } });
    expect(withMin(30, snapshot({ bounds: bounds({ max: 30 }) })).action).toBe('scale-in');
    expect(withMin(21)).toMatchObject({
      action: 'wait',
      reasons: [because('above-ceiling', { count: 21, ceiling: 20 })],
    });
  });
});
