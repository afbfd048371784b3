import {
  ContinueServiceDeploymentCommand,
  type DeploymentLifecycleHookDetail,
  DescribeServiceDeploymentsCommand,
  DescribeServiceRevisionsCommand,
  DescribeServicesCommand,
  DescribeTaskDefinitionCommand,
  ListServiceDeploymentsCommand,
  type ServiceDeploymentBrief,
  StopServiceDeploymentCommand,
} from '@aws-sdk/client-ecs';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { rollback } from '../../functions/rollback.ts';
import type { Request } from '../../shared/document/request.ts';
import { noteLastWrite } from '../../shared/drift/last-write.ts';
import { because } from '../../shared/format/reasons.ts';
import { assessment, incident, now, request, secondsLater } from '../support/builders.ts';
import { context, ecs, listening, lockedStore, quietLog, standing, writes } from './harness.ts';

const asked = (part: Partial<Request> = {}) =>
  request({ machine: 'rollback', source: 'console', rollbackTo: 'previous-task-definition', ...part });
const run = async (part: Partial<Request> = {}, lockNumber = 1, isOn = async () => true, log = quietLog) =>
  rollback.run(
    { document: { request: asked(part), incident: incident(), assessment: assessment() } },
    context(await lockedStore(lockNumber), { isOn, log }),
  );
const deployment = (
  revision: number,
  secondsAgo: number,
  status: ServiceDeploymentBrief['status'] = 'SUCCESSFUL',
) => ({
  serviceDeploymentArn: `arn:deployment/${revision}`,
  targetServiceRevisionArn: `arn:revision/${revision}`,
  status,
  createdAt: new Date(secondsLater(-secondsAgo)),
});
const definition = (revision: number) =>
  `arn:aws:ecs:ap-southeast-1:123456789012:task-definition/buywhere-api:${revision}`;

beforeEach(() => {
  standing({ taskDefinition: definition(42) });
  deployments(deployment(42, 600), deployment(41, 86_400));
  ecs.on(DescribeTaskDefinitionCommand).resolves({ taskDefinition: { status: 'ACTIVE' } });
  ecs.on(StopServiceDeploymentCommand).resolves({});
  paused();
});

/** The hooks of the newest deployment. */
function paused(...lifecycleHookDetails: DeploymentLifecycleHookDetail[]): void {
  ecs.on(DescribeServiceDeploymentsCommand).resolves({ serviceDeployments: [{ lifecycleHookDetails }] });
  ecs.on(ContinueServiceDeploymentCommand).resolves({});
}

function deployments(...list: ReturnType<typeof deployment>[]): void {
  ecs.on(ListServiceDeploymentsCommand).resolves({ serviceDeployments: list });
  ecs.on(DescribeServiceRevisionsCommand).resolves({
    serviceRevisions: [43, 42, 41].map((revision) => ({
      serviceRevisionArn: `arn:revision/${revision}`,
      taskDefinition: definition(revision),
    })),
  });
}
const redeploy = (revision: number) => [
  'UpdateService',
  {
    cluster: 'buywhere-production',
    service: 'buywhere-api',
    taskDefinition: expect.stringMatching(new RegExp(`buywhere-api:${revision}$`)),
    forceNewDeployment: true,
  },
];

describe('rollback', () => {
  it('goes back to the last completed deployment before the current one', async () => {
    expect(await run()).toMatchObject({
      action: 'previous-task-definition',
      to: 'buywhere-api:41',
      from: { desired: 3 },
    });
    expect(writes()).toEqual([redeploy(41)]);
  });

  it('holds where that definition cannot be deployed any more', async () => {
    ecs.on(DescribeTaskDefinitionCommand).resolves({ taskDefinition: { status: 'INACTIVE' } });
    expect(await run()).toMatchObject({
      action: 'hold',
      reasons: [because('definition-inactive', { to: 'buywhere-api:41' })],
    });

    ecs
      .on(DescribeTaskDefinitionCommand)
      .rejects(Object.assign(new Error('not found'), { name: 'ClientException' }));
    expect(await run()).toMatchObject({ action: 'hold' });
    expect(writes()).toEqual([]);
  });

  it('stops a deployment that is still running', async () => {
    standing({ taskDefinition: definition(43) });
    deployments(deployment(43, 60, 'IN_PROGRESS'), deployment(42, 3600));
    ecs.on(StopServiceDeploymentCommand).resolves({});
    paused({ hookId: 'done', targetType: 'PAUSE', status: 'SUCCEEDED' });

    expect(await run({ rollbackTo: 'automatic' })).toMatchObject({
      action: 'stop-deployment',
      to: 'buywhere-api:42',
    });
    expect(writes()).toEqual([
      ['StopServiceDeployment', { serviceDeploymentArn: 'arn:deployment/43', stopType: 'ROLLBACK' }],
    ]);
  });

  it('rolls one back that awaits an action, at its hook', async () => {
    standing({ taskDefinition: definition(43) });
    deployments(deployment(43, 60, 'IN_PROGRESS'), deployment(42, 3600));
    paused(
      { hookId: 'lambda', targetType: 'AWS_LAMBDA', status: 'AWAITING_ACTION' },
      { hookId: 'pause', targetType: 'PAUSE', status: 'AWAITING_ACTION' },
    );

    expect(await run({ rollbackTo: 'automatic' })).toMatchObject({
      action: 'stop-deployment',
      hook: 'pause',
      to: 'buywhere-api:42',
    });
    expect(writes()).toEqual([
      [
        'ContinueServiceDeployment',
        { serviceDeploymentArn: 'arn:deployment/43', hookId: 'pause', action: 'ROLLBACK' },
      ],
    ]);
  });

  it('starts nothing more when it runs again', async () => {
    deployments(
      { ...deployment(41, 0, 'IN_PROGRESS'), createdAt: new Date(now) },
      deployment(42, 600),
      deployment(41, 86_400),
    );

    expect(await run()).toMatchObject({ action: 'started' });
    expect(writes()).toEqual([]);
  });

  it('deploys the present definition again when asked to', async () => {
    await run({ rollbackTo: 'redeploy' });
    // Without its name, which would take rights on its roles.
    expect(writes()).toEqual([
      [
        'UpdateService',
        { cluster: 'buywhere-production', service: 'buywhere-api', forceNewDeployment: true },
      ],
    ]);
  });

  it('sets a count when asked to, but never lowers production by itself', async () => {
    await run({ rollbackTo: 'desired-count', desiredCount: 5 });
    expect(writes()).toEqual([
      ['UpdateService', { cluster: 'buywhere-production', service: 'buywhere-api', desiredCount: 5 }],
    ]);

    standing({ desired: 9 });
    deployments(deployment(42, 86_400));
    expect(await run({ rollbackTo: 'desired-count', desiredCount: 5 })).toMatchObject({ action: 'hold' });
    expect(writes()).toEqual([]);
  });

  it('goes by what this incident wrote just now, where ECS does not show it yet', async () => {
    const store = await lockedStore();
    await noteLastWrite(incident(), { desired: 6, desiredAt: now }, store);
    const to = (desiredCount: number) =>
      rollback.run(
        {
          document: {
            request: asked({ rollbackTo: 'desired-count', desiredCount }),
            incident: incident(),
            assessment: assessment(),
          },
        },
        context(store),
      );
    expect(await to(5)).toMatchObject({ action: 'hold' });
    expect(writes()).toEqual([]);

    // ECS shows nine, of which this incident has just taken three away.
    standing({ desired: 9 });
    deployments(deployment(42, 86_400));
    expect(await to(9)).toMatchObject({ action: 'desired-count', to: 9 });
    expect(writes()).toEqual([
      ['UpdateService', { cluster: 'buywhere-production', service: 'buywhere-api', desiredCount: 9 }],
    ]);
  });

  it('writes no count that is there already', async () => {
    expect(await run({ rollbackTo: 'desired-count', desiredCount: 3 })).toMatchObject({
      action: 'desired-count',
      to: 3,
    });
    expect(writes()).toEqual([]);
  });

  it('holds also while the switch is off, or another run has the lock', async () => {
    deployments(deployment(42, 86_400));
    const hold = { action: 'hold', reasons: [because('no-earlier-deployment')] };
    expect(await run({}, 1, async () => false)).toMatchObject(hold);
    expect(await run({}, 2)).toMatchObject(hold);
  });

  it('tells what was there before, and the log what it does', async () => {
    const { log, lines } = listening();
    const createdAt = new Date(secondsLater(-600));
    ecs.on(DescribeServicesCommand).resolves({
      services: [
        {
          status: 'ACTIVE',
          desiredCount: 3,
          taskDefinition: definition(42),
          deployments: [{ status: 'PRIMARY', rolloutState: 'COMPLETED', createdAt }],
        },
      ],
    });
    const decision = {
      action: 'previous-task-definition',
      to: 'buywhere-api:41',
      reasons: [because('back-to-definition', { from: 'buywhere-api:42', to: 'buywhere-api:41' })],
    };
    expect(await run({}, 1, async () => true, log)).toEqual({
      ...decision,
      from: { taskDefinition: definition(42), desired: 3, deployedAt: secondsLater(-600) },
    });
    expect(lines).toEqual([['info', 'rollback: previous-task-definition', decision]]);
  });

  it('writes nothing in a dry run, without the lock, or with the switch off', async () => {
    expect(await run({ dryRun: true })).toMatchObject({ action: 'previous-task-definition' });
    await expect(run({}, 2)).rejects.toMatchObject({ name: 'LockLostError' });
    await expect(run({}, 1, async () => false)).rejects.toMatchObject({ name: 'SwitchedOffError' });

    expect(writes()).toEqual([]);
  });
});
