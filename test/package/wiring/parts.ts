import { getAtt, ref } from './expected.ts';

/** What stands between the outside and the functions, and between them and their records: each with all it has. */

const watcher = 'WatchDashexecutionsLambdaFunction';
const join = (by: string, parts: unknown[]) => ({ 'Fn::Join': [by, parts] });
const [partition, region, account] = ['AWS::Partition', 'AWS::Region', 'AWS::AccountId'].map(ref);

const requests = join('', [
  'arn:',
  partition,
  ':execute-api:',
  region,
  ':',
  account,
  ':',
  ref('HttpApi'),
  '/*',
]);
const events = (rule: string) =>
  join(':', ['arn', partition, 'events', region, account, join('/', ['rule', rule])]);
const invoked = (id: string, by: string, from: object) => ({
  Action: 'lambda:InvokeFunction',
  FunctionName: getAtt(id),
  Principal: `${by}.amazonaws.com`,
  SourceArn: from,
});

const integration = (id: string) => ({
  ApiId: ref('HttpApi'),
  IntegrationType: 'AWS_PROXY',
  IntegrationUri: getAtt(id),
  PayloadFormatVersion: '2.0',
  TimeoutInMillis: 30_000,
});
const route = (key: string, id: string) => ({
  ApiId: ref('HttpApi'),
  RouteKey: key,
  Target: join('/', ['integrations', ref(id)]),
});
const queue = (stage: string, name: string) => ({
  QueueName: `emergency-scaling-${stage}-${name}`,
  MessageRetentionPeriod: 1_209_600,
  SqsManagedSseEnabled: true,
});

/** Properties by logical id, without policies and tags. */
export const parts = (stage: string): Record<string, object> => ({
  HttpApi: { Name: `emergency-scaling-${stage}`, ProtocolType: 'HTTP' },
  HttpApiStage: {
    ApiId: ref('HttpApi'),
    StageName: '$default',
    AutoDeploy: true,
    // Its format has a test of its own.
    AccessLogSettings: { DestinationArn: getAtt('HttpApiLogGroup') },
    DefaultRouteSettings: {
      DetailedMetricsEnabled: false,
      ThrottlingBurstLimit: 20,
      ThrottlingRateLimit: 10,
    },
  },
  HttpApiIntegrationApproval: integration('ApprovalLambdaFunction'),
  HttpApiIntegrationAlertDashwebhook: integration('AlertDashwebhookLambdaFunction'),
  HttpApiRouteAnyApprovalsHandleVar: route('ANY /approvals/{handle}', 'HttpApiIntegrationApproval'),
  HttpApiRoutePostAlerts: route('POST /alerts', 'HttpApiIntegrationAlertDashwebhook'),
  ApprovalLambdaPermissionHttpApi: invoked('ApprovalLambdaFunction', 'apigateway', requests),
  AlertDashwebhookLambdaPermissionHttpApi: invoked('AlertDashwebhookLambdaFunction', 'apigateway', requests),
  WatchDashexecutionsEventBridgeLambdaPermission1: invoked(
    watcher,
    'events',
    events(`emergency-scaling-${stage}-watch-executions-rule-1`),
  ),
  WatchDashexecutionsEventBridgeLambdaPermission2: invoked(
    watcher,
    'events',
    events(`emergency-scaling-${stage}-watch-executions-rule-2`),
  ),
  WatchDashexecutionsLambdaEvConf: {
    FunctionName: ref(watcher),
    DestinationConfig: { OnFailure: { Destination: getAtt('UndeliveredEnds') } },
    Qualifier: '$LATEST',
    MaximumRetryAttempts: 2,
  },
  Records: {
    AttributeDefinitions: [{ AttributeName: 'key', AttributeType: 'S' }],
    KeySchema: [{ AttributeName: 'key', KeyType: 'HASH' }],
    BillingMode: 'PAY_PER_REQUEST',
    DeletionProtectionEnabled: true,
    PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
    SSESpecification: { SSEEnabled: true },
    TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true },
  },
  Notices: { TopicName: `emergency-scaling-${stage}-notices`, KmsMasterKeyId: ref('NoticesKey') },
  NoticesPolicy: { Topics: [ref('Notices')] },
  NoticesKey: { EnableKeyRotation: true },
  UndeliveredAlarms: queue(stage, 'undelivered-alarms'),
  UndeliveredEnds: queue(stage, 'undelivered-ends'),
  UndeliveredPolicy: { Queues: [ref('UndeliveredAlarms'), ref('UndeliveredEnds')] },
});

/** What looks at events and at the clock for the watcher, but for its pattern. */
export const watching = (stage: string, rule: 1 | 2) => {
  const name = `emergency-scaling-${stage}-watch-executions-rule-${rule}`;
  return {
    Name: name,
    State: 'ENABLED',
    Targets: [
      {
        Arn: getAtt(watcher),
        Id: `${name}-target`,
        RetryPolicy: { MaximumEventAgeInSeconds: 3600, MaximumRetryAttempts: 185 },
        DeadLetterConfig: { Arn: getAtt('UndeliveredEnds') },
      },
    ],
  };
};

/** Where a function needs another share of CPU, another time to its end, or a limit of how many run at once. */
const limits: Record<string, object> = {
  approval: { Timeout: 29, ReservedConcurrentExecutions: 10 },
  'alert-webhook': { Timeout: 29, ReservedConcurrentExecutions: 10 },
  'read-pools': { Timeout: 25 },
  'check-redis': { Timeout: 25 },
  'remind-approvers': { MemorySize: 512 },
  'watch-executions': { MemorySize: 512 },
};
export const limitsOf = (name: string) => ({
  MemorySize: 1024,
  Timeout: 50,
  ReservedConcurrentExecutions: undefined,
  ...limits[name],
});

/** Where each execution of a state machine is written down. */
export const statesLog = [{ CloudWatchLogsLogGroup: { LogGroupArn: getAtt('StatesLog') } }];

/** The groups of the logs, each where its writer looks for it. */
export const logGroups = (stage: string, functions: readonly string[]): string[] => [
  ...functions.map((name) => `/aws/lambda/emergency-scaling-${stage}-${name}`),
  `/aws/http-api/emergency-scaling-${stage}`,
  `/aws/vendedlogs/states/emergency-scaling-${stage}`,
];
