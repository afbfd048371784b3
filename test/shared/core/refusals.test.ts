import { describe, expect, it } from '@jest/globals';
import { refusalOf } from '../../../shared/core/refusals.ts';

const error = (name: string, message = '') => Object.assign(new Error(message), { name });
const said = (right: string, resource = '') =>
  `User: arn:aws:sts::1:assumed-role/r is not authorized to perform: ${right}${resource ? ` on resource: ${resource}` : ''} because no identity-based policy allows the ${right} action`;

describe('the right for whose want a call was refused', () => {
  it.each([
    [
      'the one that AWS names, and on what',
      error('AccessDeniedException', said('ecs:UpdateService', 'arn:aws:ecs:r:1:service/c/s')),
      { right: 'ecs:UpdateService', resource: 'arn:aws:ecs:r:1:service/c/s' },
    ],
    [
      'without a resource where AWS says *',
      error('AccessDeniedException', said('ses:GetAccount', '*')),
      { right: 'ses:GetAccount' },
    ],
    [
      'without the full stop of the sentence',
      error('AccessDenied', said('sns:Publish', 'arn:aws:sns:r:1:t.')),
      { right: 'sns:Publish', resource: 'arn:aws:sns:r:1:t' },
    ],
    [
      'that of the call where AWS names none',
      error('AccessDeniedException', 'Access denied'),
      { right: 'ecs:ListTasks' },
    ],
    ['by SNS’s own name', error('AuthorizationError', said('sns:Publish')), { right: 'sns:Publish' }],
    [
      'of the key behind a topic',
      error('KMSAccessDeniedException', said('kms:GenerateDataKey', 'arn:aws:kms:r:1:key/k')),
      { right: 'kms:GenerateDataKey', resource: 'arn:aws:kms:r:1:key/k' },
    ],
    [
      'of what Application Auto Scaling does for its caller',
      error('ValidationException', said('cloudwatch:PutMetricAlarm')),
      { right: 'cloudwatch:PutMetricAlarm' },
    ],
    [
      'of what it reads for its caller',
      error('FailedResourceAccessException', said('ecs:DescribeServices')),
      { right: 'ecs:DescribeServices' },
    ],
  ])('is %s', (_, thrown, refusal) => {
    expect(refusalOf(thrown, 'ecs:ListTasks')).toEqual(refusal);
  });

  it.each([
    ['a faulty request', error('ValidationException', 'MinCapacity must be less')],
    ['a throttled call', error('ThrottlingException', said('ecs:UpdateService'))],
    ['a broken connection', error('TimeoutError')],
    [
      'credentials that AWS does not know',
      error('UnrecognizedClientException', 'The security token is invalid'),
    ],
    ['what is no error', 'AccessDenied'],
  ])('is none of %s', (_, thrown) => {
    expect(refusalOf(thrown, 'ecs:ListTasks')).toBeUndefined();
  });
});
