import { expect, it } from '@jest/globals';
import { partitionOf } from '../../../shared/config/partition.ts';

it.each([
  ['ap-southeast-1', 'aws', 'console.aws.amazon.com'],
  ['us-west-1', 'aws', 'console.aws.amazon.com'],
  ['us-gov-west-1', 'aws-us-gov', 'console.amazonaws-us-gov.com'],
  ['cn-north-1', 'aws-cn', 'console.amazonaws.cn'],
  ['ca-central-1', 'aws', 'console.aws.amazon.com'],
])('%s is in %s, whose console is %s', (region, name, consoleHost) => {
  expect(partitionOf(region)).toEqual({ name, consoleHost });
});
