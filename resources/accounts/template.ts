import * as z from 'zod';
import { rolesThere } from '../../shared/config/elsewhere.ts';
import { boundaryOf } from '../../shared/config/roles.ts';
import type { Config } from '../../shared/config/schema.ts';
import { dashboardOfServices } from '../dashboard.ts';
import { links } from '../links.ts';
import { functionNames } from '../names.ts';
import { type Resource, serviceAlarms } from '../service-alarms.ts';
import { filledIn, iamFile } from './iam-file.ts';
import { busName, callerName, stackThere, withServicesOf } from './services.ts';
import { metadataOf, roleId, statementsThere } from './statements.ts';

const Role = z.object({ Type: z.string(), Properties: z.record(z.string(), z.unknown()) });
const Template = z.looseObject({
  Resources: z.object({ AlarmsRole: Role, FunctionRole: Role }),
});

/** What tells the template who asks and where; `hub` is the account of the state machine that is given as a parameter. */
const hub = { 'Fn::Select': [4, { 'Fn::Split': [':', { Ref: 'EmergencyScaling' }] }] };

/** A template for one stack in another account and Region. */
export interface TemplateThere {
  Resources: Record<string, Resource>;
  [section: string]: unknown;
}

/**
 * The template of another account of a stage: the roles that its functions take there, alarms, the rules that send their
 * events to the stage, and a dashboard.
 * @param describe the ARNs of a configuration's services, by the names that `iam/` gives them
 */
export function templateThere(
  name: string,
  config: Config,
  describe: (config: Config) => Readonly<Record<string, unknown>>,
): TemplateThere {
  const account = config.accounts[name];
  if (!account) throw new Error(`accounts: there is no ${name}`);
  const there = withServicesOf(name, config);
  const dashboard = { region: account.region, name: stackThere(name, config) };
  const known = {
    description: `What emergency-scaling of ${config.environment} needs to look after services of this account.`,
    hub,
    hubRegion: config.region,
    machine: `emergency-scaling-${config.environment}`,
    region: account.region,
    roles: rolesThere(name, account, config),
    externalId: account.externalId,
    callerPath: config.iam.rolePath ?? '/',
    bus: {
      'Fn::Sub': [
        `arn:\${AWS::Partition}:events:${config.region}:\${Hub}:event-bus/${busName(config)}`,
        { Hub: hub },
      ],
    },
  };
  const { Resources, ...sections } = Template.parse(iamFile('target-account'));
  const { AlarmsRole, FunctionRole } = Resources;
  const named = (role: unknown) => asked(Role.parse(role), account.iam);
  const roles = functionNames().flatMap((functionName): [string, Resource][] => {
    const Statement = statementsThere(functionName, describe(there));
    if (Statement.length === 0) return [];
    const caller = callerName(roleId(functionName), config);
    const role = named(filledIn(FunctionRole, { ...known, function: functionName, caller }));
    const Policies = [{ PolicyName: functionName, PolicyDocument: { Version: '2012-10-17', Statement } }];
    const made = { ...role, ...metadataOf(functionName), Properties: { ...role.Properties, Policies } };
    return [[roleId(functionName), made]];
  });
  return {
    ...z.looseObject({}).parse(filledIn(sections, known)),
    Resources: {
      AlarmsRole: named(filledIn(AlarmsRole, known)),
      ...Object.fromEntries(roles),
      ...alarmsThere(there, links(config, dashboard), known.bus),
      Dashboard: dashboardOfServices(there, dashboard.name),
    },
  };
}

/** A role as the organisation of that account asks for it. */
function asked(role: Resource, { rolePath, permissionsBoundary }: Config['iam']): Resource {
  const more = {
    ...(rolePath && { Path: rolePath }),
    ...(permissionsBoundary && { PermissionsBoundary: boundaryOf(permissionsBoundary) }),
  };
  return { ...role, Properties: { ...role.Properties, ...more } };
}

/** The same alarms as the stage's own; their events go to the stage, and the people of that account may hear of them. */
function alarmsThere(there: Config, told: string, bus: unknown): Record<string, Resource> {
  const telling = { 'Fn::If': ['HasNotices', [{ Ref: 'Notices' }], { Ref: 'AWS::NoValue' }] };
  const target = {
    Id: 'emergency-scaling',
    Arn: bus,
    RoleArn: { 'Fn::GetAtt': ['AlarmsRole', 'Arn'] },
  };
  // As long as the service's own rule tries.
  const targets = (own: unknown) => [{ ...target, RetryPolicy: Object(own)[0]?.RetryPolicy }];
  const instead: Record<string, Record<string, unknown>> = {
    'AWS::CloudWatch::CompositeAlarm': { AlarmActions: telling, OKActions: telling },
  };
  const all = Object.entries(serviceAlarms(there, told)).map(([id, { Type, Properties }]) => [
    id,
    {
      Type,
      Properties: {
        ...Properties,
        ...instead[Type],
        ...(Type === 'AWS::Events::Rule' && { Targets: targets(Properties.Targets) }),
      },
    },
  ]);
  return Object.fromEntries(all);
}
