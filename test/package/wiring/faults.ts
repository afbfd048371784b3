import { readFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { functionNames } from '../../../resources/names.ts';
import { machines } from '../../../shared/document/request.ts';
import { EndedExecution, isUntold } from '../../../shared/notices/watcher.ts';
import { ofType, type Packaged } from '../../support/packaged.ts';
import {
  getAtt,
  ownAlarmsOf,
  policies,
  preflightRule,
  ref,
  routes,
  trusts,
  variables,
  watched,
} from './expected.ts';

/** Everything that is wired wrong in a package: what refers to what, who may take what, what reaches whom. */
export function faultsOf(packaged: Packaged): string[] {
  return [
    ...dangling(packaged),
    ...functionsOf(packaged),
    ...trustOf(packaged),
    ...Object.entries(policies).flatMap(([id, expected]) => {
      const { PolicyDocument, KeyPolicy } = Object(packaged.resources[id]?.Properties);
      return differs(`policy of ${id}`, Object(PolicyDocument ?? KeyPolicy).Statement, expected);
    }),
    ...doors(packaged),
    ...rules(packaged),
    ...alarms(packaged),
  ];
}

const differs = (what: string, actual: unknown, expected: unknown): string[] =>
  isDeepStrictEqual(actual, expected)
    ? []
    : [`${what}: ${JSON.stringify(actual)} instead of ${JSON.stringify(expected)}`];

/** References to what is not in the template, which CloudFormation refuses. */
function dangling({ resources }: Packaged): string[] {
  return Object.entries(resources).flatMap(([id, resource]) =>
    referencesIn(resource.Properties)
      .filter((name) => !(name in resources) && !name.startsWith('AWS::'))
      .map((name) => `${id} refers to ${name}`),
  );
}

function referencesIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  const { Ref, 'Fn::GetAtt': attribute, 'Fn::Sub': sub } = Object(value);
  const [text, own = {}] = typeof sub === 'string' ? [sub] : Array.isArray(sub) ? sub : [];
  const substituted = [...String(text ?? '').matchAll(/\$\{([\w:]+)(?:\.\w+)?\}/g)].map(
    ([, name = '']) => name,
  );
  return [
    ...(typeof Ref === 'string' ? [Ref] : []),
    ...(Array.isArray(attribute) ? [String(attribute[0])] : []),
    ...substituted.filter((name) => !(name in own)),
    ...Object.values(value).flatMap(referencesIn),
  ];
}

/** Values of environment variables, and time enough for a cold start and a slow AWS. */
function functionsOf(packaged: Packaged): string[] {
  return ofType(packaged, 'AWS::Lambda::Function').flatMap(([id, { Environment, Timeout, MemorySize }]) => {
    const set: Record<string, unknown> = Object(Object(Environment).Variables);
    const values = Object.entries(set).filter(([name]) => !name.startsWith('POWERTOOLS_'));
    return [
      ...values.flatMap(([name, value]) => differs(`${id} ${name}`, value, variables[name])),
      ...(Number(Timeout) >= 29 ? [] : [`${id} has only ${Timeout} seconds`]),
      ...(Number(MemorySize) >= 512 ? [] : [`${id} has only ${MemorySize} MB`]),
    ];
  });
}

/** Each role is trusted by the service that uses it, and by no other. */
function trustOf(packaged: Packaged): string[] {
  const roleOf = (value: unknown) => String(Object(value)['Fn::GetAtt']?.[0]);
  const users = [
    ...ofType(packaged, 'AWS::Lambda::Function').map(
      ([id, { Role }]) => [id, 'lambda', roleOf(Role)] as const,
    ),
    ...ofType(packaged, 'AWS::StepFunctions::StateMachine').map(
      ([id, { RoleArn }]) => [id, 'states', roleOf(RoleArn)] as const,
    ),
    ...ofType(packaged, 'AWS::Events::Rule').flatMap(([id, { Targets }]) =>
      [Targets]
        .flat()
        .flatMap((target) =>
          Object(target).RoleArn ? [[id, 'events', roleOf(Object(target).RoleArn)] as const] : [],
        ),
    ),
  ];
  const unused = ofType(packaged, 'AWS::IAM::Role').filter(
    ([id]) => !users.some(([, , role]) => role === id),
  );
  return [
    ...users.flatMap(([id, service, role]) =>
      differs(
        `${role} of ${id}`,
        packaged.resources[role]?.Properties?.AssumeRolePolicyDocument,
        trusts(packaged.stage)[service],
      ),
    ),
    ...ofType(packaged, 'AWS::StepFunctions::StateMachine').flatMap(([id, { RoleArn }]) =>
      differs(`role of ${id}`, roleOf(RoleArn), `${id}StatesRole`),
    ),
    ...unused.map(([id]) => `nobody takes ${id}`),
  ];
}

/** The paths, and what answers there. */
function doors(packaged: Packaged): string[] {
  const found = ofType(packaged, 'AWS::ApiGatewayV2::Route').map(([, { RouteKey, Target }]) => [
    String(RouteKey),
    Object(Target)['Fn::Join']?.[1]?.[1]?.Ref,
  ]);
  const mailed = readFileSync('shared/approval/invite.ts', 'utf8').match(
    /approvalBaseUrl\}(\/[\w/]+)\/\$\{handle\}/,
  );
  return [
    ...differs('routes', Object.fromEntries(found), routes),
    ...(`ANY ${mailed?.[1]}/{handle}` in routes ? [] : [`no route takes the mailed path ${mailed?.[1]}`]),
  ];
}

function rules(packaged: Packaged): string[] {
  const { stage } = packaged;
  const all = ofType(packaged, 'AWS::Events::Rule').map(([, properties]) => properties);
  const watching = all.filter(({ EventPattern }) => Object(EventPattern).source?.[0] === 'aws.states');
  const rehearsing = all.filter(
    ({ EventPattern }) => Object(EventPattern).source?.[0] === 'aws.cloudformation',
  );
  const ticking = all.filter((rule) => rule.ScheduleExpression !== undefined && !rehearsing.includes(rule));
  const starting = all.filter(({ EventPattern }) => Object(EventPattern).detail?.alarmName);
  const untold = EndedExecution.entries.detail.entries.status.options.filter((status) =>
    isUntold({
      'detail-type': 'Step Functions Execution Status Change',
      detail: { executionArn: '', name: '', status, error: 'unheard of' },
    }),
  );
  const retrying = packaged.config.timing.eventMaxAgeSeconds;
  const target = {
    Id: 'emergency-scaling',
    Arn: ref('EmergencyScaling'),
    RoleArn: getAtt('AlarmRuleRole'),
    RetryPolicy: { MaximumEventAgeInSeconds: retrying, MaximumRetryAttempts: 185 },
    DeadLetterConfig: { Arn: getAtt('UndeliveredAlarms') },
  };
  return [
    ...differs(
      'what the watcher sees',
      watching.map(({ EventPattern }) => EventPattern),
      [watched(stage, untold, machines)],
    ),
    ...differs(
      'when the watcher looks',
      ticking.map(({ ScheduleExpression }) => ScheduleExpression),
      ['rate(5 minutes)'],
    ),
    ...differs(
      'when the preflight starts',
      rehearsing.map(({ Description: _, ...rule }) => rule),
      [preflightRule(stage)],
    ),
    ...starting.flatMap(({ Targets }) => differs('what an alarm starts', Targets, [target])),
    ...starting.flatMap(({ EventPattern }) => [
      ...differs('when it starts', Object(EventPattern).detail?.state, { value: ['ALARM'] }),
      ...differs('what starts', Object(EventPattern)['detail-type'], ['CloudWatch Alarm State Change']),
      ...differs('who says so', Object(EventPattern).source, ['aws.cloudwatch']),
    ]),
    ...all.flatMap(({ State }) => (State === undefined || State === 'ENABLED' ? [] : [`a rule is ${State}`])),
  ];
}

/** The alarms on the product itself, and the one that says that users notice, of each service. */
function alarms(packaged: Packaged): string[] {
  const prefix = `emergency-scaling-${packaged.stage}-`;
  const own = ofType(packaged, 'AWS::CloudWatch::Alarm').flatMap(([, properties]) => {
    const { AlarmName, AlarmDescription, AlarmActions, OKActions, ...watching } = properties;
    const name = String(AlarmName);
    return name.startsWith(prefix) ? [[name.slice(prefix.length), watching] as const] : [];
  });
  const composite = Object.values(packaged.config.services).map(({ service }) => {
    const id = `${service[0]?.toUpperCase()}${service.slice(1)}`.replaceAll('-', 'Dash');
    const states = ['HighLatencyP99', 'HighErrorRate', 'APIDown'].map(
      (alert) => `ALARM("\${${id}${alert}Alarm}")`,
    );
    return [`${service}-hurting`, { 'Fn::Sub': states.join(' OR ') }];
  });
  const found = ofType(packaged, 'AWS::CloudWatch::CompositeAlarm');
  return [
    ...differs(
      'alarms on the product',
      Object.keys(Object.fromEntries(own)).sort(),
      Object.keys(ownAlarmsOf).sort(),
    ),
    ...own.flatMap(([name, watching]) => differs(`alarm ${name}`, watching, ownAlarmsOf[name])),
    ...differs(
      'composite alarms',
      found.map(([, { AlarmName, AlarmRule }]) => [AlarmName, AlarmRule]),
      composite,
    ),
    ...differs('functions', ofType(packaged, 'AWS::Lambda::Function').length, functionNames().length),
  ];
}
