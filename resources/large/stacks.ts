import { createHash } from 'node:crypto';
import type { Config } from '../../shared/config/schema.ts';
import { dashboardOfServices } from '../dashboard.ts';
import { dashboardName, links } from '../links.ts';
import { type Resource, serviceAlarms } from '../service-alarms.ts';
import { type Share, sharesOf } from './shares.ts';

/** A template of a stack beside the stage's own. */
export interface StackOfServices {
  /** Logical id in the stage's own stack. */
  id: string;
  template: { Resources: Record<string, Resource>; [section: string]: unknown };
}

/** Where the bucket of the package has the text of a template: what changes is a new object, as CloudFormation asks for it. */
export const bucketKey = (environment: string, id: string, text: string): string =>
  `serverless/emergency-scaling/${environment}/services/${id}-${hashOf(text)}.json`;

const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 16);

/** What the stack of the stage hands on. */
const parameters = {
  Notices: { Ref: 'Notices' },
  EmergencyScaling: { Ref: 'EmergencyScaling' },
  AlarmRuleRole: { 'Fn::GetAtt': ['AlarmRuleRole', 'Arn'] },
  UndeliveredAlarms: { 'Fn::GetAtt': ['UndeliveredAlarms', 'Arn'] },
};

const described: Record<keyof typeof parameters, string> = {
  Notices: 'ARN of the topic that hears of a service that hurts',
  EmergencyScaling: 'ARN of the state machine that an alarm starts',
  AlarmRuleRole: 'ARN of the role with which the rules start it',
  UndeliveredAlarms: 'ARN of the queue of events that no run could be started for',
};

/**
 * The stacks of the services that CloudFormation's limits leave no room for in the stage's own: their alarms, rules and
 * dashboards. None for a stage of up to 25 services. Pure.
 * @param config with the services of the stage's own account
 */
export const stacksOfServices = (config: Config): StackOfServices[] =>
  sharesOf(config).flatMap((share) => (share.number === undefined ? [] : [stackOf(share, share.number)]));

/**
 * Begins as the stage's stack is called, as the role of the rules and the queue ask for: in a name that CloudFormation makes of
 * the longer name of such a stack, that beginning may be cut. EventBridge ends names at 64 characters.
 */
function ruleName(key: string, { environment }: Config): string {
  const name = `emergency-scaling-${environment}-${key}`;
  return name.length <= 64 ? name : `emergency-scaling-${environment}-${hashOf(key)}`;
}

function stackOf({ config }: Share, number: number): StackOfServices {
  const dashboard = { region: config.region, name: `${dashboardName(config)}-services-${number}` };
  const template = {
    AWSTemplateFormatVersion: '2010-09-09',
    Description: `Alarms, rules and dashboard of services of emergency-scaling in ${config.environment}`,
    Parameters: Object.fromEntries(
      Object.entries(described).map(([name, Description]) => [name, { Type: 'String', Description }]),
    ),
    Resources: {
      ...serviceAlarms(config, links(config, dashboard), {
        role: { Ref: 'AlarmRuleRole' },
        undelivered: { Ref: 'UndeliveredAlarms' },
        ruleName: (key) => ruleName(key, config),
      }),
      Dashboard: dashboardOfServices(config, dashboard.name),
    },
  };
  return { id: `Services${number}`, template };
}

/** The same as resources of the stage's own stack, by their logical ids. */
export const nestedStacks = (config: Config): Record<string, Resource> =>
  Object.fromEntries(
    stacksOfServices(config).map(({ id, template }) => [
      id,
      {
        Type: 'AWS::CloudFormation::Stack',
        Metadata: {
          checkov: { skip: [{ id: 'CKV_AWS_124', comment: 'its events are those of a deployment' }] },
        },
        Properties: {
          TemplateURL: {
            'Fn::Sub': `https://\${ServerlessDeploymentBucket}.s3.\${AWS::Region}.\${AWS::URLSuffix}/${bucketKey(config.environment, id, JSON.stringify(template))}`,
          },
          Parameters: parameters,
        },
      },
    ]),
  );
