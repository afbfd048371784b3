import { CloudWatchClient, DescribeAlarmsCommand, GetMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import {
  DescribeServiceDeploymentsCommand,
  DescribeServiceRevisionsCommand,
  DescribeTaskDefinitionCommand,
  DescribeTasksCommand,
  ListServiceDeploymentsCommand,
  ListTasksCommand,
  StopServiceDeploymentCommand,
  UpdateServiceCommand,
} from '@aws-sdk/client-ecs';
import { GetAccountSettingsCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { GetAccountCommand, SESv2Client } from '@aws-sdk/client-sesv2';
import { SendTaskSuccessCommand, SFNClient } from '@aws-sdk/client-sfn';
import { SNSClient } from '@aws-sdk/client-sns';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import { assess } from '../../../functions/assess.ts';
import { closeIncident } from '../../../functions/close-incident.ts';
import { alertWebhook } from '../../../functions/doors/alert-webhook.ts';
import { approval } from '../../../functions/doors/approval.ts';
import { watchExecutions } from '../../../functions/doors/watch-executions.ts';
import { intake } from '../../../functions/intake.ts';
import { notify } from '../../../functions/notify.ts';
import { openIncident } from '../../../functions/open-incident.ts';
import { plan } from '../../../functions/plan.ts';
import { preflight } from '../../../functions/preflight.ts';
import { putAutoscaling } from '../../../functions/put-autoscaling.ts';
import { putPolicy } from '../../../functions/put-policy.ts';
import { readAutoscaling } from '../../../functions/read-autoscaling.ts';
import { registerTarget } from '../../../functions/register-target.ts';
import { remindApprovers } from '../../../functions/remind-approvers.ts';
import { requestApproval } from '../../../functions/request-approval.ts';
import { rollback } from '../../../functions/rollback.ts';
import { scaleIn } from '../../../functions/scale-in.ts';
import { scaleOut } from '../../../functions/scale-out.ts';
import { checkRedis } from '../../../functions/servers/check-redis.ts';
import { readPools } from '../../../functions/servers/read-pools.ts';
import { relieveRedis } from '../../../functions/servers/relieve-redis.ts';
import { tunePools } from '../../../functions/servers/tune-pools.ts';
import { takeSnapshot } from '../../../functions/take-snapshot.ts';
import { waitVerify } from '../../../functions/wait-verify.ts';
import type { PreflightAsk, Tried } from '../../../shared/document/preflight.ts';
import type { Resources } from '../../../shared/lambda/context.ts';
import { memoryRecordStore } from '../../../shared/store/memory.ts';
import { ask } from '../../shared/preflight/support.ts';
import { bounds, now, policy, service } from '../../support/builders.ts';
import { autoscaling, configurationOf, context, ecs, named, standing, suspendedState } from '../harness.ts';
import { rows as everyRow } from './rows.ts';

const cloudwatch = mockClient(CloudWatchClient);
const states = mockClient(SFNClient);
const ses = mockClient(SESv2Client);
const topic = new SNSClient({});
const sns = mockClient(topic);
const lambda = mockClient(LambdaClient);
const clients = [ecs, autoscaling, cloudwatch, states, ses, sns, lambda];

const deployment = 'arn:aws:ecs:ap-southeast-1:1:service-deployment/c/s/1';
const revision = 'arn:aws:ecs:ap-southeast-1:1:service-revision/c/s/1';
const posted: string[] = [];
const asked: string[] = [];

beforeEach(() => {
  standing();
  for (const client of clients.slice(2)) client.reset();
  ecs.on(ListTasksCommand).resolves({ taskArns: ['arn:task/1'] });
  ecs.on(DescribeTasksCommand).resolves({});
  ecs.on(ListServiceDeploymentsCommand).resolves({
    serviceDeployments: [
      { serviceDeploymentArn: deployment, targetServiceRevisionArn: revision, status: 'SUCCESSFUL' },
    ],
  });
  ecs.on(DescribeServiceRevisionsCommand).resolves({ serviceRevisions: [{ serviceRevisionArn: revision }] });
  ecs.on(DescribeServiceDeploymentsCommand).resolves({});
  ecs.on(DescribeTaskDefinitionCommand).resolves({ taskDefinition: { status: 'ACTIVE', cpu: '1024' } });
  cloudwatch.on(GetMetricDataCommand).resolves({ MetricDataResults: [] });
  cloudwatch.on(DescribeAlarmsCommand).resolves({ MetricAlarms: [] });
  states.rejects(Object.assign(new Error('none'), { name: 'ExecutionDoesNotExist' }));
  lambda.on(GetAccountSettingsCommand).resolves({ AccountLimit: { UnreservedConcurrentExecutions: 900 } });
  ses.on(GetAccountCommand).resolves({ ProductionAccessEnabled: true, SendingEnabled: true });
  posted.length = 0;
  asked.length = 0;
});

/** Everything that any function may ask for. */
function everything() {
  const own = context(memoryRecordStore({ now: () => new Date(now) }));
  const answer = { status: 200, latencyMilliseconds: 1, body: '' };
  const besides: Omit<Resources, 'store' | 'ecs' | 'autoscaling' | 'switch'> = {
    cloudwatch: new CloudWatchClient({}),
    states: new SFNClient({}),
    notices: { sns: topic, topicArn: 'arn:aws:sns:r:1:notices' },
    mail: { ses: new SESv2Client({}) },
    functions: new LambdaClient({}),
    http: {
      get: async (url) => {
        asked.push(url);
        return answer;
      },
      post: async (url) => {
        posted.push(url);
        return { ...answer, status: 202 };
      },
    },
    secrets: { read: async () => 'https://chat.example/hook' },
    databases: { connect: () => Promise.reject(new Error('nobody')) },
    caches: { connect: () => Promise.reject(new Error('nobody')) },
    machine: { arn: 'arn:aws:states:r:1:stateMachine:emergency-scaling-production' },
    random: { bytes: (count) => new Uint8Array(count) },
    links: { approvalBaseUrl: 'https://x.example' },
    version: { name: '7' },
  };
  return { ...own, ...besides };
}

type Tools = ReturnType<typeof everything>;
const tries: Record<string, (ask: PreflightAsk, tools: Tools) => Promise<Tried>> = Object.fromEntries(
  [
    ...[assess, closeIncident, intake, openIncident, plan, takeSnapshot, readAutoscaling, notify, approval],
    ...[registerTarget, scaleOut, scaleIn, putPolicy, putAutoscaling, rollback, waitVerify, preflight],
    ...[requestApproval, remindApprovers, alertWebhook, watchExecutions, readPools, tunePools],
    checkRedis,
    relieveRedis,
  ].map((step) => [step.name, (given: PreflightAsk, tools: Tools) => step.preflight(given, tools)]),
);

/** The calls that were sent, each once, by their names. */
const sent = () =>
  [
    ...new Set(
      clients.flatMap((client) =>
        client.calls().map(({ args }) => args[0].constructor.name.replace('Command', '')),
      ),
    ),
  ].sort();

const reading = ['DescribeScalableTargets', 'DescribeScalingPolicies', 'DescribeServices'];
const watching = [...reading, 'DescribeScalingActivities'];
const looking = [
  ...[
    ...watching,
    'DescribeServiceDeployments',
    'DescribeServiceRevisions',
    'DescribeTasks',
    'GetMetricData',
  ],
  ...['ListServiceDeployments', 'ListTasks'],
];

/** What each function sends after a deployment, and nothing else. */
const expected: Record<string, string[]> = {
  'alert-webhook': [],
  approval: ['DescribeExecution', 'SendTaskFailure', 'SendTaskSuccess'],
  assess: [...looking, 'DescribeScheduledActions'],
  'close-incident': [],
  intake: ['DescribeAlarms', 'DescribeExecution'],
  notify: [],
  'open-incident': ['DescribeExecution'],
  plan: [],
  preflight: [
    ...[...reading, 'DescribeServiceRevisions', 'DescribeTaskDefinition', 'GetAccount', 'GetAccountSettings'],
    ...['GetMetricData', 'ListServiceDeployments'],
  ],
  'put-autoscaling': [...reading, 'PutScalingPolicy', 'RegisterScalableTarget'],
  'put-policy': [...watching, 'DeleteScalingPolicy', 'PutScalingPolicy'],
  'read-autoscaling': reading,
  'read-pools': [],
  'tune-pools': [],
  'check-redis': [],
  'relieve-redis': [],
  'register-target': [...watching, 'DescribeScheduledActions', 'RegisterScalableTarget'],
  'remind-approvers': ['DescribeExecution'],
  'request-approval': [],
  rollback: [
    ...[
      'ContinueServiceDeployment',
      'DescribeServiceDeployments',
      'DescribeServiceRevisions',
      'DescribeServices',
    ],
    ...['DescribeTaskDefinition', 'ListServiceDeployments', 'StopServiceDeployment', 'UpdateService'],
  ],
  'scale-in': [...watching, 'UpdateService'],
  'scale-out': [...watching, 'UpdateService'],
  'take-snapshot': [],
  'wait-verify': looking,
  'watch-executions': ['DescribeExecution'],
};

describe.each(Object.entries(tries))('the preflight of %s', (name, attempt) => {
  it('sends its calls, and no other', async () => {
    const { rows } = await attempt(ask, everything());
    expect(sent()).toEqual((expected[name] ?? ['?']).toSorted());
    expect(rows.every(({ by }) => by === name)).toBe(true);
    expect(posted).toEqual(
      ['notify', 'remind-approvers', 'watch-executions'].includes(name)
        ? ['https://events.pagerduty.com/v2/enqueue']
        : [],
    );
  });

  it('has a row for each, by its name', async () => {
    const all = await rowsOf(name, { testMail: true, testNotice: true, testRun: true });
    const said = all.map(({ check, on, why }) => [check, on, why].filter(Boolean).join(' | '));
    expect(said).toEqual(everyRow[name]);
    expect(all.every(({ by }) => by === name)).toBe(true);
  });

  it('of a person who only looks writes nothing', async () => {
    await attempt({ ...ask, writes: false }, everything());
    const writes = sent().filter((one) => /^(Put|Register|Update|Delete|Stop|Continue)/.test(one));
    expect(writes).toEqual([]);
  });
});

const rowsOf = async (name: string, part: Partial<PreflightAsk> = {}, tools: Partial<Tools> = {}) =>
  (await tries[name]?.({ ...ask, ...part }, { ...everything(), ...tools }))?.rows ?? [];
const row = async (name: string, check: string) => (await rowsOf(name)).find((one) => one.check === check);

it('of one of several services asks nothing that is about none', async () => {
  const checks = (await rowsOf('preflight', { once: false })).map(({ check }) => check);
  expect(checks).not.toContain('mail-sandbox');
  expect(checks).not.toContain('lambda-concurrency');
  expect(checks).toContain('target-group');
});

describe('a write of present values', () => {
  it('sets the count that is there', async () => {
    standing({ desired: 7, bounds: bounds({ max: 10 }) });
    await rowsOf('scale-out');
    expect(ecs.commandCalls(UpdateServiceCommand).map(({ args }) => args[0].input)).toEqual([
      { cluster: service.cluster, service: service.service, desiredCount: 7 },
    ]);
  });

  it('registers the target, suspensions included', async () => {
    const present = bounds({
      min: 2,
      max: 9,
      suspended: { dynamicScalingIn: true, dynamicScalingOut: false, scheduledScaling: true },
    });
    standing({ bounds: present });
    await rowsOf('register-target');
    const registered = autoscaling
      .calls()
      .map(({ args }) => args[0].input)
      .filter((input) => 'MinCapacity' in input);
    expect(registered).toEqual([
      { ...named, MinCapacity: 2, MaxCapacity: 9, SuspendedState: suspendedState(present) },
    ]);
  });

  it.each([
    ['no target', { bounds: undefined }, 'no-target'],
    ['a count below min', { desired: 1, bounds: bounds({ min: 2 }) }, 'outside-bounds'],
    ['a count above max', { desired: 11, bounds: bounds({ max: 10 }) }, 'outside-bounds'],
  ])('registers nothing with %s', async (_, now, why) => {
    standing(now);
    const registering = await row('register-target', 'application-autoscaling:RegisterScalableTarget');
    expect(registering).toMatchObject({ result: 'not-tried', why });
    expect(sent()).not.toContain('RegisterScalableTarget');
  });

  it('puts the CPU policy as it was read', async () => {
    standing({ policy: policy({ name: 'mine', target: 33 }) });
    await rowsOf('put-policy');
    const put = autoscaling
      .calls()
      .map(({ args }) => args[0].input)
      .filter((input) => 'PolicyType' in input);
    expect(put).toEqual([
      {
        ...named,
        PolicyName: 'mine',
        PolicyType: 'TargetTrackingScaling',
        TargetTrackingScalingPolicyConfiguration: configurationOf(policy({ target: 33 })),
      },
    ]);
  });
});

describe('a rollback that is only tried', () => {
  it('stops a deployment that does not exist, in the account and Region of the execution', async () => {
    ecs
      .on(StopServiceDeploymentCommand)
      .rejects(Object.assign(new Error('no'), { name: 'ServiceDeploymentNotFoundException' }));
    expect(await row('rollback', 'ecs:StopServiceDeployment')).toMatchObject({ result: 'ok' });
    expect(ecs.commandCalls(StopServiceDeploymentCommand)[0]?.args[0].input.serviceDeploymentArn).toBe(
      'arn:aws:ecs:ap-southeast-1:123456789012:service-deployment/buywhere-production/buywhere-api/preflight0000000000000',
    );
  });

  it('describes no deployment where there is none', async () => {
    ecs.on(ListServiceDeploymentsCommand).resolves({});
    expect(await row('rollback', 'ecs:DescribeServiceRevisions')).toMatchObject({ why: 'no-deployment' });
  });
});

describe('other runs', () => {
  it('are asked for by the names of this stage', async () => {
    await rowsOf('intake');
    const arns = states.calls().map(({ args }) => Object(args[0].input).executionArn);
    const stage = 'arn:aws:states:ap-southeast-1:123456789012:execution:emergency-scaling-production';
    expect(arns).toEqual(
      [
        '',
        '-scale-in',
        '-rollback',
        '-configure-autoscaling',
        '-pgbouncer-emergency',
        '-redis-emergency',
      ].map((end) => `${stage}${end}:preflight-no-such-run`),
    );
  });

  it('are started by the webhook only on request, as a dry run that has one name', async () => {
    expect(await row('alert-webhook', 'states:StartExecution')).toMatchObject({ why: 'not-asked' });
    states.resolves({});
    await rowsOf('alert-webhook', { testRun: true });
    expect(states.calls().map(({ args }) => args[0].input)).toEqual([
      {
        stateMachineArn: 'arn:aws:states:r:1:stateMachine:emergency-scaling-production',
        name: 'preflight-run-1',
        input: JSON.stringify({
          environment: 'production',
          service: 'buywhere-api',
          dryRun: true,
          requestedBy: 'preflight',
        }),
      },
    ]);
  });
});

describe('a task token', () => {
  it('of its own is answered, and nothing else is tried', async () => {
    states.resolves({});
    expect(await rowsOf('approval', { taskToken: 'own' })).toEqual([
      { by: 'approval', check: 'token', result: 'ok' },
    ]);
    expect(states.commandCalls(SendTaskSuccessCommand).map(({ args }) => args[0].input)).toEqual([
      { taskToken: 'own', output: '{"answered":true}' },
    ]);
  });
});

describe('an address', () => {
  it('is asked for by both functions that read it', async () => {
    await rowsOf('assess');
    const first = [...asked];
    await rowsOf('wait-verify');
    expect(asked.slice(first.length).map(hostOf)).toEqual(first.map(hostOf));
    expect(first.map(hostOf)).toEqual([
      'api.buywhere.ai',
      'api.buywhere.ai',
      'prometheus.buywhere.ai',
      'api.buywhere.ai',
    ]);
  });

  it('of a webhook is a secret, also where it fails', async () => {
    const http = {
      get: async () => ({ status: 200, latencyMilliseconds: 1, body: '' }),
      post: () => Promise.reject(new TypeError('Failed to parse URL from https://chat.example/secret')),
    };
    const after = () => ({ passed: Promise.resolve(), cancel: () => {} });
    const { log, ...rest } = everything();
    const trials = await notify.preflight(
      { ...ask, testNotice: true },
      { ...rest, log, http, after: (ms) => (ms > 10_000 ? rest.after() : after()) },
    );
    const chat = trials.rows.find(({ on }) => on === 'chat');
    expect(chat).toMatchObject({ result: 'failed', unknown: { cause: 'failed', message: 'TypeError' } });
    expect(JSON.stringify(trials)).not.toContain('secret');
  });
});

const hostOf = (url: string) => new URL(url).host;

describe('metrics', () => {
  const answered = (StatusCode: 'Forbidden' | 'InternalError' | 'Complete') =>
    cloudwatch.on(GetMetricDataCommand).resolves({ MetricDataResults: [{ Id: 'p99', StatusCode }] });
  it.each([
    [
      'that CloudWatch forbids in its answer are a missing right',
      'Forbidden',
      { result: 'missing', right: 'cloudwatch:GetMetricData' },
    ],
    [
      'that CloudWatch cannot tell are none',
      'InternalError',
      { result: 'failed', unknown: { error: 'InternalError' } },
    ],
    ['without a point say nothing of the right', 'Complete', { result: 'ok' }],
  ] as const)('%s', async (_, status, expected) => {
    answered(status);
    expect(await row('assess', 'cloudwatch:GetMetricData')).toMatchObject(expected);
  });
});
