/** Where MiniStack is not as AWS, as far as this project needs it, and what the test puts in its place. */
export interface Gap {
  /** What it does or lacks. */
  emulator: string;
  /** What AWS's document says, in short. */
  aws: string;
  decides: string;
  /** The file that supplies it, and the name there; `nothing` where no play needs it. */
  supplied:
    | { file: 'start.py' | 'rights.py' | 'proxy.ts' | 'account.ts' | 'stage.ts'; by: string }
    | 'nothing';
}

const docs = 'https://docs.aws.amazon.com/';
const cloudWatch = `${docs}AmazonCloudWatch/latest/`;
const template = `${docs}AWSCloudFormation/latest/TemplateReference/`;
const scaling = `${docs}autoscaling/application/`;

export const gaps: readonly Gap[] = [
  {
    emulator: 'CloudFormation refuses composite alarms',
    aws: 'AWS::CloudWatch::CompositeAlarm is a resource type',
    decides: `${template}aws-resource-cloudwatch-compositealarm.html`,
    supplied: { file: 'start.py', by: 'composite_alarm' },
  },
  {
    emulator: 'CloudFormation refuses alarms on metric math',
    aws: 'An alarm has MetricName, or Metrics',
    decides: `${template}aws-resource-cloudwatch-alarm.html`,
    supplied: { file: 'start.py', by: 'alarm_record' },
  },
  {
    emulator:
      'An alarm looks at a metric with whatever dimensions, at all of its periods as one, and never at missing data',
    aws: 'M out of N periods of the metric with exactly these dimensions; TreatMissingData says what a silent one is',
    decides: `${cloudWatch}monitoring/alarm-evaluation.html`,
    supplied: { file: 'start.py', by: 'evaluate' },
  },
  {
    emulator: 'An alarm that changes its state sends no event',
    aws: 'CloudWatch sends an event to EventBridge whenever an alarm changes its state',
    decides: `${cloudWatch}monitoring/cloudwatch-and-eventbridge.html`,
    supplied: { file: 'start.py', by: 'record_history' },
  },
  {
    emulator: 'GetMetricData computes no expressions',
    aws: 'A query has MetricStat, or an Expression over other queries',
    decides: `${cloudWatch}APIReference/API_MetricDataQuery.html`,
    supplied: { file: 'proxy.ts', by: 'GraniteServiceVersion20100801.GetMetricData' },
  },
  {
    emulator: 'Every error of a Node function is named Runtime.HandlerError, so that no ErrorEquals matches',
    aws: 'errorType is the name of the error that the function throws',
    decides: `${docs}lambda/latest/dg/nodejs-exceptions.html`,
    supplied: { file: 'start.py', by: 'named_errors' },
  },
  {
    emulator: 'A function that fails where its state waits for a token leaves the state waiting',
    aws: 'The task fails when the call fails',
    decides: `${docs}step-functions/latest/dg/connect-to-resource.html`,
    supplied: { file: 'start.py', by: 'call_lambda' },
  },
  {
    emulator: 'It has no Application Auto Scaling',
    aws: 'Targets and policies are registered, described and deleted',
    decides: `${scaling}APIReference/Welcome.html`,
    supplied: { file: 'proxy.ts', by: 'AnyScaleFrontendService.' },
  },
  {
    emulator: 'Nor has moto, which stands in for it, scaling activities',
    aws: 'DescribeScalingActivities lists what was scaled; here nothing scales by itself, so that none is the truth',
    decides: `${scaling}APIReference/API_DescribeScalingActivities.html`,
    supplied: { file: 'proxy.ts', by: 'AnyScaleFrontendService.DescribeScalingActivities' },
  },
  {
    emulator: 'moto registers a target only where its own ECS has the service',
    aws: 'The resource is a service of the account',
    decides: `${scaling}APIReference/API_RegisterScalableTarget.html`,
    supplied: { file: 'account.ts', by: 'createService(moto.ecs' },
  },
  {
    emulator: 'A Wait can be made shorter, but not the time that functions measure by the clock',
    aws: 'Both are real time',
    decides: `${docs}step-functions/latest/dg/state-wait.html`,
    supplied: { file: 'stage.ts', by: 'calm.forSeconds' },
  },
  {
    emulator: 'A task that waits for a token knows no TimeoutSecondsPath, so that no approval expires',
    aws: 'TimeoutSecondsPath sets the time-out of a task',
    decides: `${docs}step-functions/latest/dg/state-task.html`,
    supplied: { file: 'start.py', by: 'execute_task' },
  },
  {
    emulator: 'StartExecution with the name and input of an execution that runs is refused',
    aws: 'It succeeds, with the answer of the first call',
    decides: `${docs}step-functions/latest/apireference/API_StartExecution.html`,
    supplied: 'nothing',
  },
  {
    emulator:
      'Tasks start at once, and there are no service deployments: no rollback to an earlier definition',
    aws: 'A task is provisioned and pending before it runs; each change of a service is a deployment',
    decides: `${docs}AmazonECS/latest/developerguide/task-lifecycle-explanation.html`,
    supplied: 'nothing',
  },
  {
    emulator:
      'It asks a role about the cluster of a call to ECS, and about no key of records, senders or scalable targets',
    aws: 'Each action has its types of resource and its condition keys',
    decides: `${docs}service-authorization/latest/reference/list_amazonelasticcontainerservice.html`,
    supplied: { file: 'rights.py', by: 'def enforce' },
  },
  {
    emulator: 'The roles of state machines are not asked',
    aws: 'Step Functions calls with the role of the state machine',
    decides: `${docs}step-functions/latest/dg/procedure-create-iam-role.html`,
    supplied: { file: 'start.py', by: 'require' },
  },
  {
    emulator: 'The role of the target of a rule is not asked',
    aws: 'EventBridge starts a state machine with the role of its target',
    decides: `${docs}eventbridge/latest/userguide/eb-use-identity-based.html`,
    supplied: { file: 'start.py', by: 'invoke_target' },
  },
  {
    emulator: 'CloudFormation makes roles without their permissions boundary',
    aws: 'A role may what its policies and its boundary allow',
    decides: `${docs}IAM/latest/UserGuide/access_policies_boundaries.html`,
    supplied: 'nothing',
  },
  {
    emulator: 'Rights to trace, and to the key of the topic, are not asked',
    aws: 'Publishing to an encrypted topic needs the key, tracing needs X-Ray',
    decides: `${docs}sns/latest/dg/sns-key-management.html`,
    supplied: 'nothing',
  },
  {
    emulator: 'SES knows no GetAccount',
    aws: 'GetAccount says whether the account is in the sandbox',
    decides: `${docs}ses/latest/APIReference-V2/API_GetAccount.html`,
    supplied: 'nothing',
  },
  {
    emulator: 'moto refuses to delete a policy that is not there with ValidationException',
    aws: 'ObjectNotFoundException',
    decides: `${scaling}APIReference/API_DeleteScalingPolicy.html`,
    supplied: 'nothing',
  },
  {
    emulator: 'ECS knows neither StopServiceDeployment nor ContinueServiceDeployment',
    aws: 'Both are actions of ECS',
    decides: `${docs}AmazonECS/latest/APIReference/API_StopServiceDeployment.html`,
    supplied: 'nothing',
  },
];
