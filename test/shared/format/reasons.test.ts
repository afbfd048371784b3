import { describe, expect, it } from '@jest/globals';
import { metricNames } from '../../../shared/config/metric-catalogue.ts';
import { because, reasonCodes } from '../../../shared/format/reasons.ts';
import { type ReasonToWord, reason } from '../../support/reason-to-word.ts';
import { reasonsOfRuns } from '../../support/reasons-of-runs.ts';

const arn = 'arn:aws:ecs:ap-southeast-1:123456789012:task-definition/buywhere-api:41';
const at = '2026-10-02T17:08:01.123Z';
const cpu = { metric: 'cpuPercent', value: 85.46 } as const;
const p99 = { alert: 'HighLatencyP99', metric: 'latencyP99Seconds' } as const;
const demand = {
  ...{ rate: 2400, factor: 2.4, growth: 0, backlog: 0, demand: 2400 },
  ...{ needed: 9, perTask: 400, utilisation: 0.85 },
};

/** Every sentence that the product gives as a reason: the code, its numbers, and what a person reads. */
const rows: readonly (readonly [ReasonToWord, string])[] = [
  ...reasonsOfRuns,

  [
    reason('sidecar-budget', {
      ...{ pool: 8, reserve: 2, others: 17, maxConnections: 100, reserved: 3, tasks: 1 },
    }),
    "each task's PgBouncer may open 10 connections (pool 8, reserve 2), and PostgreSQL has 80 for them (100 without 3 reserved and 17 of others): room for 1 task, with one connection left",
  ],

  // What a metric or a health endpoint says.
  [reason('metric-critical', cpu), 'CPU 85.5 % is critical'],
  [
    reason('metric-warning', { metric: 'requestRatePerMinute', value: 1022.4 }),
    'Request rate 1,022/min is at warning',
  ],
  [
    reason('metric-unknown', { metric: 'dbPoolPercent', why: 'no datapoints' }),
    'DB pool is unknown (no datapoints)',
  ],
  [
    reason('metric-judged', { ...cpu, level: 'critical', warning: 60 }),
    'CPU 85.5 % is critical (warning above 60 %)',
  ],
  [
    reason('as-before-incident', { metric: 'cpuPercent', value: 65.3, warning: 60, usual: 63.2 }),
    'CPU 65.3 % is above its warning limit of 60 %, as before the incident (63.2 %)',
  ],
  [
    reason('held-by-policy', { metric: 'cpuPercent', value: 65.3, warning: 60, target: 70 }),
    "CPU 65.3 % is above its warning limit of 60 %, within its policy's target of 70 %",
  ],
  [
    reason('health', { endpoint: 'api', level: 'critical', detail: '503 in 9 ms' }),
    'API health: 503 in 9 ms',
  ],
  [reason('health', { endpoint: 'mcp', level: 'ok', detail: '200 in 60 ms' }), 'MCP health: 200 in 60 ms'],

  [
    reason('joined-meanwhile', { alerts: ['HighErrorRate', 'HighCPU'] }),
    'HighErrorRate, HighCPU joined since the last look: the run goes on',
  ],
  [
    reason('traffic-vanished', {
      ...{ rate: 60.2, usual: 1022 },
      ...{ down: ['redis', 'postgres'], endpoints: ['api', 'mcp'], killed: 2 },
    }),
    "traffic has vanished: 60/min, usual at this hour is 1,022/min, while redis, postgres are down and health of API and MCP is not ok and 2 tasks failed the load balancer's health checks. This is not calm",
  ],
  [
    reason('traffic-vanished', { rate: 0, usual: 1022, down: ['redis'], endpoints: [], killed: 0 }),
    'traffic has vanished: 0/min, usual at this hour is 1,022/min, while redis is down. This is not calm',
  ],
  [
    reason('traffic-vanished', { rate: 0, usual: 1022, down: [], endpoints: [], killed: 1 }),
    "traffic has vanished: 0/min, usual at this hour is 1,022/min, while 1 task failed the load balancer's health checks. This is not calm",
  ],
  [
    reason('no-requests', { seconds: 1800, healthy: 3 }),
    'no request came for 30 min; 3 targets are healthy and nothing else is wrong',
  ],
  [
    reason('no-requests', { seconds: 1800, healthy: 1 }),
    'no request came for 30 min; 1 target is healthy and nothing else is wrong',
  ],
  [
    reason('max-follows', { from: 10, to: 15, count: 15, min: 1 }),
    'max stays at 15 instead of 10: a person raised the count to 15',
  ],
  [
    reason('max-follows', { from: 10, to: 12, count: 12, min: 12 }),
    'max stays at 12 instead of 10: a person raised min to 12',
  ],

  // Why a run scales out, watches, holds, or asks for a person.
  [reason('alert-escalates', { alert: 'APIDown' }), 'APIDown: the runbook asks for immediate escalation'],
  [reason('alert-asks-to-watch', { alert: 'HighLatencyP95' }), 'HighLatencyP95 asks to watch'],
  [
    reason('alert-metric-unknown', { ...p99, why: 'no datapoints' }),
    'ALARM HighLatencyP99, and P99 latency is unknown (no datapoints)',
  ],
  [
    reason('alert-row-left-out', p99),
    'ALARM HighLatencyP99, though the configuration says that this service has no P99 latency',
  ],
  [
    reason('alert-unread', { ...p99, why: 'no datapoints' }),
    'nobody knows whether HighLatencyP99 is over: P99 latency is unknown (no datapoints)',
  ],
  [
    reason('alert-metric-warning', { ...p99, value: 2 }),
    'ALARM HighLatencyP99, and P99 latency 2 s is still at warning',
  ],
  [
    reason('alert-is-newer', { ...p99, value: 0.5, since: at, at: '2026-10-02T17:05:00.000Z' }),
    'ALARM HighLatencyP99 since 17:08:01 UTC; P99 latency 0.5 s is of 17:05:00 UTC',
  ],
  [reason('alert-over', { ...p99, value: 0.5 }), 'ALARM HighLatencyP99, but P99 latency 0.5 s is ok now'],
  [
    reason('rate-carried', { metric: 'requestRatePerMinute', value: 2400 }),
    'Request rate 2,400/min: the desired tasks carry it',
  ],
  [reason('nothing-asked'), 'every metric is ok and no alert asks for more'],
  [reason('deployment-to-blame'), 'the deployment is the cause, so more of its tasks would not help'],
  [reason('tasks-cannot-start'), 'tasks cannot start, so more of them would not help'],
  [
    reason('earlier-definition-failed', {
      count: 4,
      reason: 'TaskFailedToStart: no image',
      taskDefinition: 'arn:aws:ecs:ap-southeast-1:123456789012:task-definition/shop:43',
    }),
    '4 × TaskFailedToStart: no image, of the earlier definition shop:43',
  ],
  [reason('task-stopped', { count: 2, reason: 'OutOfMemoryError' }), '2 × OutOfMemoryError'],
  [
    reason('ecs-event', { message: '(service api) was unable to place a task.' }),
    '(service api) was unable to place a task.',
  ],
  [reason('stops-unknown', { why: 'Rate exceeded' }), 'why tasks stopped is unknown (Rate exceeded)'],
  [reason('pool-first'), 'more tasks open more connections: relieve the pool first'],
  [reason('dependency-failed'), 'a dependency has failed; more tasks would not bring it back'],
  [reason('database-slow'), 'the database is slow; more tasks would only wait with it'],
  [reason('person-changed'), 'a person changed the service during this run, and it stays so'],
  [reason('service-unknown', { why: 'Rate exceeded' }), 'the service is unknown (Rate exceeded)'],
  [reason('autoscaling-unknown', { why: 'Rate exceeded' }), 'autoscaling is unknown (Rate exceeded)'],
  [reason('traffic-needs', { needed: 9 }), 'current traffic needs 9 tasks'],
  [reason('no-more-allowed', { desired: 20 }), '20 tasks are desired already; no more are allowed'],
  [
    reason('autoscaling-ahead', { asked: 12 }),
    'autoscaling asked for 12 tasks just now; the service was read before',
  ],
  [
    reason('run-ahead', { asked: 9 }),
    'this incident asked for 9 tasks just now; the service was read before',
  ],
  [
    reason('left-raised'),
    'the settings are those of an emergency already, and no record tells of one: it was lost, and the way back will end at the configured baseline',
  ],
  [
    reason('looks-again', { seconds: 1800 }),
    'the run goes on looking for up to 30 min, and adds tasks once nothing is in the way and they are still needed',
  ],
  [reason('waited-in-vain', { seconds: 1800 }), 'waited for 30 min, and it is still in the way'],
  [reason('watched-at-limit', { seconds: 900 }), 'watched for 15 min at the limit'],
  [reason('watched-enough', { seconds: 900 }), 'watched for 15 min; nothing asks for more tasks'],

  // How many tasks, and which settings of the emergency.
  [reason('no-request-rate'), 'nobody counts requests of this service: its CPU says how many tasks it needs'],
  [
    reason('rate-unknown', { why: 'no datapoints' }),
    'request rate is unknown (no datapoints); planning without it',
  ],
  [
    reason('demand', demand),
    'request rate 2,400/min is 2.4× the critical limit; demand of 2,400/min (2,400/min now) needs 9 tasks of 400/min at 85 %',
  ],
  [
    reason('demand', {
      ...demand,
      rate: 400,
      factor: 0.4,
      growth: 100,
      backlog: 40,
      demand: 540,
      needed: 1,
    }),
    'request rate 400/min is 0.4× the critical limit; demand of 540/min (400/min now + 100/min growth until new tasks serve + 40 waiting requests) needs 1 task of 400/min at 85 %',
  ],
  [
    reason('demand', {
      ...demand,
      rate: 400,
      factor: 0.4,
      growth: 100,
      backlog: 1,
      demand: 540,
      needed: 1,
    }),
    'request rate 400/min is 0.4× the critical limit; demand of 540/min (400/min now + 100/min growth until new tasks serve + 1 waiting request) needs 1 task of 400/min at 85 %',
  ],
  [
    reason('start-learned', { seconds: 300 }),
    'a task of this service takes 5 min until it serves (by its own recent starts)',
  ],
  [
    reason('capacity-measured', { measured: 500, configured: 400 }),
    'a task serves 500/min of these requests (measured; configured 400/min)',
  ],
  [
    reason('cpu-needs', { cpu: 80, running: 10, needed: 12, target: 70, doubled: false }),
    'CPU 80 % on 10 running tasks needs 12 for a target of 70 %',
  ],
  [
    reason('cpu-needs', { cpu: 100, running: 4, needed: 12, target: 70, doubled: true }),
    'CPU 100 % on 4 running tasks needs 12 for a target of 70 % (doubled, because CPU is saturated and the request rate is not known yet)',
  ],
  [reason('least-addition', { least: 2, from: 3, to: 5 }), 'a scale-out adds at least 2 tasks: 3 → 5'],
  [reason('limited-by', { guard: 'growth', limit: 40 }), 'growth in one step allows 40 tasks'],
  [reason('limited-by', { guard: 'connections', limit: 1 }), 'the connection budget allows 1 task'],
  [
    reason('limited-by', { guard: 'slots', limit: 4 }),
    'what PostgreSQL has left of its connections allows 4 tasks',
  ],
  [
    reason('pools-unread'),
    'what the pools have left is unknown; the connection budget is that of the configuration',
  ],
  [
    reason('pools-before-tasks', { needed: 8, busy: 12, size: 20 }),
    '8 tasks need more than the pools give (12 of 20 connections in use now): the pools are raised first',
  ],
  [
    reason('clients-before-tasks', { needed: 8, clients: 260, limit: 200 }),
    '8 tasks bring up to 260 connections, and PgBouncer lets in 200: that is raised first',
  ],
  [reason('limited-by', { guard: 'quota', limit: 8 }), 'the task quota allows 8 tasks'],
  [reason('limited-by', { guard: 'ceiling', limit: 20 }), 'the configured ceiling allows 20 tasks'],
  [reason('no-target'), 'no scalable target is registered: only the desired count is set'],
  [
    reason('target-unknown', { why: 'Rate exceeded' }),
    'autoscaling is unknown (Rate exceeded): only the desired count is set',
  ],
  [
    reason('bounds-raised', { from: { min: 1, max: 10 }, to: { min: 2, max: 20 } }),
    'min/max 1/10 → 2/20; scale-in and scheduled scaling suspended during the incident',
  ],
  [
    reason('temporary-policy-stays', { policy: 'temp' }),
    'found the temporary policy temp; it stays, because it is the only CPU policy: replace it by hand',
  ],
  [
    reason('temporary-name-taken', { policy: 'temp' }),
    "policy temp has the temporary policy's name, but does not follow CPU: it is not the runbook's, and stays",
  ],
  [
    reason('temporary-policy-goes', { policy: 'temp' }),
    'found the temporary policy temp; it is removed on restore',
  ],
  [reason('no-cpu-policy'), 'no CPU policy exists, so there is none to make more aggressive'],
  [reason('cpu-target', { policy: 'api-cpu', from: 70, to: 50 }), 'policy api-cpu: CPU target 70 % → 50 %'],

  // What a rollback does, or why it holds.
  [reason('deployment-started'), 'its deployment is running already'],
  [
    reason('deployed-meanwhile', { taskDefinition: arn }),
    'somebody has deployed buywhere-api:41 since this rollback was asked for: it stays as it is',
  ],
  [
    reason('deployed-meanwhile', { taskDefinition: undefined }),
    'somebody has deployed another definition since this rollback was asked for: it stays as it is',
  ],
  [
    reason('deploying-takes-tasks', { percent: 50, kept: 4, running: 8 }),
    "ECS may run 4 of the 8 tasks until the deployment has ended: the service's minimum healthy percent is 50 %",
  ],
  [
    reason('takes-tasks-while-critical', {
      percent: 50,
      kept: 4,
      running: 8,
      critical: ['errorRatePercent', 'cpuPercent'],
    }),
    "deploying could leave 4 of 8 tasks while 5xx error rate, CPU is critical, because the service's minimum healthy percent is 50 %, so capacity stays as it is; set it to 100 % (that starts no deployment) and start the rollback again, or ask for the previous task definition by name, which goes on all the same",
  ],
  [reason('redeploy-asked'), 'asked for: the present definition is deployed again'],
  [reason('no-earlier-deployment'), 'no earlier completed deployment is known, so capacity stays as it is'],
  [
    reason('no-deployment-to-blame'),
    'no deployment in the last hour can be blamed, so capacity stays as it is',
  ],
  [
    reason('ecs-rolls-back', { to: arn }),
    'the last deployment is being rolled back to buywhere-api:41 already',
  ],
  [
    reason('ecs-rolled-back', { to: arn }),
    'ECS has rolled the last deployment back to buywhere-api:41 already, so capacity stays as it is',
  ],
  [
    reason('was-way-back', { to: arn }),
    'the last deployment was itself the way back to buywhere-api:41, so capacity stays as it is',
  ],
  [
    reason('was-way-back', { to: undefined }),
    'the last deployment was itself the way back to another definition, so capacity stays as it is',
  ],
  [
    reason('stops-deployment', { from: 'buywhere-api:42', to: arn }),
    'the deployment of buywhere-api:42 is still running: it is stopped and rolled back to buywhere-api:41',
  ],
  [
    reason('back-to-definition', { from: 'buywhere-api:42', to: arn }),
    'buywhere-api:42 goes back to buywhere-api:41, the last deployment that completed before it',
  ],
  [
    reason('back-past-bad', {
      from: 'buywhere-api:44',
      to: arn,
      past: ['buywhere-api:43', 'buywhere-api:42'],
    }),
    'buywhere-api:44 goes back to buywhere-api:41: buywhere-api:43 and buywhere-api:42 had made it worse already, or had been taken back',
  ],
  [
    reason('definition-inactive', { to: arn }),
    'buywhere-api:41 is not ACTIVE any more, so it cannot be deployed',
  ],
  [reason('above-ceiling', { count: 21, ceiling: 20 }), 'desired count 21 is above the ceiling of 20 tasks'],
  [reason('below-floor', { count: 0, floor: 1 }), 'desired count 0 is below the floor of 1 task'],
  [
    reason('lowers-while-critical', { from: 9, to: 8, critical: ['cpuPercent', 'latencyP99Seconds'] }),
    'desired count 9 → 8 would lower capacity while CPU, P99 latency is critical',
  ],
  [
    reason('lowers-at-once', { from: 9, to: 8 }),
    'desired count 9 → 8 would lower capacity at once: start scale-in, which goes down in steps and asks for approval where it is needed',
  ],
  [reason('count-asked', { from: 9, to: 12 }), 'asked for: desired count 9 → 12'],

  // What a check of a polling loop found.
  [reason('not-reached', { seconds: 600 }), 'not reached within 10 min'],
  [reason('tasks-run', { running: 0, wanted: 1 }), '0 of 1 task run'],
  [reason('tasks-run', { running: 4, wanted: 9 }), '4 of 9 tasks run'],
  [reason('tasks-starting', { running: 4, wanted: 9, pending: 5 }), '4 of 9 tasks run, 5 are starting'],
  [reason('new-tasks-fail', { running: 4, wanted: 9 }), '4 of 9 tasks run; new tasks cannot start'],
  [reason('traffic-grew', { asked: 5, needed: 6 }), '5 tasks are not enough: traffic now needs 6'],
  [
    reason('enough-for-traffic', { running: 9, wanted: 9, needed: 8 }),
    '9 of 9 tasks run, and current load needs 8',
  ],
  [
    reason('no-datapoint-yet', { metric: 'cpuPercent', since: at }),
    'no CPU datapoint yet since the new tasks started (17:08:01 UTC)',
  ],
  [reason('metric-better', { ...cpu, before: 100, level: 'warning' }), 'CPU 100 % → 85.5 % is warning'],
  [
    reason('metric-better', { metric: 'latencyP99Seconds', value: 0.169, level: 'ok' }),
    'P99 latency 0.169 s is ok',
  ],
  [reason('still-critical', cpu), 'CPU 85.5 % is still critical'],
  [reason('rounds-spent', { rounds: 5 }), '5 rounds of scaling out did not help'],
  [reason('deployment-running'), 'a deployment is running'],
  [reason('definition-runs', { running: 3, taskDefinition: arn }), '3 tasks run buywhere-api:41'],
  [reason('stabilising', { seconds: 120, needed: 300 }), '2 min of 5 min without a breach'],
  [
    reason('stabilising-without-requests', { seconds: 300, needed: 1800 }),
    '5 min of 30 min without a breach, and without any request',
  ],
  [reason('stays-critical', { seconds: 600 }), 'users have been affected for 10 min, and no run is about it'],
  [reason('step-made-worse'), 'fewer tasks made it worse'],
  [
    reason('tasks-stay', { running: 8, desired: 6 }),
    '8 tasks still run, 6 are asked for: ECS keeps a protected task until its protection ends, and lets the others finish',
  ],
  [reason('step-is-fine'), 'every metric is ok after this step'],
  [
    reason('traffic-needs-all', { needed: 9, desired: 8 }),
    'current load needs 9 tasks: scale-in pauses at 8 until it drops',
  ],
  [
    reason('nothing-to-restore', { takenAt: at }),
    'every setting is as in the snapshot of 2026-10-02 17:08:01 UTC already: nothing is left to restore or to approve',
  ],
  [reason('no-snapshot'), 'no snapshot of the normal settings exists: the configured baseline was written'],
  [
    reason('as-in-snapshot', { takenAt: at }),
    'every setting is as in the snapshot of 2026-10-02 17:08:01 UTC',
  ],

  [
    reason('tasks-on-the-way', { running: 4, desired: 3 }),
    'every setting is back; 4 tasks run, 3 are wanted',
  ],
  [
    reason('restored-but-for', { takenAt: at, settings: 1 }),
    'as in the snapshot of 2026-10-02 17:08:01 UTC, except one setting',
  ],
  [
    reason('restored-but-for', { takenAt: undefined, settings: 2 }),
    'as the configured baseline, except 2 settings',
  ],

  // What changes in the settings, what differs, and what stays.
  [reason('left-as-a-person-set-it'), 'a person changed it'],
  [reason('max-has-room'), 'it has room for what a person raised'],
  [reason('bound-by-schedule', { action: 'evening' }), 'scheduled action evening set it'],
  [reason('bound-by-schedule', { action: undefined }), 'a scheduled action of autoscaling set it'],
  [
    reason('kept-by-autoscaling', { policy: 'api-cpu', requests: 2431 }),
    'policy api-cpu keeps them for a request rate of 2,431/min',
  ],
  [reason('kept-by-autoscaling', { policy: undefined, requests: undefined }), 'autoscaling keeps them'],
  [reason('held-by-bound', { bound: 'min', value: 4 }), 'min is 4'],
  [reason('setting-changed', { setting: 'desired', from: 4, to: 7 }), 'desired count 4 → 7'],
  [
    reason('setting-changed', { setting: 'scalableTarget', from: 'registered', to: null }),
    'scalable target registered → absent',
  ],
  [reason('setting-changed', { setting: 'min', from: 1, to: 2 }), 'min 1 → 2'],
  [reason('setting-changed', { setting: 'max', from: 20, to: 15 }), 'max 20 → 15'],
  [
    reason('setting-changed', { setting: 'scaleInSuspended', from: true, to: false }),
    'scale-in suspended yes → no',
  ],
  [
    reason('setting-changed', { setting: 'scaleOutSuspended', from: false, to: true }),
    'scale-out suspended no → yes',
  ],
  [
    reason('setting-changed', { setting: 'scheduledSuspended', from: false, to: true }),
    'scheduled scaling suspended no → yes',
  ],
  [
    reason('setting-changed', { setting: 'cpuPolicy', from: 'api-cpu', to: null }),
    'CPU policy api-cpu → absent',
  ],
  [reason('setting-changed', { setting: 'cpuTarget', from: 50, to: 60 }), 'CPU target 50 % → 60 %'],
  [
    reason('setting-changed', { setting: 'scaleOutCooldown', from: 60, to: 30 }),
    'scale-out cooldown 60 s → 30 s',
  ],
  [
    reason('setting-changed', { setting: 'scaleInCooldown', from: 300, to: 180 }),
    'scale-in cooldown 300 s → 180 s',
  ],
  [
    reason('setting-changed', { setting: 'scaleInDisabled', from: false, to: true }),
    'scale-in by the CPU policy disabled no → yes',
  ],
  [
    reason('changed-by-person', { setting: 'cpuTarget', from: 50, to: 60 }),
    'a person changed CPU target 50 % → 60 %: a restore keeps it',
  ],
  [reason('not-restored', { setting: 'cpuTarget', from: 70, to: 50 }), 'CPU target is 50 % instead of 70 %'],
  [
    reason('row-changed', { label: 'latency target', from: '80 ms', to: '90 ms' }),
    'latency target 80 ms → 90 ms',
  ],
  [reason('as-wanted', { what: 'policy api-cpu' }), 'policy api-cpu: as wanted already'],
  [reason('nothing-to-change', { what: 'CPU policy' }), 'CPU policy: nothing to change'],
  [
    reason('back-to-snapshot', { takenAt: at, from: 9, to: 3 }),
    'back to the snapshot of 2026-10-02 17:08:01 UTC: desired count 9 → 3',
  ],
  [
    reason('back-to-baseline', { from: 9, to: 3 }),
    'no snapshot of the normal settings exists, so back to the configured baseline: desired count 9 → 3',
  ],
  [reason('no-step-below', { needed: 4 }), 'current load needs 4 tasks: no step goes below that'],
  [
    reason('definition-stays', { from: arn, to: 'buywhere-api:43' }),
    'task definition buywhere-api:41 → buywhere-api:43: it stays',
  ],
  [reason('policy-changed', { policy: 'memory' }), 'policy memory was changed: it stays so'],
  [reason('policy-gone', { policy: 'memory' }), 'policy memory is gone: it is not put back'],
  [reason('policy-new', { policy: 'memory' }), 'policy memory is new: it stays'],
  [
    reason('temporary-policy-removed', { policy: 'temp', dryRun: false }),
    'removed the temporary policy temp',
  ],
  [
    reason('temporary-policy-removed', { policy: 'temp', dryRun: true }),
    'would remove the temporary policy temp',
  ],
  [
    reason('temporary-policy-in-use', { policy: 'temp' }),
    "temp has the name of the runbook's temporary policy, but it is the only CPU policy: it stays; replace it by hand",
  ],

  // What one write of the desired count does.
  [reason('count-already', { count: 9 }), 'desired count is 9 already'],
  [reason('nothing-to-scale-in', { count: 2 }), 'desired count is 2: nothing to scale in'],
  [
    reason('autoscaling-above-plan', { count: 12, planned: 9 }),
    "autoscaling raised the desired count to 12, above the plan's 9",
  ],
  [
    reason('autoscaling-takes-over', { from: 7, to: 10 }),
    'autoscaling raised the desired count 7 → 10: traffic needs them, and autoscaling goes on from here',
  ],
  [
    reason('step-down', { from: 9, to: 7, target: 3, sharePercent: 25 }),
    'desired count 9 → 7, a step of at most 25 % on the way to 3',
  ],

  // Scheduled actions, and answers of ECS that are late.
  [
    reason('schedule-due', { action: 'evening', at: '2026-10-02T17:08:30.000Z', min: 2, max: 6 }),
    'scheduled action evening was due at 2026-10-02 17:08:30 UTC and had to wait (min 2, max 6): restored to that',
  ],
  [
    reason('schedule-unread', { action: 'odd', schedule: 'cron(x)' }),
    'scheduled action odd: whether its schedule cron(x) was due meanwhile is unknown; compare min and max by hand',
  ],
  [
    reason('schedule-below-floor', { max: 2, floor: 3 }),
    'its max of 2 is below the 3 tasks from before and would remove some at once: max is 3; lower it by hand',
  ],
  [
    reason('schedules-unknown', { why: 'throttled by AWS' }),
    'scheduled actions are unknown (throttled by AWS)',
  ],
  [
    reason('cut-by-autoscaling', { from: 11, to: 6 }),
    'Auto Scaling set the desired count 11 → 6 by itself, and it may not be lower yet: raised again',
  ],
  [
    reason('deployment-not-shown', { taskDefinition: 'buywhere-api:43' }),
    'ECS still shows the deployment of buywhere-api:43 from before',
  ],

  [
    reason('deployment-awaits-action', { until: '2026-10-03T17:08:30.000Z' }),
    'a deployment is paused and awaits an action (ContinueServiceDeployment); ECS decides by itself at 2026-10-03 17:08:30 UTC',
  ],
  [
    reason('deployment-awaits-action', { until: undefined }),
    'a deployment is paused and awaits an action (ContinueServiceDeployment)',
  ],
  [
    reason('ends-pause', { from: 'buywhere-api:43', to: 'buywhere-api:42' }),
    'the deployment of buywhere-api:43 is paused and awaits an action: it is rolled back to buywhere-api:42',
  ],

  // What speaks for a cause, or against it.
  [
    reason('traffic-ratio', { ratio: 3.9, rate: 2431 }),
    'request rate 2,431/min is 3.9× that of ten minutes ago',
  ],
  [reason('traffic-flat'), 'traffic is flat'],
  [reason('traffic-high'), 'traffic is high'],
  [reason('cpu-rose', { cpu: 100 }), 'CPU rose with it (100 %)'],
  [reason('cpu-not-busy', { cpu: 40 }), 'CPU 40 % is ok: the requests are cheap, or wait for something else'],
  [reason('requests-wait', { cpu: 40 }), 'CPU 40 % is ok: requests wait, they do not compute'],
  [reason('pools-ok', { db: 40, pgbouncer: 12.34 }), 'DB pool 40 % and PgBouncer pool 12.3 % are ok'],
  [reason('connections-held', { pool: 80 }), 'connections are held longer: DB pool 80 %'],
  [reason('pool-ran-out'), 'the pool itself has run out'],
  [reason('cache-says', { said: 'Full: writes fail.' }), 'Full: writes fail.'],
  [reason('relief-done', { said: '3 keys removed' }), '3 keys removed'],
  [
    reason('cache-held', { why: 'not-known' }),
    'what is wrong with the cache is unknown, so nothing is done to it',
  ],
  [
    reason('relief-for-person', { relief: 'policy' }),
    "Eviction: only a person can, AWS or the server's users do not let a run",
  ],
  [
    reason('relief-not-limited', { relief: 'flush' }),
    'Flush: not without a limit for the database (cache.mostActiveSessions)',
  ],
  [
    reason('relief-left-out', { relief: 'unlink', why: 'no-prefixes' }),
    'Removal of keys: the configuration names no keys that can be made again (cache.prefixes)',
  ],
  [
    reason('cache-relieved', { memory: { counted: 104_857_600, limit: 209_715_200 } }),
    'the cache takes writes: 100 MB of 200 MB in use (50 %)',
  ],
  [reason('cache-fine'), 'nothing is wrong with the cache'],
  [reason('policy-not-held'), 'no policy is to be given back: no run has set one that is still in force'],
  [
    reason('policy-of-person', { policy: 'volatile-ttl' }),
    'somebody else has set the policy volatile-ttl since, and it stays',
  ],
  [reason('policy-is-back', { policy: 'noeviction' }), 'the policy is noeviction again'],
  [
    reason('policy-would-refuse', { policy: 'noeviction', share: 0.8 }),
    'the memory is above 80 % of its limit: under noeviction writes would fail at once',
  ],
  [reason('policy-unread', { said: 'not reachable' }), 'the policy could not be read: not reachable'],
  [reason('latency-slow', { p95: 1.5, p99: 2 }), 'P95 1.5 s, P99 2 s are slow'],
  [reason('deployed', { minutes: 29 }), 'deployed 29 min ago'],
  [reason('memory-nearly-used-up', { value: 92 }), 'memory 92 % is nearly used up'],
  [reason('memory-high', { value: 80 }), 'memory 80 % is high'],
  [reason('memory-ok', { value: 50 }), 'memory 50 % is ok'],
  [reason('memory-grows', { percentPerMinute: 0.3 }), 'memory grows by 0.3 % per minute at flat traffic'],
  [
    reason('dependencies-down', { down: ['redis', 'database'] }),
    "the API's own health check says redis, database down",
  ],
  [reason('errors-at-flat-traffic', { value: 20 }), '5xx error rate 20 % at flat traffic'],
  [reason('rollout-failed'), 'its rollout has failed'],
  [reason('release-fails', { stopped: 3 }), '3 tasks of the last release failed to start or did not stay'],
  [reason('tasks-fail', { stopped: 4 }), 'a deployment is running, and 4 tasks that it asked for failed'],
  [
    reason('worse-since', { minutes: 3, metrics: ['errorRatePercent', 'latencyP99Seconds'] }),
    '5xx error rate, P99 latency got worse with the release 3 min ago, at the traffic of before',
  ],
  [
    reason('fails-with-room', { minutes: 6, cpu: 40 }),
    'requests fail since the release 6 min ago, though CPU 40 % is ok',
  ],
  [
    reason('traffic-refused', { errors: 40 }),
    '40 % of the requests fail while tasks fail their health checks: more came than are counted',
  ],
  [
    reason('tasks-lost', { kind: 'reclaimed', count: 1, reason: 'SpotInterruption' }),
    '1 task reclaimed by AWS (SpotInterruption)',
  ],
  [
    reason('tasks-lost', {
      kind: 'killed-by-health-checks',
      count: 4,
      reason: 'Task failed ELB health checks',
    }),
    '4 tasks stopped for failing health checks (Task failed ELB health checks)',
  ],
  [
    reason('no-evidence-against-deployment', {}),
    'nothing got worse with the last deployment, so capacity stays as it is; a person may roll it back',
  ],
  [reason('load-explained'), 'traffic is high, which explains the load without it'],
];

describe('a reason in words', () => {
  it.each(rows.map(([{ code, worded }, sentence]) => [code, sentence, worded] as const))(
    '%s: %s',
    (_, sentence, worded) => {
      expect(worded().text).toBe(sentence);
    },
  );

  it('stands in this table for every code that there is', () => {
    expect(new Set(rows.map(([{ code }]) => code))).toEqual(new Set(reasonCodes));
  });

  it('carries its code and its numbers', () => {
    expect(because('metric-critical', cpu)).toEqual({
      code: 'metric-critical',
      metric: 'cpuPercent',
      value: 85.46,
      text: 'CPU 85.5 % is critical',
    });
  });

  it('names no variable, shows no JSON and no moment by the millisecond', () => {
    const internal = new RegExp(String.raw`${metricNames.join('|')}|[{}]|undefined|null|\d{4}-\d\d-\d\dT`);
    expect(rows.map(([{ worded }]) => worded().text).filter((text) => internal.test(text))).toEqual([]);
  });
});
