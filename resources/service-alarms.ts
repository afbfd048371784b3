import { alarmsOf } from '../shared/alarms/cloudwatch-alarms.ts';
import { type AlertName, alarmName } from '../shared/alerts/catalogue.ts';
import { alarmStem, forService, keyOf } from '../shared/config/packaged.ts';
import type { Config } from '../shared/config/schema.ts';
import type { ServiceConfig } from '../shared/config/service.ts';
import { links } from './links.ts';
import { logicalId } from './names.ts';

/** A resource of a CloudFormation template. */
export interface Resource {
  Type: string;
  Metadata?: Record<string, unknown>;
  Properties: Record<string, unknown>;
}

/** What a service's users notice. High CPU, much traffic and a full pool are causes: alone they hurt nobody yet. */
const hurting: readonly AlertName[] = ['HighLatencyP99', 'HighErrorRate', 'APIDown'];

const ref = (id: string) => ({ Ref: id });

/**
 * The alarms of every configured service, one composite alarm each, and the rule that starts a run for them. The
 * alarms themselves tell nobody, because the run that they start does. The composite alarm tells the topic by itself:
 * people hear of a service that hurts also when EventBridge, Step Functions or this product fail.
 * @param told what the descriptions link to
 * @param wiring how the stack that they stand in calls what belongs to the stage
 */
export function serviceAlarms(config: Config, told = links(config), wiring = here): Record<string, Resource> {
  return Object.fromEntries(
    Object.values(config.services).flatMap((service) => alarmsAndRule(service, config, told, wiring)),
  );
}

/** What the rules start a run with, and where an event waits that could start none. */
const here: Wiring = {
  role: { 'Fn::GetAtt': ['AlarmRuleRole', 'Arn'] },
  undelivered: { 'Fn::GetAtt': ['UndeliveredAlarms', 'Arn'] },
};

interface Wiring {
  role: unknown;
  undelivered: unknown;
  /** Name of the rule of a service, where CloudFormation does not make one of the stack's. */
  ruleName?(service: string): string;
}

function alarmsAndRule(
  service: ServiceConfig,
  config: Config,
  told: string,
  wiring: Wiring,
): [string, Resource][] {
  const alarms = alarmsOf(service, config);
  const names = alarms.map(({ AlarmName = '' }) => AlarmName);
  const [key, stem] = [keyOf(service), alarmStem(service, config)];
  return [
    ...alarms.map((alarm): [string, Resource] => [
      alarmId(key, stem, alarm.AlarmName ?? ''),
      {
        Type: 'AWS::CloudWatch::Alarm',
        Properties: { ...alarm, AlarmDescription: described(alarm.AlarmDescription ?? '', told) },
      },
    ]),
    ...compositeOf(key, stem, hurtingAmong(stem, names), told),
    [`${logicalId(key)}AlarmRule`, rule(key, names, forService(config, key), wiring)],
  ];
}

/** Name of the composite alarm of a service. */
export const hurtingName = (stem: string): string => `${stem}-hurting`;

/** The logical id of an alarm of the service of that key; its name begins with the stem. */
export const alarmId = (key: string, stem: string, name: string): string =>
  `${logicalId(key)}${logicalId(name.slice(stem.length + 1))}Alarm`;

/** What the alarm means, and what to open then. */
const described = (meaning: string, told: string) => ({ 'Fn::Sub': `${meaning}\n${told}` });

/** What a composite alarm is made of; none where the service has no such row, as a worker: AWS refuses an empty rule. */
export const hurtingAmong = (stem: string, made: readonly string[]): string[] =>
  hurting.map((alert) => alarmName(stem, alert)).filter((name) => made.includes(name));

function compositeOf(
  key: string,
  stem: string,
  there: readonly string[],
  told: string,
): [string, Resource][] {
  if (there.length === 0) return [];
  return [[alarmId(key, stem, hurtingName(stem)), composite(key, stem, there, told)]];
}

function composite(key: string, stem: string, there: readonly string[], told: string): Resource {
  // References and not names: CloudFormation makes the composite alarm after what it is made of.
  const states = there.map((name) => `ALARM("\${${alarmId(key, stem, name)}}")`);
  return {
    Type: 'AWS::CloudWatch::CompositeAlarm',
    Properties: {
      AlarmName: hurtingName(stem),
      AlarmDescription: described(
        `Users of ${key} notice it. A run should be under way; if none is, start emergency-scaling by hand.`,
        told,
      ),
      AlarmRule: { 'Fn::Sub': states.join(' OR ') },
      AlarmActions: [ref('Notices')],
      OKActions: [ref('Notices')],
    },
  };
}

/** One rule for each service: a pattern is limited to 2,048 characters, and exact names of several would not fit. */
function rule(service: string, names: readonly string[], config: Config, wiring: Wiring): Resource {
  return {
    Type: 'AWS::Events::Rule',
    Properties: {
      ...(wiring.ruleName && { Name: wiring.ruleName(service) }),
      Description: `Starts emergency scaling when an alarm of ${service} fires`,
      EventPattern: {
        source: ['aws.cloudwatch'],
        'detail-type': ['CloudWatch Alarm State Change'],
        // A run looks at the metric itself, so nothing needs to start when an alarm goes to OK.
        detail: { alarmName: names, state: { value: ['ALARM'] } },
      },
      Targets: [
        {
          Id: 'emergency-scaling',
          Arn: ref('EmergencyScaling'),
          RoleArn: wiring.role,
          // Later than this, intake would ignore the event: it waits in the queue for a person instead.
          RetryPolicy: {
            MaximumEventAgeInSeconds: config.timing.eventMaxAgeSeconds,
            MaximumRetryAttempts: 185,
          },
          DeadLetterConfig: { Arn: wiring.undelivered },
        },
      ],
    },
  };
}
