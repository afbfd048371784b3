/** What the template must say, in CloudFormation's words. Whatever is not here is checked by a rule of its own. */

export const ref = (id: string) => ({ Ref: id });
export const getAtt = (id: string, attribute = 'Arn') => ({ 'Fn::GetAtt': [id, attribute] });
// biome-ignore-start lint/suspicious/noTemplateCurlyInString: CloudFormation resolves these
const own = (service: string, rest: string) => ({
  'Fn::Sub': `arn:\${AWS::Partition}:${service}:\${AWS::Region}:\${AWS::AccountId}:${rest}`,
});
const rulesOfStack = own('events', 'rule/${AWS::StackName}-*');
// biome-ignore-end lint/suspicious/noTemplateCurlyInString: CloudFormation resolves these

/** Environment variables: a name alone says nothing of what is behind it. */
export const variables: Record<string, unknown> = {
  APPROVAL_BASE_URL: getAtt('HttpApi', 'ApiEndpoint'),
  STATE_MACHINE_ARN: ref('EmergencyScaling'),
  SWITCH_PARAMETER: ref('Switch'),
  TABLE_NAME: ref('Records'),
  TOPIC_ARN: ref('Notices'),
};

const thisAccount = { 'aws:SourceAccount': ref('AWS::AccountId') };

const trust = (service: string, condition?: object) => ({
  Version: '2012-10-17',
  Statement: [
    {
      Effect: 'Allow',
      Principal: { Service: `${service}.amazonaws.com` },
      Action: 'sts:AssumeRole',
      ...(condition ? { Condition: condition } : {}),
    },
  ],
});

/** Who may take the roles of functions, of state machines and of the alarm rule. */
export const trusts = (stage: string) => ({
  lambda: trust('lambda'),
  states: trust('states', {
    StringEquals: thisAccount,
    ArnLike: { 'aws:SourceArn': own('states', `stateMachine:emergency-scaling-${stage}*`) },
  }),
  events: trust('events', { StringEquals: thisAccount, ArnLike: { 'aws:SourceArn': rulesOfStack } }),
});

const ownAlarms = {
  StringEquals: thisAccount,
  ArnLike: { 'aws:SourceArn': own('cloudwatch', 'alarm:*') },
};
const withoutTls = { Bool: { 'aws:SecureTransport': 'false' } };
const cloudWatch = { Service: 'cloudwatch.amazonaws.com' };
const queues = [getAtt('UndeliveredAlarms'), getAtt('UndeliveredEnds')];

/** Who may publish, send and encrypt without a role of this project. */
export const policies: Record<string, unknown[]> = {
  NoticesPolicy: [
    {
      Effect: 'Allow',
      Principal: cloudWatch,
      Action: 'sns:Publish',
      Resource: ref('Notices'),
      Condition: ownAlarms,
    },
    {
      Effect: 'Deny',
      Principal: '*',
      Action: 'sns:Publish',
      Resource: ref('Notices'),
      Condition: withoutTls,
    },
  ],
  UndeliveredPolicy: [
    {
      Effect: 'Allow',
      Principal: { Service: 'events.amazonaws.com' },
      Action: 'sqs:SendMessage',
      Resource: queues,
      Condition: { ArnLike: { 'aws:SourceArn': rulesOfStack } },
    },
    { Effect: 'Deny', Principal: '*', Action: 'sqs:*', Resource: queues, Condition: withoutTls },
  ],
  NoticesKey: [
    {
      Effect: 'Allow',
      // biome-ignore lint/suspicious/noTemplateCurlyInString: CloudFormation resolves it
      Principal: { AWS: { 'Fn::Sub': 'arn:${AWS::Partition}:iam::${AWS::AccountId}:root' } },
      Action: 'kms:*',
      Resource: '*',
    },
    {
      Effect: 'Allow',
      Principal: cloudWatch,
      Action: ['kms:Decrypt', 'kms:GenerateDataKey*'],
      Resource: '*',
      Condition: ownAlarms,
    },
  ],
};

/** The paths that people and programs outside know: mails carry the first, Alertmanager's configuration the second. */
export const routes: Record<string, string> = {
  'ANY /approvals/{handle}': 'HttpApiIntegrationApproval',
  'POST /alerts': 'HttpApiIntegrationAlertDashwebhook',
};

const anyAtAll = {
  Period: 60,
  EvaluationPeriods: 1,
  Threshold: 0,
  ComparisonOperator: 'GreaterThanThreshold',
};
const sum = { Statistic: 'Sum', TreatMissingData: 'notBreaching', ...anyAtAll };
const waiting = (queue: string) => ({
  Namespace: 'AWS/SQS',
  MetricName: 'ApproximateNumberOfMessagesVisible',
  Dimensions: [{ Name: 'QueueName', Value: getAtt(queue, 'QueueName') }],
  ...sum,
  Statistic: 'Maximum',
});
const ofFunction = (id: string, MetricName: string) => ({
  Namespace: 'AWS/Lambda',
  MetricName,
  Dimensions: [{ Name: 'FunctionName', Value: ref(id) }],
});

/** What watches the product itself, by the end of the alarm's name. */
export const ownAlarmsOf: Record<string, object> = {
  'undelivered-alarms': waiting('UndeliveredAlarms'),
  'undelivered-ends': waiting('UndeliveredEnds'),
  'watcher-errors': { ...ofFunction('WatchDashexecutionsLambdaFunction', 'Errors'), ...sum },
  'watcher-silent': {
    ...ofFunction('WatchDashexecutionsLambdaFunction', 'Invocations'),
    Statistic: 'Sum',
    Period: 900,
    EvaluationPeriods: 2,
    Threshold: 1,
    ComparisonOperator: 'LessThanThreshold',
    TreatMissingData: 'breaching',
  },
  'notify-errors': { ...ofFunction('NotifyLambdaFunction', 'Errors'), ...sum },
  'http-errors': {
    Namespace: 'AWS/ApiGateway',
    MetricName: '5xx',
    Dimensions: [{ Name: 'ApiId', Value: ref('HttpApi') }],
    ...sum,
  },
  'runs-timed-out': {
    Namespace: 'AWS/States',
    MetricName: 'ExecutionsTimedOut',
    Dimensions: [{ Name: 'StateMachineArn', Value: ref('EmergencyScaling') }],
    ...sum,
  },
};

/** The preflight starts after each deployment of this very stack, and once a day. */
export const preflightRule = (stage: string) => ({
  ScheduleExpression: 'rate(1 day)',
  EventPattern: {
    source: ['aws.cloudformation'],
    'detail-type': ['CloudFormation Stack Status Change'],
    detail: {
      'stack-id': [ref('AWS::StackId')],
      'status-details': { status: ['CREATE_COMPLETE', 'UPDATE_COMPLETE', 'UPDATE_ROLLBACK_COMPLETE'] },
    },
  },
  Targets: [
    {
      Id: 'preflight',
      Arn: ref('Preflight'),
      RoleArn: getAtt('PreflightRuleRole'),
      Input: JSON.stringify({ environment: stage }),
      RetryPolicy: { MaximumEventAgeInSeconds: 3600, MaximumRetryAttempts: 185 },
      DeadLetterConfig: { Arn: getAtt('UndeliveredEnds') },
    },
  ],
});

/** Events of executions that the watcher gets: the ends that can be untold, of every machine that handles a request. */
export const watched = (stage: string, statuses: readonly string[], machines: readonly string[]) => ({
  source: ['aws.states'],
  'detail-type': ['Step Functions Execution Status Change'],
  detail: {
    status: statuses,
    stateMachineArn: machines.map((name) =>
      own(
        'states',
        `stateMachine:emergency-scaling-${stage}${name === 'emergency-scaling' ? '' : `-${name}`}`,
      ),
    ),
  },
});
