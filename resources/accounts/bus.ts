import type { Config } from '../../shared/config/schema.ts';
import { type Resource, serviceAlarms } from '../service-alarms.ts';
import { busName, withServicesOf } from './services.ts';

/**
 * The event bus that takes the alarms of other accounts, and the rules that start runs for them; nothing where a stage has
 * none. A bus of its own: a rule on the default bus for the account's own alarms would take those of others for its own.
 * Source: EventBridge User Guide, "Sending and receiving events between AWS accounts".
 */
export function alarmBus(config: Config): Record<string, Resource> {
  const accounts = Object.entries(config.accounts);
  if (accounts.length === 0) return {};
  return {
    AlarmBus: {
      Type: 'AWS::Events::EventBus',
      Properties: { Name: busName(config), Description: 'Alarms of services in other accounts' },
    },
    AlarmBusPolicy: {
      Type: 'AWS::Events::EventBusPolicy',
      Properties: {
        EventBusName: { Ref: 'AlarmBus' },
        StatementId: 'alarms-of-other-accounts',
        Statement: mayPut([...new Set(accounts.map(([, { account }]) => account))]),
      },
    },
    ...Object.fromEntries(accounts.flatMap(([name]) => rulesFor(name, config))),
  };
}

/** Exactly these accounts, and only what a rule there sends on: nobody there can put an event that he has written. */
const mayPut = (accounts: readonly string[]) => ({
  Effect: 'Allow',
  Principal: { AWS: accounts.map((id) => ({ 'Fn::Sub': `arn:\${AWS::Partition}:iam::${id}:root` })) },
  Action: 'events:PutEvents',
  Resource: { 'Fn::GetAtt': ['AlarmBus', 'Arn'] },
  Condition: {
    StringEquals: {
      'events:source': 'aws.cloudwatch',
      'events:detail-type': 'CloudWatch Alarm State Change',
    },
    Bool: { 'events:eventBusInvocation': 'true' },
  },
});

/** The rules of an account's services, as the stage's own have them, for events of that account and Region alone. */
function rulesFor(name: string, config: Config): [string, Resource][] {
  const { account, region } = config.accounts[name] ?? {};
  return Object.entries(serviceAlarms(withServicesOf(name, config))).flatMap(
    ([id, { Type, Properties }]): [string, Resource][] => {
      if (Type !== 'AWS::Events::Rule') return [];
      const EventPattern = { ...Object(Properties.EventPattern), account: [account], region: [region] };
      return [[id, { Type, Properties: { ...Properties, EventBusName: { Ref: 'AlarmBus' }, EventPattern } }]];
    },
  );
}
