import { describe, expect, it, jest } from '@jest/globals';
import { throttling } from '../../local/throttle-faults.ts';
import type { Fault, FaultPlan } from '../../local/wire.ts';
import { mulberry32 } from '../../local/world/random.ts';
import type { Config } from '../../shared/config.ts';
import { callsOf, notGivenBack, play } from './harness.ts';

jest.setTimeout(120_000);

/** A fault in the first calls of an operation by a function. */
function firstCalls(operation: string, fault: Fault, count = 1): FaultPlan {
  let left = count;
  return (call) => {
    if (call.operation !== operation || call.caller === 'person' || left === 0) return undefined;
    left -= 1;
    return fault;
  };
}
const unavailable: Fault = { kind: 'error', name: 'ServerException', message: 'down', status: 500 };
const denied: Fault = { kind: 'error', name: 'AccessDeniedException', message: 'denied', status: 400 };

it.each([1, 2, 3])('30 % throttling of every AWS call still ends restored, seed %i', async (seed) => {
  const { report, sandbox } = await play({ seed, faults: throttling(30, mulberry32(seed + 1000)) });
  const throttled = sandbox.aws.calls.filter(({ error }) => error === 'ThrottlingException').length;

  expect(report.outcome).toBe('restored');
  expect(notGivenBack(report)).toEqual([]);
  expect(throttled / report.measures.apiCalls).toBeGreaterThan(0.2);
});

describe('a call fails, and the run ends restored all the same', () => {
  it.each<[string, FaultPlan]>([
    [
      'setting the count was throttled three times',
      firstCalls(
        'UpdateService',
        { kind: 'error', name: 'ThrottlingException', message: 'Rate exceeded', status: 400 },
        3,
      ),
    ],
    [
      'registering the target met a pending update',
      firstCalls(
        'RegisterScalableTarget',
        { kind: 'error', name: 'ConcurrentUpdateException', message: 'pending', status: 400 },
        2,
      ),
    ],
    ['ECS answered 500 twice', firstCalls('UpdateService', unavailable, 2)],
    [
      'the policy call timed out before its effect',
      firstCalls('PutScalingPolicy', { kind: 'timeout-before' }),
    ],
    ['the count was set, but the answer was lost', firstCalls('UpdateService', { kind: 'timeout-after' })],
    [
      'the bounds were raised, but the answer was lost',
      firstCalls('RegisterScalableTarget', { kind: 'timeout-after' }),
    ],
    ['no notice can be sent', ({ operation }) => (operation === 'Publish' ? denied : undefined)],
  ])('%s', async (_, faults) => {
    const { report } = await play({ faults });
    const raised = report.writes.filter(({ who }) => who === 'scale-out');

    expect(report.outcome).toBe('restored');
    expect(notGivenBack(report)).toEqual([]);
    expect(raised).toHaveLength(1);
  });
});

describe('a call cannot succeed: the run holds what is there', () => {
  it.each<[string, FaultPlan, string[]]>([
    [
      'bounds may not be written',
      firstCalls(
        'RegisterScalableTarget',
        { kind: 'error', name: 'LimitExceededException', message: 'limit', status: 400 },
        99,
      ),
      [],
    ],
    [
      'the count may not be written',
      firstCalls('UpdateService', denied, 99),
      ['register-target application-autoscaling:RegisterScalableTarget'],
    ],
  ])('%s', async (_, faults, written) => {
    const { report } = await play({ faults });

    expect(report.outcome).toBe('held');
    expect(report.reasons.join()).toMatch(/LimitExceededException|AccessDeniedException|LimitReachedError/);
    expect(callsOf(report.writes.filter(({ who }) => who !== 'application-autoscaling'))).toEqual(written);
    expect(report.after.desired).toBeGreaterThanOrEqual(report.before?.desired ?? 0);
  });

  it('no mail reaches any approver: never approved by default', async () => {
    const { report } = await play({
      faults: ({ operation }) => (operation === 'SendEmail' ? denied : undefined),
    });

    expect(report.outcome).toBe('held');
    expect(report.reasons.join()).toContain('ApprovalNotSentError');
    expect(report.writes.filter(({ who }) => who === 'scale-in')).toEqual([]);
  });
});

it('CloudWatch is gone: it scales out by the alert alone, and never scales in', async () => {
  const gone: FaultPlan = ({ operation }) => (operation === 'GetMetricData' ? unavailable : undefined);
  // Calm would be waited for a whole day.
  const change = ({ timing }: Config) => Object.assign(timing.calm, { deadlineSeconds: 1800 });
  const { report } = await play({ faults: gone, change });

  expect(report.outcome).toBe('held');
  expect(report.after.desired).toBeGreaterThanOrEqual((report.before?.desired ?? 0) + 2);
  expect(report.writes.filter(({ who }) => who === 'scale-in')).toEqual([]);
});
