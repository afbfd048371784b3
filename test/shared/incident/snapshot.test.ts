import { describe, expect, it } from '@jest/globals';
import { UnknownStateError } from '../../../shared/core/errors.ts';
import type { AutoscalingView } from '../../../shared/document/assessment.ts';
import { differences, otherChanges, snapshotOf } from '../../../shared/incident/snapshot.ts';
import {
  assessment,
  bounds,
  policy,
  registered,
  service,
  snapshot,
  throttled,
  view,
} from '../../support/builders.ts';

const memory = { name: 'memory', type: 'TargetTrackingScaling', definition: { TargetValue: 60 } };

describe('a snapshot', () => {
  it('holds every setting that a run may change, every other policy in full, and the pool sizes', () => {
    const seen = assessment({
      service: view({ desired: 5 }),
      autoscaling: registered({ otherPolicies: [memory] }),
    });

    expect(snapshotOf('incident-1', seen, service)).toEqual(
      snapshot({ desired: 5, otherPolicies: [memory] }),
    );
  });

  it('says that nothing was registered', () => {
    const taken = snapshotOf('incident-1', assessment({ autoscaling: { absent: true } }), service);
    expect(taken).not.toHaveProperty('bounds');
    expect(taken.otherPolicies).toEqual([]);
    expect(taken).not.toHaveProperty('cpuPolicy');
  });

  it.each([
    ['no snapshot without the service: throttled by AWS', { service: throttled }],
    ['no snapshot without autoscaling: throttled by AWS', { autoscaling: throttled }],
  ])('is not taken of what is unknown: %s', (message, seen) => {
    expect(() => snapshotOf('incident-1', assessment(seen), service)).toThrow(new UnknownStateError(message));
  });
});

describe('the differences to a snapshot', () => {
  const suspended = { dynamicScalingIn: true, dynamicScalingOut: false, scheduledScaling: false };
  it.each<[string, Partial<ReturnType<typeof view>>, AutoscalingView, string[]]>([
    ['none', {}, registered(), []],
    ['a count inside the bounds is autoscaling’s', { desired: 7 }, registered(), []],
    ['a count at min', { desired: 1 }, registered(), []],
    ['a count at max', { desired: 10 }, registered(), []],
    ['a count above max', { desired: 12 }, registered(), ['desired count: was 3, is 12']],
    ['a count below min', { desired: 0 }, registered(), ['desired count: was 3, is 0']],
    ['min', {}, registered({ bounds: bounds({ min: 2 }) }), ['min: was 1, is 2']],
    ['max', {}, registered({ bounds: bounds({ max: 20 }) }), ['max: was 10, is 20']],
    [
      'suspended',
      {},
      registered({ bounds: bounds({ suspended }) }),
      ['suspended: was [false,false,false], is [true,false,false]'],
    ],
    ['the CPU target', {}, registered({ cpuPolicy: policy({ target: 50 }) }), ['CPU target: was 70, is 50']],
    [
      'cooldowns',
      {},
      registered({ cpuPolicy: policy({ scaleOutCooldownSeconds: 30, scaleInCooldownSeconds: 180 }) }),
      ['scale-out cooldown: was 60, is 30', 'scale-in cooldown: was 300, is 180'],
    ],
    [
      'whether the policy scales in',
      {},
      registered({ cpuPolicy: policy({ disableScaleIn: true }) }),
      ['scale-in by the policy disabled: was false, is true'],
    ],
    ['autoscaling is unknown', {}, throttled, ['autoscaling is unknown: throttled by AWS']],
  ])('%s', (_, service, autoscaling, expected) => {
    expect(differences(snapshot(), view(service), autoscaling)).toEqual(expected);
  });

  const lostPolicy = [
    'CPU target: was 70, is absent',
    'scale-out cooldown: was 60, is absent',
    'scale-in cooldown: was 300, is absent',
    'scale-in by the policy disabled: was false, is absent',
  ];

  it('name everything that a lost target takes along', () => {
    expect(differences(snapshot(), view(), { absent: true })).toEqual([
      'min: was 1, is absent',
      'max: was 10, is absent',
      'suspended: was [false,false,false], is absent',
      ...lostPolicy,
    ]);
  });

  it('name everything that a lost policy takes along', () => {
    const { cpuPolicy: _, ...rest } = registered();
    expect(differences(snapshot(), view(), rest)).toEqual(lostPolicy);
  });

  it('see a count that changed where no target was registered', () => {
    const { bounds: _b, cpuPolicy: _p, ...bare } = snapshot();
    expect(differences(bare, view({ desired: 4 }), { absent: true })).toEqual(['desired count: was 3, is 4']);
    expect(differences(bare, view(), { absent: true })).toEqual([]);
  });
});

describe('what a restore leaves alone is reported', () => {
  const taken = snapshot({ otherPolicies: [memory] });
  const now = (part: Partial<ReturnType<typeof view>>, ...otherPolicies: (typeof memory)[]) =>
    otherChanges(taken, assessment({ service: view(part), autoscaling: registered({ otherPolicies }) }));

  it('nothing, when nothing changed', () => {
    expect(now({}, memory)).toEqual([]);
  });

  it('another task definition', () => {
    expect(now({ taskDefinition: 'buywhere-api:43' }, memory)).toEqual([
      'task definition: was buywhere-api:42, is buywhere-api:43; it stays',
    ]);
  });

  it('a policy that was changed, is gone, or is new', () => {
    expect(now({}, { ...memory, definition: { TargetValue: 80 } })).toEqual([
      'policy memory was changed; it stays so',
    ]);
    expect(now({}, { ...memory, name: 'requests' })).toEqual([
      'policy memory is gone; it is not put back',
      'policy requests is new; it stays',
    ]);
  });

  it('nothing of what cannot be read', () => {
    expect(otherChanges(taken, assessment({ service: throttled, autoscaling: throttled }))).toEqual([]);
  });
});
