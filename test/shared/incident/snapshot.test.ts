import { describe, expect, it } from '@jest/globals';
import { asWorker } from '../../../chaos/generate/config.ts';
import { UnknownStateError } from '../../../shared/core/errors.ts';
import type { AutoscalingView, HealthView } from '../../../shared/document/assessment.ts';
import type { Reason } from '../../../shared/document/reason.ts';
import type { Setting, SettingValue } from '../../../shared/document/setting-changes.ts';
import { because } from '../../../shared/format/reasons.ts';
import { told } from '../../../shared/format/unknown.ts';
import { differences, looksRaised, otherChanges, snapshotOf } from '../../../shared/incident/snapshot.ts';
import {
  assessment,
  bounds,
  healthy,
  policy,
  poolsOf,
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

  it('says where the settings are those of an emergency already', () => {
    const { min, max } = service.capacity.emergency;
    const suspended = { dynamicScalingIn: true, dynamicScalingOut: false, scheduledScaling: true };
    const left = (part: Partial<ReturnType<typeof bounds>> = {}) =>
      snapshotOf(
        'incident-1',
        assessment({ autoscaling: registered({ bounds: { min, max, suspended, ...part } }) }),
        service,
      ).leftRaised;
    expect(left()).toBe(true);
    expect(left({ min: min + 1, max: max + 1 })).toBe(true);
    expect(left({ min: min - 1 })).toBeUndefined();
    expect(left({ max: max - 1 })).toBeUndefined();
    expect(left({ suspended: { ...suspended, dynamicScalingIn: false } })).toBeUndefined();
    expect(left({ suspended: { ...suspended, scheduledScaling: false } })).toBeUndefined();
    const beside = { topology: 'sidecar' as const, postgresql: { maxConnections: 1700, reserved: 3 } };
    const sidecars = { ...service, pgbouncer: { ...poolsOf(service), ...beside } };
    const capped = (limit: number) =>
      looksRaised(registered({ bounds: { min, max: limit, suspended } }), sidecars);
    // A run raises max no further than to the 12 tasks whose PgBouncers PostgreSQL has room for.
    expect([11, 12].map(capped)).toEqual([false, true]);
    const without = assessment({ autoscaling: { absent: true } });
    expect(snapshotOf('incident-1', without, service)).not.toHaveProperty('leftRaised');
  });

  it('holds no pool sizes where there is no PgBouncer', () => {
    expect(snapshotOf('incident-1', assessment(), asWorker(service)).pgbouncer).toEqual({});
  });

  it('knows which health endpoints were kept from us, and takes no time-out for that', () => {
    const unheard = (part: Partial<HealthView>) =>
      snapshotOf(
        'incident-1',
        assessment({ health: { api: { ...healthy, ...part }, mcp: healthy } }),
        service,
      ).unheard;
    expect(unheard({ level: 'unknown', status: 403 })).toEqual(['api']);
    expect(
      unheard({ level: 'unknown', unknown: told({ cause: 'unreachable', error: '', message: '' }) }),
    ).toEqual(['api']);
    expect(unheard({ level: 'unknown', unknown: told({ cause: 'late' }) })).toEqual([]);
    expect(unheard({ level: 'critical' })).toEqual([]);
  });

  it('holds scheduled actions where they are known, and what is usual', () => {
    const evening = { name: 'evening', schedule: 'cron(0 18 * * ? *)', max: 6 };
    const taken = (scheduledActions?: (typeof evening)[] | typeof throttled) =>
      snapshotOf(
        'incident-1',
        assessment({
          autoscaling: registered(scheduledActions ? { scheduledActions } : {}),
          usual: { cpuPercent: 63 },
        }),
        service,
      );
    expect(taken([evening])).toMatchObject({ scheduledActions: [evening], usual: { cpuPercent: 63 } });
    expect(taken(throttled)).not.toHaveProperty('scheduledActions');
    expect(taken()).not.toHaveProperty('scheduledActions');
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

const open = (setting: Setting, from: SettingValue, to: SettingValue) =>
  because('not-restored', { setting, from, to });

describe('the differences to a snapshot', () => {
  const suspended = { dynamicScalingIn: true, dynamicScalingOut: false, scheduledScaling: false };
  it.each<[string, Partial<ReturnType<typeof view>>, AutoscalingView, Reason[]]>([
    ['none', {}, registered(), []],
    ['a count inside the bounds is autoscaling’s', { desired: 7 }, registered(), []],
    ['a count at min', { desired: 1 }, registered(), []],
    ['a count at max', { desired: 10 }, registered(), []],
    ['a count above max', { desired: 12 }, registered(), [open('desired', 3, 12)]],
    ['a count below min', { desired: 0 }, registered(), [open('desired', 3, 0)]],
    ['min', {}, registered({ bounds: bounds({ min: 2 }) }), [open('min', 1, 2)]],
    ['max', {}, registered({ bounds: bounds({ max: 20 }) }), [open('max', 10, 20)]],
    ['suspended', {}, registered({ bounds: bounds({ suspended }) }), [open('scaleInSuspended', false, true)]],
    ['the CPU target', {}, registered({ cpuPolicy: policy({ target: 50 }) }), [open('cpuTarget', 70, 50)]],
    [
      'cooldowns',
      {},
      registered({ cpuPolicy: policy({ scaleOutCooldownSeconds: 30, scaleInCooldownSeconds: 180 }) }),
      [open('scaleOutCooldown', 60, 30), open('scaleInCooldown', 300, 180)],
    ],
    [
      'whether the policy scales in',
      {},
      registered({ cpuPolicy: policy({ disableScaleIn: true }) }),
      [open('scaleInDisabled', false, true)],
    ],
    ['autoscaling is unknown', {}, throttled, [because('autoscaling-unknown', { why: 'throttled by AWS' })]],
  ])('%s', (_, service, autoscaling, expected) => {
    expect(differences(snapshot(), view(service), autoscaling)).toEqual(expected);
  });

  const lostPolicy = open('cpuPolicy', policy().name, null);

  it('name a lost target, which takes its policy along', () => {
    expect(differences(snapshot(), view(), { absent: true })).toEqual([
      open('scalableTarget', 'registered', null),
      lostPolicy,
    ]);
  });

  it('name a lost policy', () => {
    const { cpuPolicy: _, ...rest } = registered();
    expect(differences(snapshot(), view(), rest)).toEqual([lostPolicy]);
  });

  it('do not name the policy that a restore has changed under its own name', () => {
    const renamed = registered({ cpuPolicy: policy({ name: 'theirs' }) });
    expect(differences(snapshot(), view(), renamed)).toEqual([]);
  });

  it('name a policy that was not there before', () => {
    const { cpuPolicy: _, ...without } = snapshot();
    expect(differences(without, view(), registered())).toContainEqual(open('cpuTarget', null, 70));
  });

  it('see a count that changed where no target was registered', () => {
    const { bounds: _b, cpuPolicy: _p, ...bare } = snapshot();
    expect(differences(bare, view({ desired: 4 }), { absent: true })).toEqual([open('desired', 3, 4)]);
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
      because('definition-stays', { from: 'buywhere-api:42', to: 'buywhere-api:43' }),
    ]);
  });

  it('a policy that was changed, is gone, or is new', () => {
    expect(now({}, { ...memory, definition: { TargetValue: 80 } })).toEqual([
      because('policy-changed', { policy: 'memory' }),
    ]);
    expect(now({}, { ...memory, name: 'requests' })).toEqual([
      because('policy-gone', { policy: 'memory' }),
      because('policy-new', { policy: 'requests' }),
    ]);
  });

  it('nothing of what cannot be read', () => {
    expect(otherChanges(taken, assessment({ service: throttled, autoscaling: throttled }))).toEqual([]);
  });
});
