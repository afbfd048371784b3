import { describe, expect, it } from '@jest/globals';
import { keepPersonsChanges, type Present } from '../../shared/drift.ts';
import { changedByPerson } from '../../shared/person-change.ts';

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

  it.each([
    ['max', { bounds: { ...written.bounds, max: 30 } }, { bounds: { ...normal.bounds, max: 30 } }],
    ['min', { bounds: { ...written.bounds, min: 5 } }, { bounds: { ...normal.bounds, min: 5 } }],
    [
      'suspended dynamicScalingIn',
      { bounds: { ...written.bounds, suspended: { ...raisedSuspension, dynamicScalingOut: true } } },
      { bounds: { ...normal.bounds, suspended: { ...off, dynamicScalingOut: true } } },
    ],
    [
      'CPU target',
      { cpuPolicy: { ...written.cpuPolicy, target: 65 } },
      { cpuPolicy: { ...policy, target: 65 } },
    ],
    ['desired count', { desired: 8 }, { desired: 8 }],
  ])('leaves %s as a person set it, says so, and restores the rest', (_field, change, expected) => {
    const { target, kept } = keepPersonsChanges(normal, present(change), written);
    expect(target).toEqual({ ...normal, ...expected });
    expect(kept).toHaveLength(1);
    expect(kept[0]).toContain('was changed by a person');
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
    expect(keepPersonsChanges(normal, present(), {}).target).toEqual(normal);
  });
});

describe('a change since the plan', () => {
  const expected = { ...written, taskDefinition: 'api:42' };

  it('is none when all is as expected', () => {
    expect(changedByPerson(expected, expected, [])).toEqual([]);
  });

  it.each([
    ['min', { bounds: { ...written.bounds, min: 3 } }],
    ['max', { bounds: { ...written.bounds, max: 15 } }],
    ['suspended', { bounds: { ...written.bounds, suspended: off } }],
    ['CPU policy', { cpuPolicy: undefined }],
    ['task definition', { taskDefinition: 'api:43' }],
    ['desired count', { desired: 7 }],
  ])('of %s is seen and named', (field, change) => {
    const [only, ...more] = changedByPerson(expected, { ...expected, ...change }, []);
    expect(only).toMatch(new RegExp(`^${field}: expected `));
    expect(more).toEqual([]);
  });

  it('of the desired count is nobody’s when autoscaling asked for it or a bound forces it', () => {
    expect(changedByPerson(expected, { ...expected, desired: 15 }, [15])).toEqual([]);
    expect(changedByPerson({ ...expected, desired: 1 }, { ...expected, desired: 2 }, [])).toEqual([]);
    expect(changedByPerson({ ...expected, desired: 25 }, { ...expected, desired: 20 }, [])).toEqual([]);
  });

  it.each([2, 20])('to a count of %i is a person’s, though a bound has the same number', (desired) => {
    expect(changedByPerson(expected, { ...expected, desired }, [])).toEqual([
      `desired count: expected 12, is ${desired}`,
    ]);
  });

  it('is not looked for where the run knows nothing of the field', () => {
    expect(changedByPerson({ desired: 12 }, { desired: 12, bounds: written.bounds }, [])).toEqual([]);
  });
});
