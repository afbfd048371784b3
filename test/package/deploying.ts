import { expect, it } from '@jest/globals';
import { networkActions } from '../../resources/network.ts';
import { grants, type Packaged } from '../support/packaged.ts';
import { deployingFaults } from './deploying/faults.ts';
import { actionsOf, changesRights, needs, tagKey } from './deploying/needs.ts';
import { deployingStack } from './deploying/stack.ts';
import { unknownIn } from './rights/reference.ts';

// biome-ignore-start lint/suspicious/noTemplateCurlyInString: CloudFormation resolves these
const rolesOf = (account: string, names: string) => [`arn:\${AWS::Partition}:iam::${account}:role/${names}`];
const ofService = 'ecs.application-autoscaling.amazonaws.com';
/** The statements of the boundary without their actions. */
const boundaries = [
  { Sid: 'Actions', Effect: 'Allow', Condition: {}, Resource: ['*'] },
  { Sid: 'Network', Effect: 'Allow', Condition: {}, Resource: ['*'] },
  {
    Sid: 'RolesOfTasks',
    Effect: 'Allow',
    Condition: { StringEquals: { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' } },
    Resource: rolesOf('${AWS::AccountId}', '*'),
  },
  {
    Sid: 'RolesOfOtherAccounts',
    Effect: 'Allow',
    Condition: {},
    Resource: rolesOf('*', '${RolesElsewhere}'),
  },
  {
    Sid: 'RoleOfAutoscaling',
    Effect: 'Allow',
    Condition: { StringEquals: { 'iam:AWSServiceName': ofService } },
    Resource: rolesOf('${AWS::AccountId}', `aws-service-role/${ofService}/*`),
  },
];
// biome-ignore-end lint/suspicious/noTemplateCurlyInString: CloudFormation resolves these

/** The end of a resource's ARN by the property that names it; a resource without one gets the stack's name in front. */
const named: Record<string, [property: string, arn: (name: string) => string]> = {
  'AWS::CloudWatch::Alarm': ['AlarmName', (name) => `alarm:${name}`],
  'AWS::CloudWatch::CompositeAlarm': ['AlarmName', (name) => `alarm:${name}`],
  'AWS::CloudWatch::Dashboard': ['DashboardName', (name) => `dashboard/${name}`],
  'AWS::Events::Rule': ['Name', (name) => `rule/${name}`],
  'AWS::Lambda::Function': ['FunctionName', (name) => `function:${name}`],
  'AWS::Logs::LogGroup': ['LogGroupName', (name) => `log-group:${name}`],
  'AWS::SNS::Topic': ['TopicName', (name) => `:${name}`],
  'AWS::SQS::Queue': ['QueueName', (name) => `:${name}`],
  'AWS::SSM::Parameter': ['Name', (name) => `parameter${name}`],
  'AWS::StepFunctions::StateMachine': ['StateMachineName', (name) => `stateMachine:${name}`],
};

/** Whether an ARN pattern of the role covers an ARN that ends so. */
function covers(pattern: string, end: string): boolean {
  const tail = pattern.slice(pattern.lastIndexOf('}') + 1).replace(/^:(?=[a-zA-Z])/, '');
  const parts = tail.split('*').map((part) => part.replace(/[^\w]/g, '\\$&'));
  return new RegExp(`^:?${parts.join('.*')}$`).test(end);
}

/** Whether the role in iam/deploying-role.yml is enough for a package, and no more than it needs. */
export function itCanBeDeployed(of: () => Packaged, stackOf = () => deployingStack()): void {
  const granted = (stack = stackOf()) => stack.rights.filter(({ Effect }) => Effect === 'Allow');

  it('the deploying role may make, change and delete every resource, and nothing that no deployment needs', () => {
    const types = Object.values(of().resources).map(({ Type }) => Type);
    expect([...new Set(types)].filter((type) => !(type in needs))).toEqual([]);
    expect(deployingFaults(of(), stackOf())).toEqual([]);
  });

  it('the deploying role may be taken by whom the stack names, and by nobody else', () => {
    expect(stackOf().resources.DeployingRole?.Properties.AssumeRolePolicyDocument?.Statement).toEqual([
      { Effect: 'Allow', Principal: { AWS: 'Principal' }, Action: 'sts:AssumeRole' },
    ]);
    expect(stackOf().resources.DeployingRole?.Properties.ManagedPolicyArns).toEqual([
      ...['CommandPolicy', 'RightsPolicy', 'ComputePolicy', 'DataPolicy'],
    ]);
  });

  it('the deploying role asks for actions and condition keys that there are', async () => {
    const { rights, boundary } = stackOf();
    const statements = [...rights.filter(({ Sid }) => Sid !== 'NotItself'), ...boundary].map(
      ({ Action, Resource, Condition }) => ({
        actions: Action,
        resources: Resource,
        conditions: Object.entries(Condition).flatMap(([operator, keys]) =>
          Object.keys(keys).map((key) => ({ operator, key: tagKey(key), values: [] })),
        ),
      }),
    );
    expect((await Promise.all(statements.map(unknownIn))).flat()).toEqual([]);
  });

  it('the deploying role has no rights over itself, and makes no role without the boundary', () => {
    const { resources: stack, rights } = stackOf();
    const own = Object.values(stack).flatMap(({ Properties: { RoleName, ManagedPolicyName } }) => [
      ...(RoleName ? [`role/${RoleName}`] : []),
      ...(ManagedPolicyName ? [`policy/${ManagedPolicyName}`] : []),
    ]);
    expect(own).toHaveLength(Object.keys(stack).length);
    // IAM is global: the stack of another Region has names of its own.
    // biome-ignore lint/suspicious/noTemplateCurlyInString: CloudFormation resolves it
    expect(own.filter((name) => !name.endsWith('-${AWS::Region}'))).toEqual([]);
    const patterns = granted()
      .filter(({ Action }) => Action.some((action) => action.startsWith('iam:')))
      .flatMap(({ Resource }) => Resource)
      // biome-ignore lint/suspicious/noTemplateCurlyInString: CloudFormation resolves it
      .map((resource) => resource.replace('${Roles}', 'emergency-scaling-*'));
    expect(own.filter((name) => patterns.some((pattern) => covers(pattern, name)))).toEqual([]);
    const denied = rights.filter(({ Effect }) => Effect === 'Deny');
    expect(denied.map(({ Sid, Action }) => [Sid, Action])).toEqual([
      ['NotItself', ['iam:*', 'cloudformation:*']],
      ['NotWhatTheSwitchSays', ['ssm:PutParameter']],
    ]);
    expect(denied[1]?.Condition).toEqual({ StringEquals: { 'ssm:Overwrite': 'true' } });
    expect(
      denied[1]?.Resource.every((pattern) => covers(pattern, 'parameter/emergency-scaling/x/switch')),
    ).toBe(true);
    expect(own.filter((name) => !denied[0]?.Resource.some((pattern) => covers(pattern, name)))).toEqual([]);
    expect(denied[0]?.Resource).toContain('AWS::StackId');

    const bound = { 'iam:PermissionsBoundary': 'BoundaryPolicy' };
    const writing = granted().filter(({ Action }) => Action.some((action) => changesRights.test(action)));
    expect(writing.flatMap(({ Action }) => Action).length).toBeGreaterThan(6);
    for (const { Condition } of writing) expect(Condition.StringEquals).toMatchObject(bound);
    expect(granted().flatMap(({ Action }) => Action)).not.toContain('iam:DeleteRolePermissionsBoundary');
  });

  it('the deploying role changes through CloudFormation alone, and keys and HTTP APIs only with the tag', () => {
    const stack = stackOf();
    const byHand = stack.resources.CommandPolicy?.Properties.PolicyDocument?.Statement ?? [];
    const via = { 'aws:CalledVia': 'cloudformation.amazonaws.com' };
    const others = granted(stack).filter((one) => one.Sid !== 'PassRoles' && !byHand.includes(one));
    expect(others.length).toBeGreaterThan(20);
    for (const { Condition } of others) expect(Condition['ForAnyValue:StringEquals']).toEqual(via);
    const tagged = granted().filter(
      ({ Action, Resource }) =>
        Action.some((action) => /^(kms:|apigateway:(?!GET))/.test(action)) &&
        !Resource.some((resource) => resource.includes('/tags/')),
    );
    expect(tagged).toHaveLength(4);
    for (const { Sid, Condition } of tagged)
      expect([Sid, Object.values(Condition.StringEquals ?? {})]).toEqual([Sid, ['emergency-scaling']]);
    expect(granted().find(({ Sid }) => Sid === 'PassRoles')?.Condition).toEqual({
      StringEquals: {
        'iam:PassedToService': ['lambda.amazonaws.com', 'states.amazonaws.com', 'events.amazonaws.com'],
      },
    });
    // A bare `*` is for what has no resource.
    const anywhere = granted().filter(({ Resource }) => Resource.some((one) => /(^|:)\*$/.test(one)));
    expect(anywhere.map(({ Sid }) => Sid).sort()).toEqual([
      'Key',
      'LogDelivery',
      'Network',
      'SeeAlarms',
      'Templates',
    ]);
  });

  it('the boundary allows every action of every role, and no other', () => {
    const { boundary } = stackOf();
    const used = grants(of()).flatMap(({ statement }) => statement.Action);
    // No stage here is in a network, nor names other accounts; others do.
    const all = new Set([...used, ...networkActions, 'sts:AssumeRole']);
    expect(boundary.flatMap(({ Action }) => Action).sort()).toEqual([...all].sort());
    // What each is bound to: roles can be given to tasks and to autoscaling alone, and taken only under their names.
    expect(boundary.map(({ Action: _, ...rest }) => rest)).toEqual(boundaries);
  });

  it('puts the boundary on every role', () => {
    const { permissionsBoundary } = of().config.iam;
    const roles = Object.values(of().resources).filter(({ Type }) => Type === 'AWS::IAM::Role');
    expect(roles.length).toBeGreaterThan(20);
    for (const { Properties } of roles)
      expect(Properties?.PermissionsBoundary).toEqual({
        'Fn::Sub': `arn:\${AWS::Partition}:iam::\${AWS::AccountId}:policy/${permissionsBoundary}`,
      });
    const { ManagedPolicyName = '' } = stackOf().resources.BoundaryPolicy?.Properties ?? {};
    expect(ManagedPolicyName.replace(/\$\{.*\}/, of().config.region)).toBe(permissionsBoundary);
  });

  it('the names of the resources are within what the deploying role may touch', () => {
    const outside = Object.values(of().resources).flatMap(({ Type, Properties = {} }) => {
      const [property, arn] = named[Type] ?? [];
      const name = property ? Properties[property] : undefined;
      if (!arn || typeof name !== 'string') return [];
      const [action = ''] = actionsOf(Type);
      const patterns = granted()
        .filter(({ Action }) => Action.includes(action))
        .flatMap(({ Resource }) => Resource);
      return patterns.some((pattern) => pattern === '*' || covers(pattern, arn(name))) ? [] : [arn(name)];
    });
    expect(outside).toEqual([]);
  });
}
