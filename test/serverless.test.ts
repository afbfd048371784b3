import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { parse } from 'yaml';
import { alertNames } from '../shared/alerts.ts';
import { named, packagedDefinition, sourceDefinition } from './support/definitions.ts';
import {
  bundle,
  dependencies,
  loadable,
  namesIn,
  ofType,
  osls,
  type Packaged,
  packageStage,
  remove,
  root,
  statements,
} from './support/packaged.ts';

jest.setTimeout(180_000);

/** The only actions that are allowed on every resource, and why. */
const onAnyResource: Record<string, string> = {
  'application-autoscaling:DescribeScalableTargets': 'has no resource level',
  'application-autoscaling:DescribeScalingActivities': 'has no resource level',
  'application-autoscaling:DescribeScalingPolicies': 'has no resource level',
  'cloudwatch:GetMetricData': 'has no resource level',
  'ecs:DescribeTaskDefinition': 'has no resource level',
  'ecs:ListTasks': 'on Fargate has no resource level; bound to the cluster by a condition',
  'states:SendTaskFailure': 'task tokens have no resource level',
  'states:SendTaskSuccess': 'task tokens have no resource level',
};

/** Calls that Application Auto Scaling makes for its caller, who must be allowed to make them. */
const onBehalf: Record<string, string[]> = {
  'register-target': ['ecs:UpdateService', 'iam:CreateServiceLinkedRole'],
  'put-policy': [
    'cloudwatch:DeleteAlarms',
    'cloudwatch:DescribeAlarms',
    'cloudwatch:PutMetricAlarm',
    'ecs:UpdateService',
  ],
};
/** Commands of the SDK's own credential and endpoint look-ups, which a Lambda function never sends. */
const ofTheSdk =
  /^(AssumeRole|AssumeRoleWithWebIdentity|CreateToken|CreateOAuth2Token|CreateOAuth2TokenWithIAM|GetRoleCredentials|DescribeEndpoints)$/;
/** The record store can write; these functions only read, and their roles hold them to it. */
const onlyReadRecords = ['plan', 'rollback', 'wait-verify'];

const functions = namesIn('functions', '.ts');
const machines: [string, string, string][] = [
  ['emergency-scaling', 'EmergencyScaling', ''],
  ['scale-in', 'ScaleIn', '-scale-in'],
  ['approval-reminder', 'ApprovalReminder', '-approval-reminder'],
  ['rollback', 'Rollback', '-rollback'],
];
const pascal = (name: string) => name.replace(/(?:^|-)(\w)/g, (_, letter: string) => letter.toUpperCase());

describe.each(['production', 'staging'])('the package of %s', (stage) => {
  let packaged: Packaged;
  beforeAll(() => {
    packaged = packageStage(stage);
  });
  afterAll(() => remove(packaged));

  const lambda = (name: string) =>
    ofType(packaged, 'AWS::Lambda::Function').find(
      ([, { FunctionName }]) => FunctionName === `emergency-scaling-${stage}-${name}`,
    )?.[1];
  const actions = (role: string) =>
    statements(packaged, role)
      .flatMap(({ Action }) => Action)
      .filter((action) => !action.startsWith('logs:'));
  const commands = (name: string) =>
    [
      ...new Set(
        [...bundle(packaged, name).matchAll(/"([A-Z]\w+)Command"/g)].map(([, command = '']) => command),
      ),
    ].filter((command) => !ofTheSdk.test(command));

  it('holds one function for each file in functions/, on Node 24 and arm64', () => {
    const packed = ofType(packaged, 'AWS::Lambda::Function').map(([, properties]) => properties);
    expect(packed.map(({ FunctionName }) => FunctionName).sort()).toEqual(
      functions.map((name) => `emergency-scaling-${stage}-${name}`),
    );
    for (const properties of packed)
      expect(properties).toMatchObject({
        Runtime: 'nodejs24.x',
        Architectures: ['arm64'],
        TracingConfig: { Mode: 'Active' },
      });
  });

  it('gives every function a role of its own, and makes no shared one', () => {
    for (const name of functions)
      expect([name, lambda(name)?.Role]).toEqual([name, { 'Fn::GetAtt': [`${pascal(name)}Role`, 'Arn'] }]);
    const roles = ofType(packaged, 'AWS::IAM::Role').map(([id]) => id);
    const expected = [
      ...functions.map((name) => `${pascal(name)}Role`),
      ...machines.map(([, id]) => `${id}StatesRole`),
      'AlarmRuleRole',
    ];
    expect(roles.sort()).toEqual(expected.sort());
  });

  it.each(functions)('allows %s exactly the calls that its code can make', (name) => {
    const allowed = actions(`${pascal(name)}Role`)
      .filter((action) => !onBehalf[name]?.includes(action))
      .map((action) => action.split(':')[1]);
    const made = commands(name).filter(
      (command) => !(command === 'PutItem' && onlyReadRecords.includes(name)),
    );
    expect([...new Set(allowed)].sort()).toEqual(made.sort());
  });

  it.each(['assess', 'intake', 'plan', 'wait-verify'])('allows %s to read only', (name) => {
    expect(actions(`${pascal(name)}Role`).filter((action) => !/:(Describe|Get|List)/.test(action))).toEqual(
      [],
    );
  });

  it('lets nobody but approval answer a task token, and hides the tokens from all others but request-approval', () => {
    const mayAnswer = functions.filter((name) =>
      actions(`${pascal(name)}Role`).some((action) => action.startsWith('states:SendTask')),
    );
    expect(mayAnswer).toEqual(['approval']);
    const maySee = functions.filter((name) =>
      statements(packaged, `${pascal(name)}Role`).some(
        ({ Action, Condition }) =>
          Action.some((action) => action.startsWith('dynamodb:')) &&
          (!Condition || JSON.stringify(Condition).includes('approval-token')),
      ),
    );
    expect(maySee).toEqual(['approval', 'request-approval']);
  });

  it('allows on every resource only what has no resource level', () => {
    const roles = [
      ...functions.map((name) => `${pascal(name)}Role`),
      ...machines.map(([, id]) => `${id}StatesRole`),
      'AlarmRuleRole',
    ];
    const onAny = roles.flatMap((role) =>
      statements(packaged, role)
        .filter(({ Resource }) => Resource.includes('*'))
        .flatMap(({ Action }) => Action),
    );
    expect([...new Set(onAny)].sort()).toEqual(Object.keys(onAnyResource).sort());
  });

  it.each(machines)('ships statemachines/%s.yml as it is, with functions named by version', (name, id) => {
    expect(packagedDefinition(packaged, packaged.resources[id]?.Properties)).toEqual(sourceDefinition(name));
  });

  it.each(machines)(
    'allows %s to call the functions and machines of its definition, and no other',
    (name, id, suffix) => {
      const definition = sourceDefinition(name);
      const granted = statements(packaged, `${id}StatesRole`);
      const resources = (action: string) =>
        JSON.stringify(
          granted.filter(({ Action }) => Action.includes(action)).flatMap(({ Resource }) => Resource),
        );
      const invoked = [...resources('lambda:InvokeFunction').matchAll(/"\$\{(\w+)\.Arn\}:\*"/g)].map(
        ([, logicalId = '']) => packaged.resources[logicalId]?.Properties?.FunctionName,
      );
      expect(invoked.sort()).toEqual(
        named(definition, 'function').map((each) => `emergency-scaling-${stage}-${each}`),
      );
      const started = machines
        .filter(([, , end]) =>
          resources('states:StartExecution').includes(`emergency-scaling-${stage}${end}"`),
        )
        .map(([, started]) => started);
      expect([id, suffix, started.sort()]).toEqual([id, suffix, named(definition, 'machine')]);
    },
  );

  it('bundles functions that load and carry the configuration of their stage', () => {
    expect(loadable(packaged, functions)).toEqual(functions);
    for (const name of functions) expect(bundle(packaged, name)).toContain(`"environment":"${stage}"`);
  });

  it('sets the environment variables that each bundle asks for', () => {
    for (const name of functions) {
      const asked = [
        ...bundle(packaged, name).matchAll(
          /\("(TABLE_NAME|TOPIC_ARN|APPROVAL_BASE_URL|STATE_MACHINE_ARN|SWITCH_PARAMETER)"\)/g,
        ),
      ].map(([, variable]) => variable);
      const set = Object.keys(Object(lambda(name)?.Environment).Variables).filter(
        (variable) => !variable.startsWith('POWERTOOLS_'),
      );
      expect([name, set.sort()]).toEqual([name, [...new Set(asked)].sort()]);
    }
  });

  it('holds no circle of resources that refer to each other, which CloudFormation would refuse', () => {
    let left = new Map(Object.keys(packaged.resources).map((id) => [id, dependencies(packaged, id)]));
    for (;;) {
      const blocked = new Map([...left].filter(([, needs]) => needs.some((need) => left.has(need))));
      if (blocked.size === left.size) break;
      left = blocked;
    }
    expect([...left.keys()]).toEqual([]);
  });

  it('starts a run for a firing alarm of every configured service', () => {
    const { services } = parse(readFileSync(join(root, 'config', `${stage}.yml`), 'utf8'));
    expect(packaged.resources.AlarmRule?.Properties?.EventPattern).toEqual({
      source: ['aws.cloudwatch'],
      'detail-type': ['CloudWatch Alarm State Change'],
      detail: {
        alarmName: Object.keys(services).flatMap((name) => alertNames.map((alert) => `${name}-${alert}`)),
        state: { value: ['ALARM'] },
      },
    });
  });
});

it('packages nothing for a stage that has no configuration, and names those that have', () => {
  expect(() => osls('nowhere', join(tmpdir(), 'nowhere'))).toThrow(
    /stage: "nowhere" has no file in config\/; allowed: production, staging/,
  );
});

it('keeps a lock file that names no place to download from', () => {
  expect(readFileSync(join(root, 'package-lock.json'), 'utf8')).not.toContain('"resolved"');
});
