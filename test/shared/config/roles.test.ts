import { expect, it } from '@jest/globals';
import { boundaryOf } from '../../../shared/config/roles.ts';

it('a permissions boundary is taken by its ARN as it is, and by its name in this account', () => {
  const arn = 'arn:aws:iam::123456789012:policy/boundary';
  expect(boundaryOf(arn)).toBe(arn);
  expect(boundaryOf('boundary-arn:')).toEqual({
    'Fn::Sub': `arn:\${AWS::Partition}:iam::\${AWS::AccountId}:policy/boundary-arn:`,
  });
});
