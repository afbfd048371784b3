import { describe, expect, it } from '@jest/globals';
import { ChangedByPersonError } from '../../../shared/core/errors.ts';
import type { Bounds } from '../../../shared/document/settings.ts';
import { because } from '../../../shared/format/reasons.ts';
import {
  boundsDifferences,
  decideAbsolute,
  policyDifferences,
} from '../../../shared/writes/absolute-write.ts';
import { bounds, policy } from '../../support/builders.ts';

const [from, to] = [bounds(), bounds({ max: 20 })];
const decide = (present: Bounds | undefined) =>
  decideAbsolute({ what: 'bounds', from, to, present, differences: boundsDifferences });

describe('an absolute write', () => {
  it('is made when the value is what the plan saw, whatever the order of its keys', () => {
    const { min, max, suspended } = from;
    expect(decide({ suspended, max, min })).toEqual({
      changed: true,
      from,
      to,
      reasons: [because('setting-changed', { setting: 'max', from: 10, to: 20 })],
    });
  });

  it('is not made when the value is there already', () => {
    expect(decide({ ...to })).toMatchObject({
      changed: false,
      reasons: [because('as-wanted', { what: 'bounds' })],
    });
  });

  it.each([bounds({ max: 15 }), bounds({ min: 2 }), undefined])(
    'never reverts what somebody else set: %j',
    (present) => {
      expect(() => decide(present)).toThrow(ChangedByPersonError);
    },
  );

  it('says, setting by setting, what it saw and what it found', () => {
    expect(() => decide(bounds({ min: 2, max: 15 }))).toThrow(
      new ChangedByPersonError('min 1 → 2; max 10 → 15; it stays as it is'),
    );
    expect(() => decide(undefined)).toThrow('scalable target registered → absent; it stays as it is');
  });

  it('names what differs where nothing is registered yet, or not any more', () => {
    expect(boundsDifferences(null, bounds())).toMatchObject([
      { setting: 'scalableTarget', from: null, to: 'registered' },
      { setting: 'min', from: null, to: 1 },
      { setting: 'max', from: null, to: 10 },
      { setting: 'scaleInSuspended' },
      { setting: 'scaleOutSuspended' },
      { setting: 'scheduledSuspended' },
    ]);
    expect(policyDifferences(policy(), undefined)).toMatchObject([{ setting: 'cpuPolicy', to: null }]);
    expect(policyDifferences(policy(), policy({ target: 50 }))).toMatchObject([
      { setting: 'cpuTarget', from: 70, to: 50 },
    ]);
  });
});
