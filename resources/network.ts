import type { NetworkConfig } from '../shared/config/network.ts';
import type { Resource } from './service-alarms.ts';

/**
 * What Lambda does with a function's role to attach it to a network; none of it has a resource that is known before.
 * Source: AWS managed policy AWSLambdaVPCAccessExecutionRole.
 */
export const networkActions = [
  'ec2:CreateNetworkInterface',
  'ec2:DescribeNetworkInterfaces',
  'ec2:DescribeSubnets',
  'ec2:DeleteNetworkInterface',
  'ec2:AssignPrivateIpAddresses',
  'ec2:UnassignPrivateIpAddresses',
];

/**
 * The right to attach functions, for Lambda itself: whatever the function's own code asks carries its ARN and is denied.
 * Source: Lambda guide, Giving Lambda functions access to resources in a VPC.
 */
export const networkPolicy = (stage: string): Resource & { Metadata: object } => ({
  Type: 'AWS::IAM::ManagedPolicy',
  Metadata: {
    checkov: { skip: [{ id: 'CKV_AWS_111', comment: 'an interface has no ARN before it is made' }] },
  },
  Properties: {
    Description: 'Attaches functions to the network that config/ names',
    PolicyDocument: {
      Version: '2012-10-17',
      Statement: [
        { Effect: 'Allow', Action: networkActions, Resource: '*' },
        {
          Effect: 'Deny',
          Action: networkActions,
          Resource: '*',
          Condition: {
            ArnLike: {
              'lambda:SourceFunctionArn': {
                'Fn::Sub': `arn:\${AWS::Partition}:lambda:\${AWS::Region}:\${AWS::AccountId}:function:emergency-scaling-${stage}-*`,
              },
            },
          },
        },
      ],
    },
  },
});

/** What is wrong with the functions that `vpc` names, with those that there are. */
export function unknownFunctions({ functions }: NetworkConfig, names: readonly string[]): string | undefined {
  const unknown = functions.filter((name) => !names.includes(name));
  if (unknown.length === 0) return undefined;
  return `vpc.functions: no function is named ${unknown.join(', ')}; allowed: ${names.join(', ')}`;
}
