import { describe, expect, it } from '@jest/globals';
import { StateFailure } from '../../../../sandbox/engine/basics/failure.ts';
import { delayMilliseconds, RetryCounter, takes } from '../../../../sandbox/engine/states/retry.ts';

describe('ErrorEquals', () => {
  const timeout = new StateFailure('States.Timeout');
  const heartbeat = new StateFailure('States.Timeout', undefined, 'States.HeartbeatTimeout');
  it.each([
    [['HoldError'], new StateFailure('HoldError'), true],
    [['HoldError'], new StateFailure('OtherError'), false],
    [['States.TaskFailed'], new StateFailure('OtherError'), true],
    [['States.TaskFailed'], timeout, false],
    [['States.ALL'], timeout, true],
    [['States.HeartbeatTimeout'], timeout, false],
    [['States.HeartbeatTimeout'], heartbeat, true],
    [['States.Timeout'], heartbeat, true],
    [['States.ALL'], new StateFailure('States.Runtime'), false],
    [['States.Runtime'], new StateFailure('States.Runtime'), false],
    [['States.ALL'], new StateFailure('States.DataLimitExceeded'), false],
    [['States.DataLimitExceeded'], new StateFailure('States.DataLimitExceeded'), true],
  ])('%j against %s: %s', (list, failure, expected) => {
    expect(takes(list, failure)).toBe(expected);
  });
});

describe('the delay before a retry', () => {
  it.each([
    [{}, 0, 1000],
    [{}, 2, 4000],
    [{ IntervalSeconds: 3, BackoffRate: 1.5 }, 2, 6750],
    [{ IntervalSeconds: 10, MaxDelaySeconds: 15 }, 3, 15_000],
    [{ IntervalSeconds: 10, JitterStrategy: 'FULL' as const }, 0, 2500],
  ])('%j after %d retries', (more, before, expected) => {
    expect(delayMilliseconds({ ErrorEquals: ['A'], ...more }, before, () => 0.25)).toBe(expected);
  });
});

describe('retriers', () => {
  it('count apart from each other, and the first that fits decides', () => {
    const retries = new RetryCounter([
      { ErrorEquals: ['A'], MaxAttempts: 1, IntervalSeconds: 5 },
      { ErrorEquals: ['States.ALL'], MaxAttempts: 2 },
    ]);
    const next = (error: string) => retries.next(new StateFailure(error), () => 0);
    expect([next('A'), next('B'), next('B'), next('B')]).toEqual([5000, 1000, 2000, undefined]);
    expect(next('A')).toBeUndefined();
    expect(retries.total).toBe(3);
  });

  it('MaxAttempts 0 never retries', () => {
    const retries = new RetryCounter([{ ErrorEquals: ['States.ALL'], MaxAttempts: 0 }]);
    expect(retries.next(new StateFailure('A'), () => 0)).toBeUndefined();
  });
});
