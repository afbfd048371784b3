import { describe, expect, it } from '@jest/globals';
import { NetworkConfig } from '../../../shared/config/network.ts';

const subnet = (end: string) => `subnet-0a1b2c3d4e5f6${end.padStart(4, '0')}`;
const group = (end: string) => `sg-0a1b2c3d4e5f6${end.padStart(4, '0')}`;
const network = { subnets: [subnet('1'), subnet('2')], securityGroups: [group('1')] };
const many = (count: number, make: (end: string) => string) =>
  Array.from({ length: count }, (_, i) => make(String(i)));

describe('a network', () => {
  it('is for the functions that ask for what a company keeps inside, unless others are named', () => {
    expect(NetworkConfig.parse(network).functions).toEqual([
      'assess',
      'check-redis',
      'read-pools',
      'relieve-redis',
      'tune-pools',
      'wait-verify',
    ]);
    expect(NetworkConfig.parse({ ...network, functions: ['notify'] }).functions).toEqual(['notify']);
  });

  it('has as many subnets and security groups as Lambda takes', () => {
    const most = { subnets: many(16, subnet), securityGroups: many(5, group) };
    expect(NetworkConfig.safeParse(most).success).toBe(true);
    expect(
      NetworkConfig.safeParse({ subnets: ['subnet-0a1b2c3d'], securityGroups: ['sg-0a1b2c3d'] }).success,
    ).toBe(true);
  });

  it.each([
    [{ subnets: ['vpc-0a1b2c3d'] }, 'subnets.0', 'must be an id such as subnet-0a1b2c3d4e5f67890'],
    [{ subnets: ['subnet-0a1b2c3d4'] }, 'subnets.0', 'must be an id such as subnet-0a1b2c3d4e5f67890'],
    [{ subnets: [] }, 'subnets', 'must name at least one subnet'],
    [{ subnets: many(17, subnet) }, 'subnets', 'must name at most 16: Lambda takes no more'],
    [{ subnets: [subnet('1'), subnet('1')] }, 'subnets', 'must name each subnet once'],
    [{ securityGroups: ['default'] }, 'securityGroups.0', 'must be an id such as sg-0a1b2c3d4e5f67890'],
    [{ securityGroups: [] }, 'securityGroups', 'must name at least one security group'],
    [{ securityGroups: many(6, group) }, 'securityGroups', 'must name at most 5: Lambda takes no more'],
    [{ functions: [] }, 'functions', 'must name at least one function'],
    [{ functions: ['assess', 'assess'] }, 'functions', 'must name each function once'],
  ])('%j is refused with one message', (change, path, message) => {
    const { error } = NetworkConfig.safeParse({ ...network, ...change });
    expect(error?.issues.map((issue) => [issue.path.join('.'), issue.message])).toEqual([[path, message]]);
  });

  it('has no other keys, and needs both', () => {
    expect(NetworkConfig.safeParse({ ...network, subnetIds: [] }).success).toBe(false);
    expect(NetworkConfig.safeParse({ subnets: network.subnets }).success).toBe(false);
    expect(NetworkConfig.safeParse({ securityGroups: network.securityGroups }).success).toBe(false);
  });
});
