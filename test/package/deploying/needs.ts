/** What making, changing and deleting a resource of each type takes. Source: the types' schemas, handlers. */
export const needs: Record<string, string> = {
  'AWS::ApiGatewayV2::Api': 'apigateway:GET POST PATCH DELETE',
  'AWS::ApiGatewayV2::Integration': 'apigateway:GET POST PATCH DELETE',
  'AWS::ApiGatewayV2::Route': 'apigateway:GET POST PATCH DELETE',
  'AWS::ApiGatewayV2::Stage': 'apigateway:GET POST PATCH DELETE',
  'AWS::CloudFormation::Stack': 'cloudformation:CreateStack UpdateStack DeleteStack DescribeStacks',
  'AWS::CloudWatch::Alarm': 'cloudwatch:PutMetricAlarm DescribeAlarms DeleteAlarms TagResource',
  'AWS::CloudWatch::CompositeAlarm': 'cloudwatch:PutCompositeAlarm DescribeAlarms DeleteAlarms TagResource',
  'AWS::CloudWatch::Dashboard': 'cloudwatch:PutDashboard GetDashboard DeleteDashboards',
  'AWS::DynamoDB::Table':
    'dynamodb:CreateTable DescribeTable UpdateTable DeleteTable UpdateTimeToLive DescribeTimeToLive UpdateContinuousBackups DescribeContinuousBackups TagResource',
  'AWS::Events::EventBus': 'events:CreateEventBus DescribeEventBus UpdateEventBus DeleteEventBus',
  'AWS::Events::EventBusPolicy': 'events:PutPermission DescribeEventBus RemovePermission',
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

/** Types that only a stage has that looks after services of other accounts. */
export const ofOtherAccounts = ['AWS::Events::EventBus', 'AWS::Events::EventBusPolicy'];

/** What osls and the AWS CLI call themselves. */
export const ofCommands = [
  ...actions(
    'cloudformation:CreateStack UpdateStack DeleteStack CreateChangeSet DescribeChangeSet ExecuteChangeSet',
  ),
  ...actions(
    'cloudformation:DeleteChangeSet DescribeStacks DescribeStackEvents DescribeStackResource GetTemplate',
  ),
  ...actions(
    'cloudformation:DescribeStackResources ListStackResources SetStackPolicy UpdateTerminationProtection',
  ),
  ...actions('cloudformation:TagResource ValidateTemplate ListExports'),
  ...actions('sts:GetCallerIdentity'),
  ...actions(
    's3:GetBucketLocation ListBucket ListBucketVersions GetObject GetObjectVersion PutObject DeleteObject',
  ),
  ...actions('s3:DeleteObjectVersion'),
  ...actions('lambda:GetFunction ListVersionsByFunction'),
];

/** What CloudFormation's handlers read or tag besides. Source: the types' schemas, handlers. */
export const readByHandlers = [
  ...actions('apigateway:PUT'),
  ...actions('cloudwatch:ListTagsForResource UntagResource'),
  ...actions('dynamodb:DescribeContributorInsights DescribeKinesisStreamingDestination'),
  ...actions('dynamodb:GetResourcePolicy ListTagsOfResource UntagResource'),
  ...actions('ec2:DescribeSecurityGroups DescribeSubnets DescribeVpcs DescribeNetworkInterfaces'),
  ...actions('events:ListTagsForResource TagResource UntagResource'),
  ...actions('iam:GetPolicyVersion GetRolePolicy ListAttachedRolePolicies'),
  ...actions('iam:ListEntitiesForPolicy ListPolicyVersions ListRolePolicies'),
  ...actions('iam:PutRolePermissionsBoundary TagPolicy UntagPolicy UntagRole UpdateRole'),
  ...actions('iam:UpdateRoleDescription'),
  ...actions('kms:GetKeyPolicy GetKeyRotationStatus ListResourceTags UntagResource'),
  ...actions('kms:UpdateKeyDescription'),
  ...actions('lambda:DeleteFunctionConcurrency GetFunctionCodeSigningConfig'),
  ...actions('lambda:GetFunctionConfiguration GetFunctionRecursionConfig'),
  ...actions('lambda:GetFunctionScalingConfig GetRuntimeManagementConfig ListTags UntagResource'),
  ...actions('lambda:UpdateFunctionEventInvokeConfig'),
  ...actions('logs:CreateLogDelivery DeleteLogDelivery DeleteRetentionPolicy'),
  ...actions('logs:DescribeIndexPolicies DescribeResourcePolicies GetDataProtectionPolicy'),
  ...actions('logs:GetLogDelivery ListLogDeliveries'),
  ...actions('logs:ListTagsForResource PutResourcePolicy UntagResource UpdateLogDelivery'),
  ...actions('s3:GetBucketPublicAccessBlock GetBucketTagging GetBucketVersioning'),
  ...actions('s3:GetEncryptionConfiguration'),
  ...actions('sns:GetDataProtectionPolicy ListSubscriptionsByTopic ListTagsForResource'),
  ...actions('sns:UntagResource'),
  ...actions('sqs:GetQueueUrl ListQueueTags UntagQueue'),
  ...actions('ssm:ListTagsForResource RemoveTagsFromResource'),
  ...actions('states:ListTagsForResource UntagResource'),
];

/** Actions that decide over what a role can do. Without a boundary each of them makes an administrator. */
export const changesRights =
  /^iam:(Create|Put|Attach|Detach|UpdateAssume|Delete)Role(?!$)|^iam:(CreateRole|(Put|Attach|Detach|Delete)Role\w*Policy|UpdateAssumeRolePolicy|PutRolePermissionsBoundary)$/;

/** `aws:ResourceTag/project` as the reference has it. */
// biome-ignore lint/suspicious/noTemplateCurlyInString: the reference writes it so
export const tagKey = (key: string) => key.replace(/^(aws:(?:Resource|Request)Tag)\/.*/, '$1/${TagKey}');

/** The actions that a type of resource takes. */
export const actionsOf = (type: string): string[] => actions(needs[type] ?? '');

function actions(text: string): string[] {
  const [service = '', names = ''] = text.split(':');
  return names.split(' ').map((name) => `${service}:${name}`);
}
