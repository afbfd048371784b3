import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { parse } from 'yaml';
import * as z from 'zod';
import { type Packaged, root } from '../support/packaged.ts';

const Statement = z.object({
  Action: z.union([z.string().transform((action) => [action]), z.array(z.string())]),
  Resource: z.union([z.string().transform((resource) => [resource]), z.array(z.string())]),
});
const Template = z.object({
  Resources: z.record(
    z.string(),
    z.object({
      Properties: z.object({ PolicyDocument: z.object({ Statement: z.array(Statement) }).optional() }),
    }),
  ),
});

/** What making, changing and deleting a resource of each type takes. Source: the types' schemas, handlers. */
const needs: Record<string, string> = {
  'AWS::ApiGatewayV2::Api': 'apigateway:GET POST PATCH DELETE',
  'AWS::ApiGatewayV2::Integration': 'apigateway:GET POST PATCH DELETE',
  'AWS::ApiGatewayV2::Route': 'apigateway:GET POST PATCH DELETE',
  'AWS::ApiGatewayV2::Stage': 'apigateway:GET POST PATCH DELETE',
  'AWS::CloudWatch::Alarm': 'cloudwatch:PutMetricAlarm DescribeAlarms DeleteAlarms TagResource',
  'AWS::CloudWatch::CompositeAlarm': 'cloudwatch:PutCompositeAlarm DescribeAlarms DeleteAlarms TagResource',
  'AWS::CloudWatch::Dashboard': 'cloudwatch:PutDashboard GetDashboard DeleteDashboards',
  'AWS::DynamoDB::Table':
    'dynamodb:CreateTable DescribeTable UpdateTable DeleteTable UpdateTimeToLive DescribeTimeToLive UpdateContinuousBackups DescribeContinuousBackups TagResource',
  'AWS::Events::Rule': 'events:PutRule DescribeRule DeleteRule PutTargets RemoveTargets ListTargetsByRule',
  'AWS::IAM::ManagedPolicy':
    'iam:CreatePolicy GetPolicy CreatePolicyVersion DeletePolicyVersion DeletePolicy',
  'AWS::IAM::Role':
    'iam:CreateRole GetRole UpdateAssumeRolePolicy DeleteRole PutRolePolicy DeleteRolePolicy AttachRolePolicy DetachRolePolicy PassRole TagRole',
  'AWS::KMS::Key': 'kms:CreateKey DescribeKey PutKeyPolicy EnableKeyRotation ScheduleKeyDeletion TagResource',
  'AWS::Lambda::EventInvokeConfig':
    'lambda:PutFunctionEventInvokeConfig GetFunctionEventInvokeConfig DeleteFunctionEventInvokeConfig',
  'AWS::Lambda::Function':
    'lambda:CreateFunction GetFunction UpdateFunctionCode UpdateFunctionConfiguration DeleteFunction PutFunctionConcurrency TagResource',
  'AWS::Lambda::Permission': 'lambda:AddPermission RemovePermission GetPolicy',
  'AWS::Lambda::Version':
    'lambda:PublishVersion ListVersionsByFunction GetProvisionedConcurrencyConfig DeleteFunction',
  'AWS::Logs::LogGroup':
    'logs:CreateLogGroup DescribeLogGroups PutRetentionPolicy DeleteLogGroup TagResource',
  'AWS::S3::Bucket':
    's3:CreateBucket DeleteBucket PutEncryptionConfiguration PutBucketVersioning PutBucketPublicAccessBlock PutBucketTagging',
  'AWS::S3::BucketPolicy': 's3:PutBucketPolicy GetBucketPolicy DeleteBucketPolicy',
  'AWS::SNS::Topic': 'sns:CreateTopic GetTopicAttributes SetTopicAttributes DeleteTopic TagResource',
  'AWS::SNS::TopicPolicy': 'sns:SetTopicAttributes GetTopicAttributes',
  'AWS::SQS::Queue': 'sqs:CreateQueue GetQueueAttributes SetQueueAttributes DeleteQueue TagQueue',
  'AWS::SQS::QueuePolicy': 'sqs:SetQueueAttributes GetQueueAttributes',
  'AWS::SSM::Parameter': 'ssm:PutParameter GetParameters DeleteParameter AddTagsToResource',
  'AWS::StepFunctions::StateMachine':
    'states:CreateStateMachine DescribeStateMachine UpdateStateMachine DeleteStateMachine TagResource',
};

/** The end of a resource's ARN by the property that names it; a resource without one gets the stack's name in front. */
const named: Record<string, [property: string, arn: (name: string) => string]> = {
  'AWS::CloudWatch::Dashboard': ['DashboardName', (name) => `dashboard/${name}`],
  'AWS::Events::Rule': ['Name', (name) => `rule/${name}`],
  'AWS::Lambda::Function': ['FunctionName', (name) => `function:${name}`],
  'AWS::Logs::LogGroup': ['LogGroupName', (name) => `log-group:${name}`],
  'AWS::SNS::Topic': ['TopicName', (name) => `:${name}`],
  'AWS::SQS::Queue': ['QueueName', (name) => `:${name}`],
  'AWS::SSM::Parameter': ['Name', (name) => `parameter${name}`],
  'AWS::StepFunctions::StateMachine': ['StateMachineName', (name) => `stateMachine:${name}`],
};

function granted(): z.infer<typeof Statement>[] {
  const source = readFileSync(join(root, 'iam/deploying-role.yml'), 'utf8');
  const { Resources } = Template.parse(parse(source, { logLevel: 'silent' }));
  return Object.values(Resources).flatMap(({ Properties }) => Properties.PolicyDocument?.Statement ?? []);
}

const actionsOf = (type: string): string[] => {
  const [service = '', names = ''] = needs[type]?.split(':') ?? [];
  return names.split(' ').map((name) => `${service}:${name}`);
};

/** Whether an ARN pattern of the role covers an ARN that ends so. */
function covers(pattern: string, end: string): boolean {
  const tail = pattern.slice(pattern.lastIndexOf('}') + 1).replace(/^:(?=[a-zA-Z])/, '');
  const parts = tail.split('*').map((part) => part.replace(/[^\w]/g, '\\$&'));
  return new RegExp(`^:?${parts.join('.*')}$`).test(end);
}

/** Whether the role in iam/deploying-role.yml is enough for a package, and no more than it needs. */
export function itCanBeDeployed(of: () => Packaged): void {
  it('the deploying role may make, change and delete every type of resource', () => {
    const types = [...new Set(Object.values(of().resources).map(({ Type }) => Type))];
    const allowed = new Set(granted().flatMap(({ Action }) => Action));
    expect(types.filter((type) => !(type in needs))).toEqual([]);
    expect(types.flatMap(actionsOf).filter((action) => !allowed.has(action))).toEqual([]);
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
