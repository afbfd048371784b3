import { DescribeScheduledActionsCommand } from '@aws-sdk/client-application-auto-scaling';
import { CloudWatchClient, GetMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import {
  DescribeServiceDeploymentsCommand,
  DescribeServiceRevisionsCommand,
  DescribeServicesCommand,
  ListServiceDeploymentsCommand,
  ListTasksCommand,
  type Service,
} from '@aws-sdk/client-ecs';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import { assess } from '../../functions/assess.ts';
import type { Config } from '../../shared/config/schema.ts';
import { configWith, policy, request, secondsLater, service, targetGroup } from '../support/builders.ts';
import { autoscaling, context, ecs, lockedStore, standing } from './harness.ts';

const cloudwatch = mockClient(CloudWatchClient);
beforeEach(() => {
  standing();
  cloudwatch.reset();
  cloudwatch.on(GetMetricDataCommand).resolves({});
  ecs.on(ListTasksCommand).resolves({ taskArns: [] });
});
const denied = Object.assign(new Error('denied'), { name: 'AccessDeniedException' });
const never = new Promise<never>(() => undefined);

async function run(config?: Config) {
  const urls: unknown[] = [];
  const get = async (url: string) => {
    urls.push(url);
    return { status: 200, latencyMilliseconds: 60, body: '' };
  };
  const tools = {
    ...context(await lockedStore(), config ? { config } : {}),
    cloudwatch: new CloudWatchClient({}),
    http: { get, post: async () => never },
  };
  return { seen: await assess.run({ document: { request: request() } }, tools), urls };
}
const seen = async () => (await run()).seen;

/** The service, whose primary deployment began so many minutes ago. */
function deployed(minutes: number, rolloutState: 'COMPLETED' | 'IN_PROGRESS', part: Service = {}) {
  const createdAt = new Date(secondsLater(-60 * minutes));
  ecs.on(DescribeServicesCommand).resolves({
    services: [{ status: 'ACTIVE', deployments: [{ status: 'PRIMARY', rolloutState, createdAt }], ...part }],
  });
}
/** The list of its deployments, newest first: revision, minutes ago, status. */
function listed(...deployments: [revision: number, minutes: number, status: 'SUCCESSFUL' | 'IN_PROGRESS'][]) {
  ecs.on(ListServiceDeploymentsCommand).resolves({
    serviceDeployments: deployments.map(([revision, minutes, status]) => ({
      serviceDeploymentArn: `arn:deployment/${revision}`,
      targetServiceRevisionArn: `arn:revision/${revision}`,
      createdAt: new Date(secondsLater(-60 * minutes)),
      status,
    })),
  });
  ecs.on(DescribeServiceRevisionsCommand).resolves({
    serviceRevisions: deployments.map(([revision]) => ({
      serviceRevisionArn: `arn:revision/${revision}`,
      taskDefinition: `task-definition/buywhere-api:${revision}`,
    })),
  });
}
const paused = () =>
  ecs.on(DescribeServiceDeploymentsCommand).resolves({
    serviceDeployments: [
      { lifecycleHookDetails: [{ hookId: 'hook-1', targetType: 'PAUSE', status: 'AWAITING_ACTION' }] },
    ],
  });

describe('what only the list of deployments tells', () => {
  it.each([10, 15])('a release %i minutes ago', async (minutes) => {
    deployed(minutes, 'COMPLETED');
    listed([42, minutes, 'SUCCESSFUL'], [41, 900, 'SUCCESSFUL']);
    expect((await seen()).service).toMatchObject({
      rollout: 'steady',
      releasedAt: secondsLater(-60 * minutes),
    });
    expect(ecs.commandCalls(DescribeServiceDeploymentsCommand)).toEqual([]);
  });

  it('is no release where it was a restart', async () => {
    deployed(10, 'COMPLETED');
    listed([42, 10, 'SUCCESSFUL'], [42, 900, 'SUCCESSFUL']);
    expect((await seen()).service).not.toHaveProperty('releasedAt');
  });

  it('is not read for a deployment that is over for long', async () => {
    deployed(40.1, 'COMPLETED');
    expect((await seen()).service).toMatchObject({ rollout: 'steady' });
    expect(ecs.commandCalls(ListServiceDeploymentsCommand)).toEqual([]);
  });

  it('a deployment that awaits an action, however long it runs', async () => {
    deployed(600, 'IN_PROGRESS');
    listed([42, 600, 'IN_PROGRESS'], [41, 9000, 'SUCCESSFUL']);
    paused();
    const { service } = await seen();
    expect(service).toMatchObject({ rollout: 'in-progress', pause: { hookId: 'hook-1' } });
    expect(service).not.toHaveProperty('releasedAt');
    expect(ecs.commandCalls(DescribeServiceDeploymentsCommand)[0]?.args[0].input).toEqual({
      serviceDeploymentArns: ['arn:deployment/42'],
    });
  });

  it('a release that runs and awaits nothing', async () => {
    deployed(2, 'IN_PROGRESS');
    listed([42, 2, 'IN_PROGRESS'], [41, 9000, 'SUCCESSFUL']);
    ecs.on(DescribeServiceDeploymentsCommand).resolves({});
    const { service } = await seen();
    expect(service).toMatchObject({ releasedAt: secondsLater(-120) });
    expect(service).not.toHaveProperty('pause');
  });

  it('may stay unknown: whether it is paused, or the whole list', async () => {
    deployed(2, 'IN_PROGRESS');
    listed([42, 2, 'IN_PROGRESS'], [41, 9000, 'SUCCESSFUL']);
    ecs.on(DescribeServiceDeploymentsCommand).rejects(denied);
    expect((await seen()).service).toMatchObject({ releasedAt: secondsLater(-120) });

    ecs.on(ListServiceDeploymentsCommand).rejects(denied);
    const { service } = await seen();
    expect(service).toMatchObject({ status: 'ACTIVE', rollout: 'in-progress' });
    expect(service).not.toHaveProperty('releasedAt');
  });

  it('is not asked for where the service is unknown', async () => {
    ecs.on(DescribeServicesCommand).rejects(denied);
    expect((await seen()).service).toMatchObject({ unknown: { cause: 'denied' } });
    expect(ecs.commandCalls(ListServiceDeploymentsCommand)).toEqual([]);
  });
});

describe('what an assessment sees of autoscaling', () => {
  it('scheduled actions, or that they are unknown', async () => {
    const action = {
      ServiceNamespace: 'ecs' as const,
      ResourceId: 'service/buywhere-production/buywhere-api',
      ScheduledActionName: 'evening',
      ScheduledActionARN: 'arn:evening',
      Schedule: 'cron(0 18 * * ? *)',
      CreationTime: new Date(secondsLater(-86_400)),
    };
    autoscaling.on(DescribeScheduledActionsCommand).resolves({ ScheduledActions: [action] });
    expect((await seen()).autoscaling).toMatchObject({ scheduledActions: [{ name: 'evening' }] });
    autoscaling.on(DescribeScheduledActionsCommand).rejects(denied);
    expect((await seen()).autoscaling).toMatchObject({
      bounds: { min: 1 },
      scheduledActions: { unknown: { cause: 'denied', of: 'scheduled-actions' } },
    });
  });

  it('none of them where no target is registered, but what autoscaling did while there was one', async () => {
    standing({ bounds: undefined, scaledTo: [14] });
    ecs.on(ListTasksCommand).resolves({ taskArns: [] });
    const activities = [expect.objectContaining({ count: 14 })];
    expect((await seen()).autoscaling).toEqual({ absent: true, activities });
  });

  it("the service's own CPU policy, though the temporary one is listed first", async () => {
    const own = policy().name;
    standing({ policy: policy({ name: service.cpuPolicy.temporaryName }), cpuPolicies: [own] });
    ecs.on(ListTasksCommand).resolves({ taskArns: [] });
    expect((await seen()).autoscaling).toMatchObject({
      cpuPolicy: { name: own },
      temporaryPolicyFound: true,
    });
  });
});

describe('what an assessment asks', () => {
  it('no health endpoint that the configuration does not name', async () => {
    const config = configWith((_, { health }) => {
      delete health.mcp;
    });
    const { seen, urls } = await run(config);
    expect(seen.health).toMatchObject({ api: { level: 'ok' }, mcp: { level: 'none' } });
    expect(urls).toContain(service.health.api);
    expect(urls).not.toContain(undefined);
  });

  it('CloudWatch for both target groups between which the service swaps', async () => {
    const arn = (tail: string) => `arn:aws:elasticloadbalancing:ap-southeast-1:123456789012:${tail}`;
    const loadBalancers = [
      {
        targetGroupArn: arn(targetGroup),
        advancedConfiguration: { alternateTargetGroupArn: arn('targetgroup/green/0123456789abcdef') },
      },
    ];
    deployed(600, 'COMPLETED', { loadBalancers });
    await seen();
    const asked = JSON.stringify(cloudwatch.calls().map(({ args }) => args[0].input));
    expect(asked).toContain(targetGroup);
    expect(asked).toContain('targetgroup/green/0123456789abcdef');
  });
});
