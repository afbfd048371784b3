import { describe, expect, it } from '@jest/globals';
import type { Setting, SettingChange, Settings } from '../../../shared/document/setting-changes.ts';
import { changedByPerson, expectedSettings } from '../../../shared/drift/person-change.ts';
import {
  endOfWayBack,
  keepPersonsChanges,
  type Present,
  type RestoreTarget,
  restoreToPersons,
} from '../../../shared/drift/restore-target.ts';
import { because } from '../../../shared/format/reasons.ts';
import { plan } from '../../support/builders.ts';

const off = { dynamicScalingIn: false, dynamicScalingOut: false, scheduledScaling: false };
const raisedSuspension = { ...off, dynamicScalingIn: true };
const policy = {
  name: 'cpu',
  target: 70,
  scaleOutCooldownSeconds: 60,
  scaleInCooldownSeconds: 300,
  disableScaleIn: false,
};
const normal = { desired: 3, bounds: { min: 1, max: 10, suspended: off }, cpuPolicy: policy };
const written = {
  desired: 12,
  bounds: { min: 2, max: 20, suspended: raisedSuspension },
  cpuPolicy: { ...policy, target: 50 },
};
const present = (part: Partial<Present> = {}): Present => ({ ...written, setByAutoscaling: [], ...part });

describe('a restore', () => {
  it('goes back to the snapshot where everything is as this product left it', () => {
    expect(keepPersonsChanges(normal, present(), written)).toEqual({ target: normal, kept: [] });
  });

  it.each<[Setting, Partial<Present>, Partial<RestoreTarget>]>([
    ['max', { bounds: { ...written.bounds, max: 30 } }, { bounds: { ...normal.bounds, max: 30 } }],
    ['min', { bounds: { ...written.bounds, min: 5 } }, { bounds: { ...normal.bounds, min: 5 } }],
    [
      'scaleOutSuspended',
      { bounds: { ...written.bounds, suspended: { ...raisedSuspension, dynamicScalingOut: true } } },
      { bounds: { ...normal.bounds, suspended: { ...off, dynamicScalingOut: true } } },
    ],
    [
      'scheduledSuspended',
      { bounds: { ...written.bounds, suspended: { ...raisedSuspension, scheduledScaling: true } } },
      { bounds: { ...normal.bounds, suspended: { ...off, scheduledScaling: true } } },
    ],
    [
      'scaleOutCooldown',
      { cpuPolicy: { ...written.cpuPolicy, scaleOutCooldownSeconds: 90 } },
      { cpuPolicy: { ...policy, scaleOutCooldownSeconds: 90 } },
    ],
    [
      'scaleInCooldown',
      { cpuPolicy: { ...written.cpuPolicy, scaleInCooldownSeconds: 90 } },
      { cpuPolicy: { ...policy, scaleInCooldownSeconds: 90 } },
    ],
    [
      'scaleInDisabled',
      { cpuPolicy: { ...written.cpuPolicy, disableScaleIn: true } },
      { cpuPolicy: { ...policy, disableScaleIn: true } },
    ],
    [
      'cpuTarget',
      { cpuPolicy: { ...written.cpuPolicy, target: 65 } },
      { cpuPolicy: { ...policy, target: 65 } },
    ],
    ['desired', { desired: 8 }, { desired: 8 }],
  ])('leaves %s as a person set it, says so, and restores the rest', (setting, change, expected) => {
    const { target, kept } = keepPersonsChanges(normal, present(change), written);
    expect(target).toEqual({ ...normal, ...expected });
    expect(kept).toMatchObject([{ code: 'changed-by-person', setting }]);
  });

  it('leaves scale-in as a person released it, where it was suspended before', () => {
    const suspended = { ...normal, bounds: { ...normal.bounds, suspended: raisedSuspension } };
    const released = present({ bounds: { ...written.bounds, suspended: off } });
    const { target, kept } = keepPersonsChanges(suspended, released, written);
    expect(target.bounds).toEqual(normal.bounds);
    expect(kept).toMatchObject([{ setting: 'scaleInSuspended', from: true, to: false }]);
  });

  it('keeps the metric of the policy that is there', () => {
    const cpuPolicy = { ...written.cpuPolicy, metric: 'ECSServiceAverageCPUUtilization' as const };
    expect(keepPersonsChanges(normal, present({ cpuPolicy }), written).target.cpuPolicy).toEqual({
      ...policy,
      metric: 'ECSServiceAverageCPUUtilization',
    });
  });

  it('takes a count that autoscaling asked for as nobody’s change', () => {
    const { target, kept } = keepPersonsChanges(
      normal,
      present({ desired: 20, setByAutoscaling: [20] }),
      written,
    );
    expect(target.desired).toBe(3);
    expect(kept).toEqual([]);
  });

  it('restores everything where this product never wrote', () => {
    expect(keepPersonsChanges(normal, present(), {})).toEqual({ target: normal, kept: [] });
  });

  it.each([
    ['no scalable target before', { desired: 3 }, present(), { desired: 3 }],
    ['no scalable target now', normal, { desired: 12, setByAutoscaling: [] }, { desired: 3 }],
  ])('leaves bounds and policy out with %s', (_, snapshot, now, target) => {
    expect(keepPersonsChanges(snapshot, now, written)).toEqual({ target, kept: [] });
  });
});

describe('a later run of the incident, before it writes over what a person set', () => {
  const theirs = { bounds: { ...written.bounds, max: 15 } };
  const max = because('changed-by-person', { setting: 'max', from: 20, to: 15 });
  const min = because('changed-by-person', { setting: 'min', from: 2, to: 4 });

  it('remembers it as the end of the way back, beside the rest of the snapshot', () => {
    const remembered = restoreToPersons(normal, present(theirs), written);
    expect(remembered).toEqual({
      bounds: { ...normal.bounds, max: 15 },
      cpuPolicy: policy,
      reasons: [max],
    });
    expect(endOfWayBack(normal, { restoreTo: remembered })).toEqual({
      ...normal,
      bounds: { ...normal.bounds, max: 15 },
    });
    const theirPolicy = { ...policy, target: 65 };
    expect(endOfWayBack(normal, { restoreTo: { cpuPolicy: theirPolicy, reasons: [] } })).toEqual({
      ...normal,
      cpuPolicy: theirPolicy,
    });
  });

  it('remembers what a person set before an even earlier run, too', () => {
    const earlier = { ...written, restoreTo: { bounds: { ...normal.bounds, min: 4 }, reasons: [min] } };
    expect(restoreToPersons(normal, present(theirs), earlier)).toMatchObject({
      bounds: { min: 4, max: 15 },
      reasons: [min, max],
    });
  });

  it.each([
    ['everything is as it was left', {}, written],
    ['only the count is another one: a run starts from what it finds', { desired: 7 }, written],
    ['nothing was written yet', theirs, {}],
    ['the snapshot is back already', normal, written],
  ])('remembers nothing where %s', (_, change, note) => {
    expect(restoreToPersons(normal, present(change), note)).toBeUndefined();
  });

  it('knows of no bounds and no policy where no target is registered', () => {
    expect(restoreToPersons({ desired: 3 }, { desired: 12 }, written)).toBeUndefined();
    expect(endOfWayBack({ desired: 3 }, {})).toEqual({ desired: 3 });
  });
});

describe('a change since the plan', () => {
  const expected = { ...written };

  it('is none when all is as expected', () => {
    expect(changedByPerson(expected, expected, [])).toEqual([]);
  });

  it.each<[Settings, SettingChange]>([
    [{ bounds: { ...written.bounds, min: 3 } }, { setting: 'min', from: 2, to: 3 }],
    [{ bounds: { ...written.bounds, max: 15 } }, { setting: 'max', from: 20, to: 15 }],
    [
      { bounds: { ...written.bounds, suspended: off } },
      { setting: 'scaleInSuspended', from: true, to: false },
    ],
    [{ cpuPolicy: undefined }, { setting: 'cpuPolicy', from: 'cpu', to: null }],
    [{ bounds: undefined }, { setting: 'scalableTarget', from: 'registered', to: null }],
    [{ desired: 7 }, { setting: 'desired', from: 12, to: 7 }],
  ])('to %j is seen and named', (change, seen) => {
    expect(changedByPerson(expected, { ...expected, ...change }, [])).toEqual([
      because('setting-changed', seen),
    ]);
  });

  it('of the count is seen where the scalable target is gone as well', () => {
    const gone = changedByPerson(expected, { ...expected, desired: 7, bounds: undefined }, []);
    expect(gone).toMatchObject([{ setting: 'desired', from: 12, to: 7 }, { setting: 'scalableTarget' }]);
  });

  it('of the desired count is nobody’s when autoscaling asked for it or a bound forces it', () => {
    expect(changedByPerson(expected, { ...expected, desired: 15 }, [15])).toEqual([]);
    expect(changedByPerson(expected, { ...expected, desired: 15 }, [14, 16])).not.toEqual([]);
    expect(changedByPerson({ ...expected, desired: 1 }, { ...expected, desired: 2 }, [])).toEqual([]);
    expect(changedByPerson({ ...expected, desired: 25 }, { ...expected, desired: 20 }, [])).toEqual([]);
  });

  it.each([2, 20])('to a count of %i is a person’s, though a bound has the same number', (desired) => {
    expect(changedByPerson(expected, { ...expected, desired }, [])).toEqual([
      because('setting-changed', { setting: 'desired', from: 12, to: desired }),
    ]);
  });

  it.each([
    [1, 5],
    [25, 15],
  ])(
    'from %i to a count of %i is a person’s, though the bounds would have moved it as well',
    (from, desired) => {
      expect(changedByPerson({ ...expected, desired: from }, { ...expected, desired }, [])).toEqual([
        because('setting-changed', { setting: 'desired', from, to: desired }),
      ]);
    },
  );

  it('is not looked for where the run knows nothing of the field', () => {
    expect(changedByPerson({ desired: 12 }, { ...expected, desired: 12 }, [])).toEqual([]);
    expect(changedByPerson({}, { ...expected, desired: 12 }, [])).toEqual([]);
  });
});

describe('what a run knows of the settings', () => {
  const bounds = written.bounds;

  it('begins with what the plan saw', () => {
    expect(expectedSettings(plan())).toEqual({
      desired: 3,
      bounds: plan().bounds?.from,
      cpuPolicy: plan().cpuPolicy?.from,
    });
  });

  it('is nothing where the plan changes nothing', () => {
    const { desired: _d, bounds: _b, cpuPolicy: _p, ...empty } = plan({ action: 'hold' });
    expect(expectedSettings(empty)).toEqual({
      desired: undefined,
      bounds: undefined,
      cpuPolicy: undefined,
    });
  });

  it('follows what the run has written since', () => {
    const changes = { bounds: { to: bounds }, desired: { to: 9 }, cpuPolicy: { to: written.cpuPolicy } };
    expect(expectedSettings(plan(), changes)).toMatchObject({
      desired: 9,
      bounds,
      cpuPolicy: written.cpuPolicy,
    });
    expect(expectedSettings(plan(), changes, { to: 7 }).desired).toBe(9);
  });

  it('follows each step down and each flag that was given back', () => {
    const resumed = { ...bounds, suspended: off };
    const changes = { bounds: { to: bounds }, suspended: { to: resumed } };
    expect(expectedSettings(plan(), changes, { to: 7 })).toMatchObject({ desired: 7, bounds: resumed });
  });
});
