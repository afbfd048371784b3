import type { Packaged } from '../../support/packaged.ts';
import { type Ask, account } from '../rights/policy.ts';
import { actionsOf, commands, ofOtherAccounts, onAnything, readByHandlers } from './needs.ts';

/** What the deploying role is asked for, each with what must not be allowed instead. */

const throughCloudFormation = { 'aws:CalledVia': 'cloudformation.amazonaws.com' };
const bound = { 'iam:PermissionsBoundary': 'BoundaryPolicy' };

/** Everything that deploying and removing a package asks of the role. */
export function deployingAsks(packaged: Packaged): Ask[] {
  const { region } = packaged.config;
  const arn = (service: string, rest: string, where = `${region}:${account}`) =>
    `arn:aws:${service}:${where}:${rest}`;
  const name = `emergency-scaling-${packaged.stage}`;
  const instances = [
    ...Object.entries(packaged.resources).map(
      ([id, { Type, Properties = {} }]) => [Type, id, Properties] as const,
    ),
    ...ofOtherAccounts.map((type) => [type, 'AlarmBus', { Name: `${name}-alarms` }] as const),
  ];
  const fixed: Record<string, string[]> = {
    stack: [arn('cloudformation', `stack/${name}/id`)],
    '*': ['*'],
    object: [`arn:aws:s3:::${name}-bucket/key`],
    tags: [arn('apigateway', '/tags/arn', `${region}:`)],
  };
  const arnsOf = (type: string): string[] =>
    fixed[type] ??
    instances.flatMap(([one, id, properties]) => (one === type ? arnsOfOne(type, id, properties) : []));

  function arnsOfOne(type: string, id: string, properties: Record<string, unknown>): string[] {
    const named = (key: string) => String(properties[key] ?? `${name}-${id}`);
    const global = `:${account}`;
    const ofFunction = (value: unknown) => {
      const { Ref, 'Fn::GetAtt': attribute } = Object(value);
      return String(packaged.resources[Ref ?? attribute?.[0]]?.Properties?.FunctionName);
    };
    switch (type) {
      case 'AWS::ApiGatewayV2::Api':
        return [arn('apigateway', '/apis/id', `${region}:`)];
      case 'AWS::ApiGatewayV2::Integration':
      case 'AWS::ApiGatewayV2::Route':
      case 'AWS::ApiGatewayV2::Stage':
        return [arn('apigateway', '/apis/id/parts', `${region}:`)];
      case 'AWS::CloudWatch::Alarm':
      case 'AWS::CloudWatch::CompositeAlarm':
        return [arn('cloudwatch', `alarm:${named('AlarmName')}`)];
      case 'AWS::CloudWatch::Dashboard':
        return [arn('cloudwatch', `dashboard/${named('DashboardName')}`, global)];
      case 'AWS::DynamoDB::Table':
        return [arn('dynamodb', `table/${named('TableName')}`)];
      case 'AWS::Events::EventBus':
      case 'AWS::Events::EventBusPolicy':
        return [arn('events', `event-bus/${named('Name')}`)];
      case 'AWS::Events::Rule':
        return [arn('events', `rule/${named('Name')}`)];
      case 'AWS::IAM::Role':
        return [arn('iam', `role/${named('RoleName')}`, global)];
      case 'AWS::IAM::ManagedPolicy':
        return [arn('iam', `policy/${named('ManagedPolicyName')}`, global)];
      case 'AWS::KMS::Key':
        return [arn('kms', 'key/id')];
      case 'AWS::Lambda::Function':
        return [arn('lambda', `function:${named('FunctionName')}`)];
      case 'AWS::Lambda::EventInvokeConfig':
      case 'AWS::Lambda::Permission':
      case 'AWS::Lambda::Version':
        return [arn('lambda', `function:${ofFunction(properties.FunctionName)}`)];
      case 'AWS::Logs::LogGroup':
        return [arn('logs', `log-group:${named('LogGroupName')}`)];
      case 'AWS::S3::Bucket':
      case 'AWS::S3::BucketPolicy':
        return [`arn:aws:s3:::${name}-bucket`];
      case 'AWS::SNS::Topic':
      case 'AWS::SNS::TopicPolicy':
        return [arn('sns', String(properties.TopicName ?? `${name}-notices`))];
      case 'AWS::SQS::Queue':
      case 'AWS::SQS::QueuePolicy':
        return [arn('sqs', String(properties.QueueName ?? `${name}-undelivered-ends`))];
      case 'AWS::SSM::Parameter':
        return [arn('ssm', `parameter${named('Name')}`)];
      case 'AWS::StepFunctions::StateMachine':
        return [arn('states', `stateMachine:${named('StateMachineName')}`)];
      default:
        throw new Error(`nobody knows the ARN of ${type}`);
    }
  }

  const types = [...new Set(instances.map(([type]) => type))];
  const handlers: [string, string][] = [
    ...types.flatMap((type) => actionsOf(type).map((action): [string, string] => [type, action])),
    ...Object.entries(readByHandlers).flatMap(([type, list]) =>
      list.map((action): [string, string] => [type, action]),
    ),
  ];
  return [
    ...Object.entries(commands).flatMap(([type, list]) =>
      list.flatMap((action) => arnsOf(type).map((resource) => ({ action, resource, context: {} }))),
    ),
    ...handlers.flatMap(([type, action]) =>
      handlerAsks(action, onAnything.includes(action) ? ['*'] : arnsOf(type), packaged),
    ),
    ...['GET', 'POST'].map((verb) => ({
      action: `apigateway:${verb}`,
      resource: arn('apigateway', '/apis', `${region}:`),
      context: {
        ...throughCloudFormation,
        ...(verb === 'POST' ? { 'aws:RequestTag/project': 'emergency-scaling' } : {}),
      },
    })),
  ];
}

/** One action of a handler on each resource, with what AWS tells about it. */
function handlerAsks(action: string, resources: readonly string[], packaged: Packaged): Ask[] {
  const unique = [...new Set(resources)];
  if (action === 'iam:PassRole')
    return unique.flatMap((resource) =>
      ['lambda', 'states', 'events'].map((service) => ({
        action,
        resource,
        context: { 'iam:PassedToService': `${service}.amazonaws.com` },
      })),
    );
  return unique
    .filter((resource) => !(action === 'apigateway:POST' && resource.endsWith('/apis/id')))
    .map((resource) => ({
      action,
      resource,
      context: { ...throughCloudFormation, ...told(action, resource, packaged) },
    }));
}

function told(action: string, resource: string, packaged: Packaged): Record<string, string> {
  const project = 'emergency-scaling';
  if (/^iam:(Attach|Detach)RolePolicy$/.test(action))
    return {
      ...bound,
      'iam:PolicyARN': `arn:aws:iam::${account}:policy/emergency-scaling-${packaged.stage}-any`,
    };
  if (
    /^iam:(CreateRole|PutRolePermissionsBoundary|UpdateAssumeRolePolicy|(Put|Delete)RolePolicy)$/.test(action)
  )
    return bound;
  if (action === 'kms:CreateKey' || action === 'kms:TagResource')
    return { 'aws:RequestTag/project': project };
  if (action.startsWith('kms:')) return { 'aws:ResourceTag/project': project };
  if (/^apigateway:(?!GET)/.test(action) && resource.includes('/apis/'))
    return { 'aws:ResourceTag/project': project };
  return {};
}
