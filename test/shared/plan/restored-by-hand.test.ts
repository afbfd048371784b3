import { describe, expect, it } from '@jest/globals';
import { isRestoredByHand } from '../../../shared/plan/restored-by-hand.ts';
import {
  assessment,
  bounds,
  policy,
  raisedBounds,
  registered,
  snapshot,
  throttled,
  view,
} from '../../support/builders.ts';

type Seen = Parameters<typeof assessment>[0];
type Changes = Parameters<typeof isRestoredByHand>[0];
type End = Parameters<typeof isRestoredByHand>[1];

const back: Changes = { desired: { from: 3, to: 3 }, bounds: { from: bounds(), to: bounds() } };
const before: End = { snapshot: snapshot(), target: { desired: 3, bounds: bounds(), cpuPolicy: policy() } };
const given = (changes: Partial<Changes>, end: Partial<End> = {}, seen: Seen = {}) =>
  isRestoredByHand({ ...back, ...changes }, { ...before, ...end }, assessment(seen));
const counted = (desired: number) => ({ service: view({ desired, running: desired }) });

describe('a service whose settings are as before', () => {
  it('has been given back', () => {
    expect(given({})).toBe(true);
  });

  it('has been given back also where the plan has no bounds to write', () => {
    const wider = bounds({ max: 20 });
    const target = { desired: 3, bounds: wider, cpuPolicy: policy() };
    const seen = { autoscaling: registered({ bounds: wider }) };
    expect(given({ bounds: undefined }, { target }, seen)).toBe(true);
    expect(given({ bounds: undefined }, { target })).toBe(false);
  });

  it('is compared with the bounds that its plan makes room with', () => {
    const roomy = { from: bounds({ max: 12 }), to: bounds({ max: 12 }) };
    const seen = { autoscaling: registered({ bounds: bounds({ max: 12 }) }) };
    expect([given({ bounds: roomy }, {}, seen), given({}, {}, seen)]).toEqual([true, false]);
  });

  it.each<[string, Parameters<typeof given>]>([
    ['what was before is not known', [{}, { snapshot: undefined }]],
    ['no count is planned', [{ desired: undefined }]],
    ['the temporary policy is still there', [{ removes: 'emergency-cpu-scaling' }]],
    ['the service cannot be read', [{}, {}, { service: throttled }]],
    ['its autoscaling cannot be read', [{}, {}, { autoscaling: throttled }]],
  ])('is not taken for given back where %s', (_, of) => {
    expect(given(...of)).toBe(false);
  });
});

describe('a count above the one of before', () => {
  const higher = { desired: { from: 6, to: 3 } };
  const suspended = { from: raisedBounds, to: bounds({ suspended: raisedBounds.suspended }) };

  it('is left to autoscaling where that may scale in and has it inside its bounds', () => {
    expect(given(higher, {}, counted(6))).toBe(true);
    expect(given({ desired: { from: 12, to: 3 } }, {}, counted(12))).toBe(false);
  });

  it.each<[string, Partial<Changes>, Seen]>([
    [
      'scaling in stays suspended',
      { bounds: suspended },
      { autoscaling: registered({ bounds: suspended.to }) },
    ],
    ['no bounds are written', { bounds: undefined }, {}],
  ])('has to be given back where %s', (_, changes, seen) => {
    expect(given({ ...higher, ...changes }, {}, { ...counted(6), ...seen })).toBe(false);
    const { to } = higher.desired;
    expect(given({ ...changes, desired: { from: to, to } }, {}, { ...counted(to), ...seen })).toBe(true);
  });
});
