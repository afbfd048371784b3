import type { Config } from '../../../shared/config/schema.ts';
import { shop } from './stage.ts';

/** What the templates must say, in CloudFormation's words. */

export const parameters = ['EmergencyScaling', 'Notices'];

const hub = { Hub: { 'Fn::Select': [4, { 'Fn::Split': [':', { Ref: 'EmergencyScaling' }] }] } };
const inHub = (arn: string) => ({ 'Fn::Sub': [arn, hub] });

export const hubRole = (id: string, { environment }: Config) => `emergency-scaling-${environment}-${id}`;

export const trustOf = (role: string) => ({
  Version: '2012-10-17',
  Statement: [
    {
      Effect: 'Allow',
      // biome-ignore lint/suspicious/noTemplateCurlyInString: CloudFormation resolves it
      Principal: { AWS: inHub('arn:${AWS::Partition}:iam::${Hub}:root') },
      Action: 'sts:AssumeRole',
      Condition: {
        StringEquals: { 'sts:ExternalId': shop.externalId },
        ArnEquals: { 'aws:PrincipalArn': inHub(`arn:\${AWS::Partition}:iam::\${Hub}:role/${role}`) },
      },
    },
  ],
});

export const bus = ({ region, environment }: Config) =>
  inHub(`arn:\${AWS::Partition}:events:${region}:\${Hub}:event-bus/emergency-scaling-${environment}-alarms`);

export const busPolicy = {
  EventBusName: { Ref: 'AlarmBus' },
  StatementId: 'alarms-of-other-accounts',
  Statement: {
    Effect: 'Allow',
    Principal: { AWS: [{ 'Fn::Sub': `arn:\${AWS::Partition}:iam::${shop.account}:root` }] },
    Action: 'events:PutEvents',
    Resource: { 'Fn::GetAtt': ['AlarmBus', 'Arn'] },
    Condition: {
      StringEquals: {
        'events:source': 'aws.cloudwatch',
        'events:detail-type': 'CloudWatch Alarm State Change',
      },
      Bool: { 'events:eventBusInvocation': 'true' },
    },
  },
};
