import { account } from './policy.ts';
import {
  alarms,
  any,
  type Caller,
  clusters,
  config,
  executions,
  machine,
  mails,
  parameters,
  partOf,
  records,
  scalableTarget,
  service,
  services,
  type Target,
} from './targets.ts';

/** One call of AWS, what it names, and what AWS checks beside it. */
export interface Call {
  action: string;
  on: (caller: Caller) => Target[];
  /** Calls that the service makes with its caller's rights. */
  implies?: Call[];
  /** Types that the reference calls required and AWS does not ask for, with the reason. */
  without?: Record<string, string>;
}

const ofEcs: Call[] = [
  { action: 'ecs:DescribeServices', on: service },
  { action: 'ecs:UpdateService', on: service },
];
const serviceLinkedRole: Call = {
  action: 'iam:CreateServiceLinkedRole',
  on: () => [
    {
      type: 'role',
      names: {
        RoleNameWithPath:
          'aws-service-role/ecs.application-autoscaling.amazonaws.com/AWSServiceRoleForApplicationAutoScaling_ECSService',
      },
      context: { 'iam:AWSServiceName': 'ecs.application-autoscaling.amazonaws.com' },
    },
  ],
};
const noAlarm = { alarm: 'Application Auto Scaling asks without naming an alarm' };
const ofAlarms = ['DescribeAlarms', 'PutMetricAlarm', 'DeleteAlarms'].map(
  (name): Call => ({ action: `cloudwatch:${name}`, on: any, without: noAlarm }),
);
/** Only `rollback` gives a service a task definition; the others set its count alone. */
const passRole: Call = {
  action: 'iam:PassRole',
  on: (caller) =>
    caller.name === 'rollback'
      ? services(caller).flatMap(({ taskRoles }) =>
          taskRoles.map((role) => ({
            type: 'role',
            names: { RoleNameWithPath: role.replaceAll('*', 'any') },
            context: { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' },
            open: true as const,
          })),
        )
      : [],
};
const topicKey = ['Decrypt', 'GenerateDataKey'].map(
  (name): Call => ({
    action: `kms:${name}`,
    on: (caller) => [
      {
        type: 'key',
        names: { KeyId: 'NoticesKey' },
        context: { 'kms:ViaService': `sns.${config(caller).region}.amazonaws.com` },
      },
    ],
  }),
);

const call = (action: string, on: Call['on'] = any, implies: Call[] = []): Call => ({ action, on, implies });

const list: Call[] = [
  ...[
    call('application-autoscaling:DescribeScalableTargets'),
    call('application-autoscaling:DescribeScalingActivities'),
    call('application-autoscaling:DescribeScalingPolicies'),
    call('application-autoscaling:DescribeScheduledActions'),
    call('application-autoscaling:RegisterScalableTarget', scalableTarget, [...ofEcs, serviceLinkedRole]),
    call('application-autoscaling:PutScalingPolicy', scalableTarget, [...ofEcs, ...ofAlarms]),
    call('application-autoscaling:DeleteScalingPolicy', scalableTarget, [...ofEcs, ...ofAlarms]),
  ],
  ...[
    call('cloudwatch:DescribeAlarms', alarms),
    call('cloudwatch:GetMetricData'),
    call('lambda:GetAccountSettings'),
    call('dynamodb:GetItem', records(false)),
    call('dynamodb:PutItem', records(true)),
  ],
  ...[
    call('ecs:ContinueServiceDeployment', partOf('service-deployment', 'ServiceDeploymentId')),
    call('ecs:DescribeServiceDeployments', partOf('service-deployment', 'ServiceDeploymentId')),
    call('ecs:DescribeServiceRevisions', partOf('service-revision', 'ServiceRevisionId')),
    call('ecs:DescribeServices', service),
    call('ecs:DescribeTaskDefinition'),
    call('ecs:DescribeTasks', (caller) =>
      clusters(caller).map((cluster) => ({
        type: 'task',
        names: { ClusterName: cluster, TaskId: 'any' },
        open: true as const,
      })),
    ),
    call('ecs:ListServiceDeployments', service),
    {
      ...call('ecs:ListTasks', (caller) =>
        clusters(caller).map((cluster) => ({
          type: '*',
          context: {
            'ecs:cluster': `arn:aws:ecs:${config(caller).region}:${account}:cluster/${cluster}`,
          },
        })),
      ),
      without: { 'container-instance': 'tasks on Fargate have none' },
    },
    call('ecs:StopServiceDeployment', partOf('service-deployment', 'ServiceDeploymentId')),
    call('ecs:UpdateService', service, [passRole]),
  ],
  ...[
    call('ses:GetAccount'),
    call('ses:SendEmail', mails),
    call(
      'sns:Publish',
      (caller) => [{ type: 'topic', names: { TopicName: machine(caller, '-notices') } }],
      topicKey,
    ),
    call('ssm:GetParameter', parameters),
    {
      ...call('states:DescribeExecution', executions),
      without: { express: 'all state machines are of type Standard' },
    },
    call('states:SendTaskFailure'),
    call('states:SendTaskSuccess'),
    call('states:StartExecution', (caller) => [
      { type: 'statemachine', names: { StateMachineName: machine(caller, '') } },
    ]),
  ],
];

/** Every call that a function's code can make, by the name of the SDK's command. */
export const calls = new Map(list.map((one) => [one.action.split(':')[1] ?? '', one]));
