import { CloudWatchClient, GetMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import {
  DescribeServiceRevisionsCommand,
  DescribeServicesCommand,
  ListServiceDeploymentsCommand,
  ListTasksCommand,
  type Service,
} from '@aws-sdk/client-ecs';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import { observe } from '../../../shared/assess/observe.ts';
import { serviceConfig } from '../../../shared/config/packaged.ts';
import { memoryRecordStore } from '../../../shared/store/memory.ts';
import { context, ecs, standing } from '../../functions/harness.ts';
import { configWith, now, secondsLater, service, serviceName } from '../../support/builders.ts';

const cloudwatch = mockClient(CloudWatchClient);
beforeEach(() => {
  standing();
  ecs.on(ListTasksCommand).resolves({ taskArns: [] });
  cloudwatch.reset();
  cloudwatch.on(GetMetricDataCommand).resolves({});
});

type Status = number | 'none';

/** What is seen where the health endpoints answer so; `none`: the configuration names no such endpoint. */
async function seen({ api = 200, mcp = 200 }: { api?: Status; mcp?: Status } = {}) {
  const config = configWith((_, { health }) => {
    if (api === 'none') delete health.api;
    if (mcp === 'none') delete health.mcp;
  });
  const statusOf = (url: string) => Number(url === service.health.mcp ? mcp : api);
  const tools = {
    ...context(memoryRecordStore({ now: () => new Date(now) }), { config }),
    cloudwatch: new CloudWatchClient({}),
    http: {
      get: async (url: string) => ({ status: statusOf(url), latencyMilliseconds: 60, body: '' }),
      post: () => new Promise<never>(() => undefined),
    },
  };
  return observe(serviceConfig(config, serviceName), tools);
}

const asksFor = (minutesBefore: number) => ({ StartTime: new Date(secondsLater(-60 * minutesBefore)) });
const dayBefore = asksFor(24 * 60 + 30);
const longer = asksFor(45);

describe('the requests of the day before', () => {
  beforeEach(() => {
    cloudwatch.on(GetMetricDataCommand, dayBefore).resolves({ MetricDataResults: [{ Values: [6000] }] });
  });

  it.each<[Status, Status]>([
    [503, 200],
    [200, 503],
    [503, 503],
    [503, 'none'],
    [401, 200],
  ])('are asked for where health answers %s and %s', async (api, mcp) => {
    expect((await seen({ api, mcp })).dayBefore).toBe(100);
  });

  it.each<[Status, Status]>([
    [200, 200],
    [200, 'none'],
    ['none', 200],
    ['none', 'none'],
  ])('are not asked for where health answers %s and %s', async (api, mcp) => {
    expect(await seen({ api, mcp })).not.toHaveProperty('dayBefore');
    expect(cloudwatch.commandCalls(GetMetricDataCommand, dayBefore)).toEqual([]);
  });

  it('may have been none at all', async () => {
    cloudwatch.on(GetMetricDataCommand, dayBefore).resolves({ MetricDataResults: [{ Values: [0] }] });
    expect((await seen({ api: 503 })).dayBefore).toBe(0);
  });

  it('are left out where they are not known', async () => {
    cloudwatch.on(GetMetricDataCommand, dayBefore).resolves({});
    expect(await seen({ api: 503 })).not.toHaveProperty('dayBefore');
    cloudwatch.on(GetMetricDataCommand, dayBefore).rejects(new Error('not now'));
    expect(await seen({ api: 503 })).not.toHaveProperty('dayBefore');
  });
});

/** The service with a release that began so many seconds ago, and those before it, newest first. */
function released(seconds: number, part: Service = {}, earlier: readonly number[] = []) {
  const createdAt = new Date(secondsLater(-seconds));
  const begun = [createdAt, ...earlier.map((each) => new Date(secondsLater(-each))), new Date(0)];
  ecs.on(DescribeServicesCommand).resolves({
    services: [
      {
        status: 'ACTIVE',
        deployments: [{ status: 'PRIMARY', rolloutState: 'COMPLETED', createdAt }],
        ...part,
      },
    ],
  });
  ecs.on(ListServiceDeploymentsCommand).resolves({
    serviceDeployments: begun.map((at, i) => ({
      serviceDeploymentArn: `deployment/${i}`,
      targetServiceRevisionArn: `revision/${i}`,
      createdAt: at,
      status: 'SUCCESSFUL' as const,
    })),
  });
  ecs.on(DescribeServiceRevisionsCommand).resolves({
    serviceRevisions: begun.map((_, i) => ({
      serviceRevisionArn: `revision/${i}`,
      taskDefinition: `api:${i}`,
    })),
  });
}

describe('metrics of a longer time', () => {
  beforeEach(() => {
    cloudwatch.on(GetMetricDataCommand, longer).resolves({
      MetricDataResults: [{ Id: 'cpu', Timestamps: [new Date(secondsLater(-60))], Values: [40] }],
    });
  });

  it('are read for a release of more than ten minutes ago', async () => {
    released(601);
    expect(await seen()).toMatchObject({
      service: { releasedAt: secondsLater(-601) },
      longer: { cpuPercent: { points: [{ value: 40 }] } },
    });
  });

  it('are not read for a younger release, nor without one', async () => {
    released(600);
    expect(await seen()).not.toHaveProperty('longer');
    standing();
    expect(await seen()).not.toHaveProperty('longer');
    expect(cloudwatch.commandCalls(GetMetricDataCommand, longer)).toEqual([]);
  });

  it('are left out where they cannot be read; the rest is known', async () => {
    released(601);
    cloudwatch.on(GetMetricDataCommand, longer).rejects(new Error('not now'));
    const observed = await seen();
    expect(observed).not.toHaveProperty('longer');
    expect(observed.service).toMatchObject({ releasedAt: secondsLater(-601) });
  });
});

describe('the present deployment', () => {
  /** One that began a minute ago, as it is listed, and as ECS shows the service. */
  const ended = (status: 'SUCCESSFUL' | 'STOPPED', rolloutState: 'COMPLETED' | 'IN_PROGRESS') => {
    released(60, {
      deployments: [{ status: 'PRIMARY', rolloutState, createdAt: new Date(secondsLater(-60)) }],
    });
    const finishedAt = new Date(secondsLater(-20));
    ecs.on(ListServiceDeploymentsCommand).resolves({ serviceDeployments: [{ status, finishedAt }] });
  };

  it('has completed when the list says so', async () => {
    ended('SUCCESSFUL', 'COMPLETED');
    expect((await seen()).service).toMatchObject({ completedAt: secondsLater(-20) });
  });

  it('has not where it runs, which the list may not show yet, or where it was stopped', async () => {
    ended('SUCCESSFUL', 'IN_PROGRESS');
    expect((await seen()).service).not.toHaveProperty('completedAt');
    ended('STOPPED', 'COMPLETED');
    expect((await seen()).service).not.toHaveProperty('completedAt');
  });
});

describe('releases that another one has followed', () => {
  const window = 2400;
  const earlier = (i: number, at: number, until: number) => ({
    taskDefinition: `api:${i}`,
    at: secondsLater(-at),
    until: secondsLater(-until),
  });

  it('are seen as long as the present one is, newest first', async () => {
    released(60, {}, [300, window, window + 1]);
    expect((await seen()).service).toMatchObject({
      releasedAt: secondsLater(-60),
      earlierReleases: [earlier(1, 300, 60), earlier(2, window, 300)],
    });
  });

  it('are left out where there was none', async () => {
    released(60);
    expect((await seen()).service).not.toHaveProperty('earlierReleases');
  });

  it('are enough to read metrics of a longer time, as soon as one is older than ten minutes', async () => {
    cloudwatch.on(GetMetricDataCommand, longer).resolves({
      MetricDataResults: [{ Id: 'cpu', Timestamps: [new Date(secondsLater(-60))], Values: [40] }],
    });
    released(60, {}, [600]);
    expect(await seen()).not.toHaveProperty('longer');
    released(60, {}, [601]);
    expect(await seen()).toHaveProperty('longer');
  });
});

describe('a service that is not the configured one', () => {
  it('tells nothing of its releases either', async () => {
    released(601, {
      loadBalancers: [{ targetGroupArn: 'arn:aws:elasticloadbalancing:x:1:targetgroup/other/1' }],
    });
    const observed = await seen();
    expect(observed.service).toEqual({ unknown: expect.objectContaining({ cause: 'not-usable' }) });
    expect(observed).not.toHaveProperty('longer');
  });
});
