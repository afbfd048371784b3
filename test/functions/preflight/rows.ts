// What each function tries in a preflight, as `check | on what | why it was not tried`, in order.

const read = (...kinds: string[]) => kinds.map((kind) => `dynamodb:GetItem | ${kind}/*`);
const written = (...kinds: string[]) => kinds.map((kind) => `dynamodb:PutItem | ${kind}/*`);
const runs = (...machines: string[]) => machines.map((machine) => `states:DescribeExecution | ${machine}`);
const everyRun = runs(
  'emergency-scaling',
  'scale-in',
  'rollback',
  'configure-autoscaling',
  'pgbouncer-emergency',
  'redis-emergency',
);
const askingRuns = runs('scale-in', 'redis-emergency');
const killSwitch = 'ssm:GetParameter | switch';
const targets = [
  'application-autoscaling:DescribeScalableTargets',
  'application-autoscaling:DescribeScalingPolicies',
];
const activities = 'application-autoscaling:DescribeScalingActivities';
const actions = 'application-autoscaling:DescribeScheduledActions';
const deployments = [
  'ecs:ListServiceDeployments',
  'ecs:DescribeServiceRevisions',
  'ecs:DescribeServiceDeployments',
];
const service = 'ecs:DescribeServices';
const tasks = ['ecs:ListTasks', 'ecs:DescribeTasks'];
const metrics = 'cloudwatch:GetMetricData';
const addresses = [
  'address | https://api.buywhere.ai/health',
  'address | https://api.buywhere.ai/mcp/v1/health',
  'address | https://prometheus.buywhere.ai',
  'address | https://api.buywhere.ai/metrics',
];
const channels = [
  'ssm:GetParameter | /emergency-scaling/production/pagerduty-routing-key',
  'ssm:GetParameter | /emergency-scaling/production/chat-webhook-url',
  'sns:Publish',
  'address | PagerDuty',
];
const onlyByNotify = 'address | chat | only-notify';
const register = [
  'application-autoscaling:RegisterScalableTarget',
  'iam:CreateServiceLinkedRole | first-target-only',
];
const putPolicy = 'application-autoscaling:PutScalingPolicy';
const deletePolicy = 'application-autoscaling:DeleteScalingPolicy';
const deleteAlarms = 'cloudwatch:DeleteAlarms | deleting-only';
const mailTo = (name: string) => `ses:SendEmail | ${name}`;
const lead = mailTo('DevOps Lead (Bolt)');
const approvers = [lead, mailTo('Infrastructure'), mailTo('Primary on-call')];

/** Where test mails, a notice and a run are asked for, after a deployment. */
export const rows: Record<string, string[]> = {
  'alert-webhook': [
    'ssm:GetParameter | /emergency-scaling/production/alertmanager-token-a',
    'ssm:GetParameter | /emergency-scaling/production/alertmanager-token-b',
    'states:StartExecution',
  ],
  approval: [
    ...read('approval', 'approval-handle', 'approval-token', 'approval-rate'),
    ...written('approval', 'approval-handle', 'approval-token', 'approval-rate'),
    ...askingRuns,
    'states:SendTaskSuccess',
    'states:SendTaskFailure',
  ],
  assess: [service, ...deployments, ...tasks, ...targets, activities, actions, metrics, ...addresses],
  'close-incident': [...read('service'), ...written('service')],
  intake: ['cloudwatch:DescribeAlarms', 'alarms', ...everyRun],
  notify: [...read('outbox'), ...written('outbox'), ...channels, 'address | chat'],
  'open-incident': [...read('service'), ...written('service'), ...everyRun],
  plan: read('service', 'snapshot', 'written', 'pools'),
  preflight: [
    ...[...read('preflight'), ...written('preflight')],
    ...['lambda:GetAccountSettings', 'lambda-concurrency', 'ses:GetAccount', 'mail-sandbox'],
    ...[service, 'service', 'target-group', 'alternate-target-group', 'deployment-strategy'],
    ...['ecs:DescribeTaskDefinition', 'task-roles', 'ecs:ListServiceDeployments', 'cpu-metric'],
    ...['application-autoscaling:DescribeScalableTargets', 'scalable-target'],
    ...['application-autoscaling:DescribeScalingPolicies', 'cpu-policy', 'temporary-policy'],
    ...['load-balancer', metrics, 'fargate-vcpu | no-data'],
  ],
  'put-autoscaling': [
    ...[killSwitch, ...read('service'), service, ...targets, ...register, putPolicy, deleteAlarms],
  ],
  'put-policy': [
    ...[killSwitch, ...read('service', 'written'), ...written('written'), service, ...targets, activities],
    ...[putPolicy, deletePolicy, deleteAlarms],
  ],
  'read-autoscaling': [service, ...targets],
  // The pools have no address in the shipped configuration.
  'read-pools': [],
  'tune-pools': [killSwitch, ...read('service', 'pools'), ...written('pools')],
  // Nor is there a cache.
  'check-redis': [],
  'relieve-redis': [killSwitch, ...read('service', 'cache'), ...written('cache')],
  'register-target': [
    ...[killSwitch, ...read('service', 'written'), ...written('written'), service, ...targets, activities],
    ...[actions, ...register],
  ],
  'remind-approvers': [
    ...read('approval', 'approval-handle', 'outbox'),
    ...written('approval', 'approval-handle', 'outbox'),
    ...[...askingRuns, ...channels, onlyByNotify, lead],
  ],
  'request-approval': [
    ...read('approval', 'approval-handle', 'approval-token'),
    ...written('approval', 'approval-handle', 'approval-token'),
    ...approvers,
  ],
  rollback: [
    ...[killSwitch, ...read('service', 'snapshot', 'written'), service, ...deployments, 'ecs:UpdateService'],
    ...['ecs:DescribeTaskDefinition', 'ecs:StopServiceDeployment', 'ecs:ContinueServiceDeployment'],
    'iam:PassRole | would-deploy',
  ],
  'scale-in': [
    ...[killSwitch, ...read('service', 'snapshot', 'written'), ...written('written'), service, ...targets],
    ...[activities, 'ecs:UpdateService'],
  ],
  'scale-out': [
    ...[killSwitch, ...read('service', 'written'), ...written('written'), service, ...targets],
    ...[activities, 'ecs:UpdateService'],
  ],
  'take-snapshot': [...read('service', 'snapshot'), ...written('service', 'snapshot')],
  'wait-verify': [
    ...[...read('service', 'snapshot'), service, ...deployments, ...tasks, ...targets, activities],
    ...[metrics, ...addresses],
  ],
  'watch-executions': [
    ...[...read('service', 'outbox'), ...written('service', 'outbox'), ...everyRun, ...channels],
    ...[onlyByNotify, 'sqs:SendMessage | by-lambda'],
  ],
};
