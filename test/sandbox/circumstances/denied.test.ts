import { describe, expect, it } from '@jest/globals';
import { type DeniedCall, refusals } from '../../../sandbox/circumstances/denied.ts';

const call = (service: string, operation: string, caller = 'put-policy') => ({
  at: 0,
  caller,
  service,
  operation,
  input: {},
});
const asked = (denied: DeniedCall[], ...what: Parameters<typeof call>) =>
  refusals(denied).faults(call(...what));

describe('a right that a role lacks', () => {
  it('refuses the call in IAM’s words, to that function alone', () => {
    const denied = [{ action: 'ecs:UpdateService', function: 'scale-out' }];
    expect(asked(denied, 'ecs', 'UpdateService', 'scale-out')).toEqual({
      kind: 'error',
      name: 'AccessDeniedException',
      message: expect.stringMatching(
        /scale-out is not authorized to perform: ecs:UpdateService on resource: \*/,
      ),
      status: 400,
    });
    expect(asked(denied, 'ecs', 'UpdateService', 'scale-in')).toBeUndefined();
    expect(asked(denied, 'ecs', 'DescribeServices', 'scale-out')).toBeUndefined();
  });

  it('is lacked by all where no function is named', () => {
    const denied = [{ action: 'ecs:UpdateService' }];
    expect(asked(denied, 'ecs', 'UpdateService', 'person')).toMatchObject({ kind: 'error' });
  });

  it('has the name that the service gives it', () => {
    expect(asked([{ action: 'sns:Publish' }], 'sns', 'Publish')).toMatchObject({
      name: 'AuthorizationError',
    });
  });

  it.each([
    ['cloudwatch:PutMetricAlarm', 'application-autoscaling', 'PutScalingPolicy', 'ValidationException'],
    ['ecs:UpdateService', 'application-autoscaling', 'RegisterScalableTarget', 'ValidationException'],
    ['kms:GenerateDataKey', 'sns', 'Publish', 'KMSAccessDenied'],
  ])('%s is passed on by who acts for the caller', (action, service, operation, name) => {
    expect(asked([{ action }], service, operation)).toMatchObject({
      name,
      message: expect.stringContaining(`not authorized to perform: ${action}`),
    });
    expect(asked([], service, operation)).toBeUndefined();
  });

  it('to records and parameters is one to names that begin so', () => {
    const { authorize } = refusals([
      { action: 'dynamodb:PutItem', function: 'take-snapshot', on: 'snapshot/' },
    ]);
    const put =
      (key: string, caller = 'take-snapshot') =>
      () =>
        authorize(caller, 'dynamodb:PutItem', key);
    expect(put('snapshot/1')).toThrow(
      expect.objectContaining({
        name: 'AccessDeniedException',
        message: expect.stringContaining('snapshot/1'),
      }),
    );
    expect(put('service/1')).not.toThrow();
    expect(put('snapshot/1', 'plan')).not.toThrow();
  });
});
