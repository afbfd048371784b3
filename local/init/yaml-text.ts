import { stringify } from 'yaml';
import { metricNames } from '../../shared/config/metric-catalogue.ts';
import type { CpuTarget, Draft } from './stage-file.ts';
import { quotaComments } from './told.ts';

/** A value on one line as YAML reads it back; nothing for one that is to be filled in. */
const y = (value: unknown): string =>
  value === null
    ? ''
    : stringify(value, {
        lineWidth: 0,
        collectionStyle: 'flow',
        flowCollectionPadding: !Array.isArray(value),
      }).trim();

/** `key: value`, or `key:` alone. */
const row = (key: string, value: unknown): string => `${key}: ${y(value)}`.trimEnd();
const rows = (object: object): string[] => Object.entries(object).map(([key, value]) => row(key, value));
const when = (condition: boolean, lines: () => string[]): string[] => (condition ? lines() : []);
const indented = (lines: readonly string[], by = '  '): string[] =>
  lines.map((line) => (line === '' ? '' : by + line));

/**
 * The file of a stage, with the comments of a person who edits it. Thresholds, planning, timing and limits are those of this
 * project's own `config/production.yml`. Pure.
 */
export function yamlOf(draft: Draft): string {
  const { name, region, cluster, service } = draft;
  return [
    `# Made by npm run init from ${service} in the cluster ${cluster}. The file's name is the stage.`,
    '# A key with nothing behind it is yours to fill in: npm run package refuses the file until then, and names the key.',
    '# Every key stands in docs/operations.md, "Configuration reference".',
    '',
    row('environment', name),
    row('region', region),
    '# Where your people find the runbook: alarms link to it.',
    '# runbookUrl: https://wiki.example/runbooks/emergency-scaling',
    '',
    '# The permissions boundary of every role; iam/deploying-role.yml makes it. Take it out if you deploy without that role.',
    'iam:',
    `  ${row('permissionsBoundary', `boundary-of-emergency-scaling-${region}`)}`,
    '',
    'services:',
    `  ${y(service)}:`,
    ...indented(entry(draft), '    '),
    '',
    ...environment(draft),
    '',
  ].join('\n');
}

function entry(draft: Draft): string[] {
  const { cluster, service, loadBalancer, targetGroup, alternateTargetGroup, cpuPolicy } = draft;
  return [
    ...rows({ cluster, service }),
    ...when(loadBalancer !== undefined, () => [
      "# The tails of the ARNs of the load balancer and of the target group: CloudWatch's dimension values.",
      ...rows({ loadBalancer, targetGroup }),
    ]),
    ...when(alternateTargetGroup !== undefined, () => rows({ alternateTargetGroup })),
    '# Namespace of the metrics that the service publishes itself (DB pool, PgBouncer), dimension Service.',
    row('customNamespace', draft.customNamespace),
    '# Task and execution roles of the latest task definitions: a rollback hands them to ECS. * is every role.',
    row('taskRoles', draft.taskRoles),
    '# 20 where the service publishes high-resolution CPU metrics, else 60.',
    row('cpuMetricSeconds', draft.cpuMetricSeconds),
    ...when(loadBalancer !== undefined, () => [
      '# Where the service says that it is well; without an address nothing waits for its health.',
      '# health:',
      '#   api: https://HOST/health',
    ]),
    '# A Prometheus besides; then name it under metrics.',
    '# prometheusUrl: https://HOST',
    `# prometheusSelector: job="${service}"`,
    '# Sources of each row of the threshold table; [] where the service has no such row.',
    'metrics:',
    ...indented(rows(draft.metrics)),
    '',
    ...capacity(draft),
    '',
    'cpuPolicy:',
    ...indented([
      row('name', cpuPolicy.name),
      "# The runbook's temporary policy: removed on the way back if one is found.",
      row('temporaryName', `${cpuPolicy.name}-temp`),
      row('baseline', cpuPolicy.baseline),
      '# During an emergency.',
      row('emergency', cpuPolicy.emergency),
    ]),
    ...policies(draft),
    '# PgBouncer lets only so many connections in. With this, and capacity.perTask.connections, no run asks for more tasks.',
    '# pgbouncer:',
    '#   baseline: { defaultPoolSize: 100, minPoolSize: 20, reservePoolSize: 30, maxClientConn: 1000 }',
    '#   emergency: { defaultPoolSize: 150, minPoolSize: 20, reservePoolSize: 40, maxClientConn: 2000 }',
    '#   heldByOthers: 100',
  ];
}

function capacity(draft: Draft): string[] {
  const { baseline, emergency, requestsPerMinute, taskQuota, hints } = draft;
  return [
    'capacity:',
    ...indented([
      '# A quiet day: the target of a restore where no snapshot of the normal settings exists.',
      row('baseline', baseline),
      '# Bounds during an emergency. max is the ceiling: no run ever asks for more tasks.',
      row('emergency', emergency),
      requestsPerMinute === null
        ? '# Requests per minute that one task serves within the latency target, such as 400.'
        : '# Only the sandbox reads it: jobs per minute of one task.',
      ...busiest(hints.busiestMinute),
      'perTask:',
      `  ${row('requestsPerMinute', requestsPerMinute)}`,
      '# Tasks that the account allows for this service, at least emergency.max:',
      ...quotaComments(draft),
      row('taskQuota', taskQuota),
    ]),
  ];
}

const busiest = (requests: number | undefined): string[] =>
  requests === undefined
    ? []
    : [`# The busiest minute of the last day had ${requests}, for all tasks together.`];

const cooldowns = ({ scaleOutCooldownSeconds, scaleInCooldownSeconds }: CpuTarget) =>
  rows({ scaleOutCooldownSeconds, scaleInCooldownSeconds });

function policies({ latencyPolicy: latency, requestPolicy: requests }: Draft): string[] {
  return [
    ...(latency
      ? [
          'latencyPolicy:',
          ...indented([
            row('name', latency.name),
            row('targetMilliseconds', latency.target),
            ...cooldowns(latency),
          ]),
        ]
      : []),
    ...(requests
      ? [
          'requestPolicy:',
          ...indented([row('name', requests.name), row('target', requests.target), ...cooldowns(requests)]),
        ]
      : []),
  ];
}

/** The runbook's Alert Thresholds; what a service's requests are, only its people know. */
const thresholds = {
  cpuPercent: { warning: 60, critical: 80 },
  latencyP95Seconds: { warning: 1, critical: 2 },
  latencyP99Seconds: { warning: 1.5, critical: 2.5 },
  errorRatePercent: { warning: 0.5, critical: 1 },
  dbPoolPercent: { warning: 70, critical: 90 },
  pgbouncerPoolPercent: { warning: 70, critical: 85 },
  pgbouncerWaitMilliseconds: { warning: 50, critical: 100 },
};

/** What stands in every file as it does in `config/production.yml`. */
const common = `planning:
  # Share of the tasks' capacity that a plan fills, and the square-root staffing factor for bursts.
  utilisation: 0.85
  burstFactor: 1.2
  # At most this many times the present tasks in one step.
  maxGrowth: 4
  # Seconds from asking for a task until it serves, and from an event until its metric is visible.
  taskStartSeconds: 60
  metricDelaySeconds: 60
  # A metric older than this is unknown.
  metricMaxAgeSeconds: 300

timing:
  assess: { deadlineSeconds: 10 }
  verify: { intervalSeconds: 15, deadlineSeconds: 600 }
  watch: { intervalSeconds: 60, deadlineSeconds: 1800 }
  # Every metric must have been ok for this long before anything is scaled in, and between two steps.
  calm: { intervalSeconds: 60, forSeconds: 300, withoutRequestsSeconds: 1800, deadlineSeconds: 86400 }
  # An alarm event older than this is looked up and ignored unless its alarm still fires.
  eventMaxAgeSeconds: 900

limits:
  emergencyRunsPerHour: 3
  # Rounds of plan, write and verify in one emergency run.
  rounds: 5
  # Share of the tasks that one scale-in step may remove; always at least one task.
  scaleInStep: 0.25
`.split('\n');

function environment({ name, approval, contacts, requestRate, metrics, hints }: Draft): string[] {
  const secret = (what: string) => `/emergency-scaling/${name}/${what}`;
  const limits = { ...thresholds, requestRatePerMinute: requestRate };
  const { warning, critical } = requestRate;
  return [
    "# The runbook's Alert Thresholds. A value above the limit has the level. Compare them with a normal day of yours.",
    ...when(
      metricNames.some((name) => metrics[name].length === 0),
      () => ['# Those of rows that this service does not have count for nothing.'],
    ),
    'thresholds:',
    ...indented(rows(thresholds)),
    ...indented(busiest(hints.busiestMinute)),
    ...indented(
      warning === null || critical === null
        ? ['requestRatePerMinute:', ...indented(rows(limits.requestRatePerMinute))]
        : rows({ requestRatePerMinute: requestRate }),
    ),
    '',
    ...common,
    'approval:',
    ...indented([
      '# false takes tasks away without asking anybody.',
      row('requiredForScaleIn', approval.requiredForScaleIn),
      '# How many different people have to say yes; one no is enough to reject.',
      row('approvalsNeeded', approval.approvalsNeeded),
      '# Whether whoever asked for the run may approve it.',
      row('requesterMayApprove', approval.requesterMayApprove),
      'expiresAfterSeconds: 14400',
      '# A reminder goes out at half time, an escalation this long before the expiry.',
      'escalateBeforeSeconds: 1800',
      '# How often an open request is looked at.',
      'checkSeconds: 300',
      '# Address that SES may send from, verified in this Region.',
      row('sender', approval.sender),
      `# At least ${approval.approvalsNeeded}, each a line such as`,
      '#   - { name: DevOps Lead, email: lead@example.com }',
      row('approvers', approval.approvers),
    ]),
    '',
    "# Bearer tokens that Alertmanager's webhook accepts: names of SSM parameters (SecureString), never values.",
    'alertmanager:',
    ...indented(rows({ tokenSecrets: [secret('alertmanager-token-a'), secret('alertmanager-token-b')] })),
    '',
    '# Where notices go besides the SNS topic; secrets are names of SSM parameters, which are needed once enabled is true.',
    'notices:',
    '  pagerDuty:',
    '    enabled: false',
    '    url: https://events.pagerduty.com/v2/enqueue',
    `    ${row('routingKeySecret', secret('pagerduty-routing-key'))}`,
    '  chat:',
    '    enabled: false',
    `    ${row('urlSecret', secret('chat-webhook-url'))}`,
    '  # A service that is still scaled out after this long is mentioned again, and again after as long.',
    '  stillScaledOutHours: 4',
    '',
    '# Whom urgent notices name: a text each, such as a schedule, a chat channel or a telephone number.',
    'contacts:',
    ...indented(rows(contacts)),
  ];
}
