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

/** What osls and the AWS CLI call themselves, by what they name. */
export const commands: Record<string, string[]> = {
  stack: [
    ...actions(
      'cloudformation:CreateStack UpdateStack DeleteStack CreateChangeSet DescribeChangeSet ExecuteChangeSet',
    ),
    ...actions(
      'cloudformation:DeleteChangeSet DescribeStacks DescribeStackEvents DescribeStackResource GetTemplate',
    ),
    ...actions(
      'cloudformation:DescribeStackResources ListStackResources SetStackPolicy UpdateTerminationProtection',
    ),
    ...actions('cloudformation:TagResource'),
  ],
  '*': [...actions('cloudformation:ValidateTemplate ListExports'), ...actions('sts:GetCallerIdentity')],
  'AWS::S3::Bucket': actions('s3:GetBucketLocation ListBucket ListBucketVersions'),
  object: actions('s3:GetObject GetObjectVersion PutObject DeleteObject DeleteObjectVersion'),
  'AWS::Lambda::Function': actions('lambda:GetFunction ListVersionsByFunction'),
};

/** What CloudFormation's handlers read or tag besides, by what they name. Source: the types' schemas, handlers. */
export const readByHandlers: Record<string, string[]> = {
  tags: actions('apigateway:GET POST PUT DELETE'),
  'AWS::ApiGatewayV2::Api': actions('apigateway:PUT'),
  'AWS::CloudWatch::Alarm': actions('cloudwatch:ListTagsForResource UntagResource'),
  'AWS::CloudWatch::CompositeAlarm': actions('cloudwatch:ListTagsForResource UntagResource'),
  'AWS::DynamoDB::Table': [
    ...actions('dynamodb:DescribeContributorInsights DescribeKinesisStreamingDestination'),
    ...actions('dynamodb:GetResourcePolicy ListTagsOfResource UntagResource'),
  ],
  'AWS::Events::EventBus': actions('events:ListTagsForResource TagResource UntagResource'),
  'AWS::Events::Rule': actions('events:ListTagsForResource TagResource UntagResource'),
  'AWS::IAM::ManagedPolicy': actions(
    'iam:GetPolicyVersion ListEntitiesForPolicy ListPolicyVersions TagPolicy UntagPolicy',
  ),
  'AWS::IAM::Role': [
    ...actions('iam:GetRolePolicy ListAttachedRolePolicies ListRolePolicies PutRolePermissionsBoundary'),
    ...actions('iam:UntagRole UpdateRole UpdateRoleDescription'),
  ],
  'AWS::KMS::Key': actions(
    'kms:GetKeyPolicy GetKeyRotationStatus ListResourceTags UntagResource UpdateKeyDescription',
  ),
  'AWS::Lambda::Function': [
    ...actions('lambda:DeleteFunctionConcurrency GetFunctionCodeSigningConfig GetFunctionConfiguration'),
    ...actions('lambda:GetFunctionRecursionConfig GetFunctionScalingConfig GetRuntimeManagementConfig'),
    ...actions('lambda:ListTags UntagResource UpdateFunctionEventInvokeConfig'),
  ],
  'AWS::Logs::LogGroup': [
    ...actions('logs:DeleteRetentionPolicy DescribeIndexPolicies GetDataProtectionPolicy'),
    ...actions('logs:ListTagsForResource UntagResource'),
  ],
  'AWS::S3::Bucket': [
    ...actions('s3:GetBucketPublicAccessBlock GetBucketTagging GetBucketVersioning'),
    ...actions('s3:GetEncryptionConfiguration'),
  ],
  'AWS::SNS::Topic': actions(
    'sns:GetDataProtectionPolicy ListSubscriptionsByTopic ListTagsForResource UntagResource',
  ),
  'AWS::SQS::Queue': actions('sqs:GetQueueUrl ListQueueTags UntagQueue'),
  'AWS::SSM::Parameter': actions('ssm:ListTagsForResource RemoveTagsFromResource'),
  'AWS::StepFunctions::StateMachine': actions('states:ListTagsForResource UntagResource'),
  '*': [
    ...actions('ec2:DescribeSecurityGroups DescribeSubnets DescribeVpcs DescribeNetworkInterfaces'),
    ...actions('logs:CreateLogDelivery DeleteLogDelivery GetLogDelivery ListLogDeliveries'),
    ...actions('logs:UpdateLogDelivery PutResourcePolicy DescribeResourcePolicies'),
  ],
};

/** Actions that AWS asks for without a resource, or whose resource nobody knows before. */
export const onAnything = [
  'cloudwatch:DescribeAlarms',
  'kms:CreateKey',
  'kms:TagResource',
  'logs:DescribeLogGroups',
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
