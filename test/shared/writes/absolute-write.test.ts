import { describe, expect, it } from '@jest/globals';
import { ChangedByPersonError } from '../../../shared/core/errors.ts';
import { decideAbsolute } from '../../../shared/writes/absolute-write.ts';

const decide = (present: { max: number; min?: number } | undefined) =>
  decideAbsolute({ what: 'bounds', from: { min: 1, max: 10 }, to: { min: 1, max: 20 }, present });

describe('an absolute write', () => {
  it('is made when the value is what the plan saw, whatever the order of its keys', () => {
    expect(decide({ max: 10, min: 1 })).toEqual({
      changed: true,
      from: { min: 1, max: 10 },
      to: { min: 1, max: 20 },
      reasons: ['bounds: {"min":1,"max":10} → {"min":1,"max":20}'],
    });
  });

  it('is not made when the value is there already', () => {
    expect(decide({ max: 20, min: 1 })).toMatchObject({
      changed: false,
      reasons: ['bounds is as wanted already'],
    });
  });

  it.each([{ max: 15, min: 1 }, { max: 10, min: 2 }, undefined])(
    'never reverts what somebody else set: %j',
    (present) => {
      expect(() => decide(present)).toThrow(ChangedByPersonError);
    },
  );

  it('says what it saw and what it found', () => {
    expect(() => decide(undefined)).toThrow(
      'bounds: the plan saw {"min":1,"max":10}, now it is absent; it stays as it is',
    );
  });
});
