import {
  DescribeScalableTargetsCommand,
  DescribeScalingActivitiesCommand,
  DescribeScalingPoliciesCommand,
} from '@aws-sdk/client-application-auto-scaling';
import { CloudWatchClient, GetMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import {
  DescribeServiceRevisionsCommand,
  DescribeServicesCommand,
  DescribeTasksCommand,
  ListServiceDeploymentsCommand,
  ListTasksCommand,
} from '@aws-sdk/client-ecs';
import { beforeEach, describe, expect, it, jest } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import { assess } from '../../functions/assess.ts';
import { waitVerify } from '../../functions/wait-verify.ts';
import { metricNames } from '../../shared/config/metric-catalogue.ts';
import type { HttpAnswer } from '../../shared/lambda/context.ts';
import { ask } from '../shared/preflight/support.ts';
import { configWith, incident, now, request, secondsLater, service } from '../support/builders.ts';
import {
  autoscaling,
  context,
  ecs,
  listening,
  lockedStore,
  quietMetrics,
  standing,
  writes,
} from './harness.ts';

const cloudwatch = mockClient(CloudWatchClient);
beforeEach(() => {
  standing();
  cloudwatch.reset();
  cloudwatch.on(GetMetricDataCommand).resolves(quietMetrics());
  ecs.on(ListTasksCommand).resolves({ taskArns: [] });
});

const never = new Promise<never>(() => undefined);
const answers = (part: Partial<HttpAnswer> = {}) => ({
  status: 200,
  latencyMilliseconds: 60,
  body: '{"status":"ok"}',
  ...part,
});
const cancel = jest.fn();

interface Given {
  get?: (url: string) => Promise<HttpAnswer>;
  /** The deadline passes at once. */
  late?: boolean;
}
async function toolsFor({ get = async () => answers(), late = false }: Given = {}) {
  cancel.mockClear();
  return {
    ...context(await lockedStore()),
    cloudwatch: new CloudWatchClient({}),
    http: { get, post: async () => never },
    after: () => ({
      passed: late ? new Promise<void>((resolve) => void setImmediate(resolve)) : never,
      cancel,
    }),
  };
}
const run = async (given?: Given) => assess.run({ document: { request: request() } }, await toolsFor(given));

describe('assess', () => {
  it('judges every metric, and sees the service, its autoscaling and its health', async () => {
    const seen = await run();

    expect(metricNames.map((name) => seen.metrics[name].level)).toEqual(metricNames.map(() => 'ok'));
    expect(seen).toMatchObject({
      at: now,
      service: { desired: 3, running: 3 },
      autoscaling: {
        bounds: { min: 1, max: 10 },
        cpuPolicy: { name: 'buywhere-api-cpu-scaling' },
        temporaryPolicyFound: false,
      },
      health: { api: { level: 'ok' }, mcp: { level: 'ok' } },
    });
    expect(cancel).toHaveBeenCalledTimes(2);
  });

  it.each([
    [300, [15]],
    [660, [15, 45]],
    [2400, [15, 45]],
    [2460, [15]],
  ])('a release %i s ago: reads so many minutes: %j', async (seconds, minutes) => {
    const arn = 'arn:aws:ecs:ap-southeast-1:123456789012:service-revision/cluster/service';
    const deployed = new Date(secondsLater(-seconds));
    ecs.on(DescribeServicesCommand).resolves({
      services: [
        {
          status: 'ACTIVE',
          desiredCount: 3,
          runningCount: 3,
          taskDefinition: 'buywhere-api:42',
          deployments: [{ status: 'PRIMARY', createdAt: deployed, rolloutState: 'COMPLETED' }],
        },
      ],
    });
    ecs.on(ListServiceDeploymentsCommand).resolves({
      serviceDeployments: ['2', '1'].map((one) => ({
        serviceDeploymentArn: one,
        status: 'SUCCESSFUL' as const,
        createdAt: one === '2' ? deployed : new Date(secondsLater(-90_000)),
        targetServiceRevisionArn: `${arn}/${one}`,
      })),
    });
    ecs.on(DescribeServiceRevisionsCommand).resolves({
      serviceRevisions: ['2', '1'].map((one) => ({
        serviceRevisionArn: `${arn}/${one}`,
        taskDefinition: `task-definition/buywhere-api:4${one}`,
      })),
    });
    await run();
    const asked = cloudwatch.commandCalls(GetMetricDataCommand).map(({ args: [{ input }] }) => input);
    const from = asked.map(({ StartTime }) => (Date.parse(now) - (StartTime?.getTime() ?? 0)) / 60_000);
    expect(from).toEqual(minutes);
  });

  it('tells the log the cause and every metric', async () => {
    const { log, lines } = listening();
    const { cause, metrics } = await assess.run(
      { document: { request: request() } },
      { ...(await toolsFor()), log },
    );
    expect(metrics.cpuPercent).toMatchObject({ level: 'ok', value: 40 });
    expect(lines).toEqual([['info', 'assessed', { cause, metrics }]]);
  });

  describe('where the PgBouncers are tasks of an ECS service', () => {
    const config = configWith((_, { pgbouncer }) =>
      Object.assign(pgbouncer ?? {}, {
        instances: { cluster: 'data', service: 'pgbouncer' },
        statsSecret: '/pools/stats',
        tls: 'none',
      }),
    );
    const ofPools = {
      cluster: 'data',
      serviceName: 'pgbouncer',
      desiredStatus: 'RUNNING',
      maxResults: 100,
    } as const;
    const assessed = async (given?: Given) =>
      (await assess.run({ document: { request: request() } }, { ...(await toolsFor(given)), config }))
        .pgbouncer;

    it('says where each is, for functions that cannot ask ECS', async () => {
      const details = [{ name: 'privateIPv4Address', value: '10.0.1.5' }];
      ecs.on(ListTasksCommand, ofPools).resolves({ taskArns: ['arn:task/data/a1'] });
      ecs.on(DescribeTasksCommand, { cluster: 'data', tasks: ['arn:task/data/a1'] }).resolves({
        tasks: [
          {
            taskArn: 'arn:task/data/a1',
            lastStatus: 'RUNNING',
            desiredStatus: 'RUNNING',
            attachments: [{ type: 'ElasticNetworkInterface', details }],
          },
        ],
      });
      expect(await assessed()).toEqual([{ task: 'a1', running: true, address: '10.0.1.5' }]);
    });

    it.each<[string, string, Error | undefined, Given | undefined]>([
      ['is denied', 'denied', Object.assign(new Error('no'), { name: 'AccessDeniedException' }), undefined],
      [
        'knows no such service',
        'missing',
        Object.assign(new Error('no'), { name: 'ServiceNotFoundException' }),
        undefined,
      ],
      ['does not answer in time', 'late', undefined, { late: true }],
    ])('says why nobody knows where ECS %s, and judges all the rest', async (_, cause, error, given) => {
      const asked = ecs.on(ListTasksCommand, ofPools);
      if (error) asked.rejects(error);
      else asked.callsFake(() => never);
      expect(await assessed(given)).toMatchObject({ unknown: { cause } });
    });

    it('does not ask in an environment that names none', async () => {
      expect(await run()).not.toHaveProperty('pgbouncer');
      expect(ecs.commandCalls(ListTasksCommand, ofPools)).toHaveLength(0);
    });

    it('tries both calls in a preflight', async () => {
      const { rows } = await assess.preflight(ask, { ...(await toolsFor()), config });
      expect(rows.filter(({ on }) => on === 'data/pgbouncer')).toMatchObject([
        { check: 'ecs:ListTasks', result: 'ok' },
        { check: 'ecs:DescribeTasks' },
      ]);
    });
  });

  it('only reads', async () => {
    await run();
    const asked = cloudwatch.calls().map(({ args }) => args[0].constructor.name);

    expect(writes()).toEqual([]);
    expect([...new Set(asked)]).toEqual(['GetMetricDataCommand']);
  });

  it('comes back at the deadline: what never answers is unknown, the rest counts', async () => {
    cloudwatch.on(GetMetricDataCommand).callsFake(() => never);
    const seen = await run({
      late: true,
      get: (url) => (url === service.health.mcp ? never : Promise.resolve(answers())),
    });

    expect(seen.metrics.cpuPercent).toMatchObject({
      level: 'unknown',
      unknown: { cause: 'late', seconds: 10, text: 'no answer within 10 s' },
    });
    expect(seen.service).toMatchObject({ desired: 3 });
    expect([seen.health.api.level, seen.health.mcp.level]).toEqual(['ok', 'unknown']);
  });

  const denied = Object.assign(new Error('denied'), { name: 'AccessDeniedException' });
  it('calls each part unknown whose source fails, and says why', async () => {
    cloudwatch.on(GetMetricDataCommand).rejects(denied);
    autoscaling.on(DescribeScalableTargetsCommand).rejects(denied);
    ecs.on(DescribeServicesCommand).rejects(denied);
    ecs.on(ListTasksCommand).rejects(denied);
    const seen = await run({ get: async () => Promise.reject(new TypeError('fetch failed')) });

    expect(metricNames.map((name) => seen.metrics[name].level)).toEqual(metricNames.map(() => 'unknown'));
    expect(seen).toMatchObject({
      service: { unknown: { cause: 'denied', text: 'ECS service: access denied: denied' } },
      autoscaling: { unknown: { cause: 'denied', text: 'scalable target: access denied: denied' } },
      health: { api: { level: 'unknown', detail: expect.stringContaining('fetch failed') } },
    });
    expect(seen.metrics.cpuPercent.unknown?.cause).toBe('denied');
  });

  it('does not know autoscaling without its policies', async () => {
    autoscaling.on(DescribeScalingPoliciesCommand).rejects(denied);
    expect((await run()).autoscaling).toMatchObject({
      unknown: { cause: 'denied', of: 'scaling-policies' },
    });
  });

  it('tells an absent scalable target from an unknown one', async () => {
    standing({ bounds: undefined });
    ecs.on(ListTasksCommand).resolves({ taskArns: [] });
    expect((await run()).autoscaling).toEqual({ absent: true, activities: [] });
  });

  it('ends the run where the service does not exist', async () => {
    ecs.on(DescribeServicesCommand).resolves({ services: [], failures: [{ reason: 'MISSING' }] });
    await expect(run()).rejects.toMatchObject({
      name: 'ServiceNotUsableError',
      message: 'service buywhere-api in cluster buywhere-production: MISSING',
    });
  });

  it.each<[string, Partial<HttpAnswer>, string]>([
    ['200 and ok', {}, 'ok'],
    ['200 without a body', { body: '' }, 'ok'],
    ['204', { status: 204 }, 'ok'],
    ['200, but says degraded', { body: '{"status":"degraded"}' }, 'warning'],
    ['200, but a dependency is down', { body: '{"status":"ok","checks":{"redis":"down"}}' }, 'warning'],
    ['300', { status: 300 }, 'unknown'],
    ['301', { status: 301 }, 'unknown'],
    ['400', { status: 400 }, 'critical'],
    ['401: a filter', { status: 401 }, 'unknown'],
    ['403: a filter', { status: 403 }, 'unknown'],
    ['404', { status: 404 }, 'critical'],
    ['200 and a word that nobody knows', { body: '{"status":"success"}' }, 'ok'],
    ['503', { status: 503, body: '{"status":"ok"}' }, 'critical'],
  ])('health that answers %s: %3$s', async (_, answer, level) => {
    expect((await run({ get: async () => answers(answer) })).health.api.level).toBe(level);
  });

  it.each<[string, Partial<HttpAnswer>, string, string]>([
    ['no word', { body: '', latencyMilliseconds: 60.4 }, 'ok', '200 in 60 ms'],
    ['a word that means ok', { status: 299, body: '{"status":"UP"}' }, 'ok', '299 in 60 ms, says "UP"'],
    ['a word that begins so', { body: '{"status":"ok-ish"}' }, 'ok', '200 in 60 ms, says "ok-ish"'],
    ['a word that ends so', { body: '{"status":"not ok"}' }, 'warning', '200 in 60 ms, says "not ok"'],
    [
      'two dependencies',
      { body: '{"status":"ok","checks":{"redis":"down","database":false}}' },
      'warning',
      '200 in 60 ms, says "ok", redis, database down',
    ],
    ['a status below 200', { status: 199 }, 'critical', '199 in 60 ms, says "ok"'],
  ])('health in words, of %s', async (_, answer, level, detail) => {
    expect((await run({ get: async () => answers(answer) })).health.api).toMatchObject({ level, detail });
  });

  it('health that does not answer, in words', async () => {
    const { health } = await run({ get: async () => Promise.reject(new TypeError('gone')) });
    const unknown = { cause: 'failed', error: 'TypeError', message: 'gone', text: 'the call failed: gone' };
    const gone = { level: 'unknown', unknown, detail: 'the call failed: gone', down: [] };
    expect(health).toEqual({ api: gone, mcp: gone });
  });

  it('does not know autoscaling without its activities: who moved the count?', async () => {
    autoscaling.on(DescribeScalingActivitiesCommand).rejects(denied);
    expect((await run()).autoscaling).toMatchObject({
      unknown: { cause: 'denied', of: 'scaling-activities' },
    });
  });

  it('finds the temporary policy beside the others', async () => {
    const temporary = 'buywhere-api-cpu-scaling-temp';
    standing({ cpuPolicies: [temporary], otherPolicies: ['memory'] });
    ecs.on(ListTasksCommand).resolves({ taskArns: [] });
    expect((await run()).autoscaling).toMatchObject({ temporaryPolicyFound: true });
    standing({ otherPolicies: [temporary] });
    ecs.on(ListTasksCommand).resolves({ taskArns: [] });
    expect((await run()).autoscaling).toMatchObject({ temporaryPolicyFound: false });
  });

  it('has ten seconds, and spends five of them at most on the service alone', async () => {
    const timers: number[] = [];
    const given = await toolsFor();
    const after = (milliseconds: number) => {
      timers.push(milliseconds);
      return given.after();
    };
    await assess.run({ document: { request: request() } }, { ...given, after });
    expect(timers).toEqual([10_000, 5000]);
  });

  it('counts stopped tasks by their reason, without those that were scaled in', async () => {
    ecs.on(ListTasksCommand).resolves({ taskArns: ['a', 'b', 'c', 'd'] });
    const pull = {
      stopCode: 'TaskFailedToStart' as const,
      stoppedReason: 'CannotPullContainerError',
      stoppedAt: new Date(secondsLater(-60)),
    };
    ecs.on(DescribeTasksCommand).resolves({
      tasks: [
        pull,
        pull,
        { stopCode: 'ServiceSchedulerInitiated', stoppedAt: new Date(now) },
        { ...pull, stoppedAt: new Date(secondsLater(-3600)) },
      ],
    });

    expect((await run()).stoppedTasks).toEqual([
      {
        kind: 'never-started',
        reason: 'TaskFailedToStart: CannotPullContainerError',
        count: 2,
        asked: [secondsLater(-60), secondsLater(-60)],
        ended: secondsLater(-60),
      },
    ]);
  });

  it('says that it does not know which tasks stopped, where ECS does not answer', async () => {
    ecs.on(ListTasksCommand).resolves({ taskArns: ['a'] });
    ecs.on(DescribeTasksCommand).rejects(new Error('not now'));

    expect(await run()).toMatchObject({
      stoppedTasks: [],
      stoppedTasksUnknown: { cause: 'failed', of: 'stopped-tasks', message: 'not now' },
    });
  });
});

describe('assess where AWS throttles', () => {
  const throttled = Object.assign(new Error('Rate exceeded'), { name: 'ThrottlingException' });
  const waited = (seconds: number) => request({ receivedAt: secondsLater(-seconds) });
  const runAfter = async (seconds: number) =>
    assess.run({ document: { request: waited(seconds) } }, await toolsFor());

  it('waits for the service, and spares every other call', async () => {
    ecs.on(DescribeServicesCommand).rejects(throttled);
    await expect(run()).rejects.toMatchObject({ name: 'ThrottledError' });
    expect(cloudwatch.calls()).toEqual([]);
    expect(autoscaling.calls()).toEqual([]);
  });

  it('waits for autoscaling: without it nothing could be given back', async () => {
    autoscaling.on(DescribeScalableTargetsCommand).rejects(throttled);
    await expect(run()).rejects.toMatchObject({
      name: 'ThrottledError',
      message: 'AWS throttles what tells of autoscaling or of the metrics',
    });
  });

  it('waits two minutes for metrics, and then does without', async () => {
    cloudwatch.on(GetMetricDataCommand).rejects(throttled);
    await expect(runAfter(119)).rejects.toMatchObject({ name: 'ThrottledError' });
    expect(await runAfter(121)).toMatchObject({ metrics: { cpuPercent: { level: 'unknown' } } });
  });

  it('calls a person after half an hour, and not at it', async () => {
    ecs.on(DescribeServicesCommand).rejects(throttled);
    await expect(runAfter(1800)).rejects.toMatchObject({ name: 'ThrottledError' });
    await expect(runAfter(1801)).rejects.toMatchObject({
      name: 'UnknownStateError',
      message: expect.stringContaining('for 30 minutes'),
    });
  });
});

describe('wait-verify', () => {
  const verify = async (lockNumber: number) =>
    waitVerify.run(
      {
        goal: 'calm',
        document: { request: request({ machine: 'scale-in' }), incident: incident({ lockNumber }) },
      },
      await toolsFor(),
    );

  it('looks once and says when to look again', async () => {
    expect(await verify(1)).toMatchObject({
      goal: 'calm',
      state: 'waiting',
      calmSince: now,
      nextCheckSeconds: 60,
    });
    expect(writes()).toEqual([]);
  });

  it('ends a run that has lost its lock, before it reads anything', async () => {
    await expect(verify(0)).rejects.toMatchObject({ name: 'LockLostError' });
    expect(cloudwatch.calls()).toEqual([]);
  });
});
