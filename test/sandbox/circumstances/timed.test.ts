import { DescribeScalingPoliciesCommand } from '@aws-sdk/client-application-auto-scaling';
import {
  ContinueServiceDeploymentCommand,
  DescribeServiceDeploymentsCommand,
  DescribeServicesCommand,
  ListServiceDeploymentsCommand,
  UpdateServiceCommand,
} from '@aws-sdk/client-ecs';
import { afterEach, describe, expect, it } from '@jest/globals';
import { given, named, rehearse, scalable, settings } from './rehearsal.ts';

type Rehearsal = Awaited<ReturnType<typeof rehearse>>;
let played: Rehearsal | undefined;

const play = async (circumstances: Record<string, unknown>) => {
  played = await rehearse(given(circumstances));
  return played;
};

afterEach(() => played?.close());

/** The first alarm of the traffic spike with seed 1 fires then, seconds after the start. */
const alarm = 360;

const deploymentsOf = async ({ ecs }: Rehearsal) => {
  const { serviceDeployments = [] } = await ecs.send(new ListServiceDeploymentsCommand(named));
  const serviceDeploymentArns = serviceDeployments.flatMap(
    ({ serviceDeploymentArn }) => serviceDeploymentArn ?? [],
  );
  const described = new DescribeServiceDeploymentsCommand({ serviceDeploymentArns });
  return (await ecs.send(described)).serviceDeployments ?? [];
};

describe('circumstances that happen at a time', () => {
  it('a good release an hour before the alarm is long done, a restart 30 s after it is running', async () => {
    const sandbox = await play({
      deployments: [{ secondsAfterAlarm: -3600 }, { secondsAfterAlarm: 30, restart: true }],
    });
    await sandbox.until(alarm + 40);
    const simulated = sandbox.world.service(settings.cluster, settings.service);
    expect(simulated?.history.map(({ taskDefinition, status }) => `${taskDefinition} ${status}`)).toEqual([
      'buywhere-api:43 IN_PROGRESS',
      'buywhere-api:43 SUCCESSFUL',
      'buywhere-api:42 SUCCESSFUL',
      'buywhere-api:41 SUCCESSFUL',
    ]);
    const [restart, release] = await deploymentsOf(sandbox);
    const age = (at: Date | undefined) => (sandbox.time.now() - (at?.getTime() ?? 0)) / 1000;
    expect(age(restart?.startedAt)).toBeCloseTo(10, -1);
    // The longer history has other noise, so the alarm is not exactly where it was.
    expect(Math.abs(age(release?.startedAt) - 3640)).toBeLessThan(60);
  });

  it('a bad release fails requests', async () => {
    const sandbox = await play({ scenario: 'quiet', deployments: [{ secondsAfterAlarm: 0, bad: true }] });
    await sandbox.until(900);
    const simulated = sandbox.world.service(settings.cluster, settings.service);
    const minute = sandbox.time.now() - 120_000;
    expect(simulated?.minute('HTTPCode_Target_5XX_Count', 'Sum', minute)).toBeGreaterThan(10);
  });

  it('a deployment pauses until it is continued', async () => {
    const sandbox = await play({
      scenario: 'quiet',
      deployments: [{ secondsAfterAlarm: 0 }],
      troubles: [{ kind: 'deployment-pause', secondsAfterAlarm: -10, forSeconds: 60 }],
    });
    await sandbox.until(600);
    const [waiting] = await deploymentsOf(sandbox);
    expect(waiting).toMatchObject({
      status: 'IN_PROGRESS',
      lifecycleStage: 'PRE_SCALE_UP',
      lifecycleHookDetails: [{ targetType: 'PAUSE', status: 'AWAITING_ACTION', timeoutAction: 'ROLLBACK' }],
    });
    const request = {
      serviceDeploymentArn: waiting?.serviceDeploymentArn,
      hookId: waiting?.lifecycleHookDetails?.[0]?.hookId,
    };
    const wrong = new ContinueServiceDeploymentCommand({ ...request, hookId: 'ecs-pause-other' });
    await expect(sandbox.ecs.send(wrong)).rejects.toMatchObject({ name: 'InvalidParameterException' });
    await sandbox.ecs.send(new ContinueServiceDeploymentCommand({ ...request, action: 'CONTINUE' }));
    await sandbox.until(900);
    expect(await deploymentsOf(sandbox)).toMatchObject([
      { status: 'SUCCESSFUL', lifecycleHookDetails: [{ status: 'SUCCEEDED' }] },
      { status: 'SUCCESSFUL' },
      { status: 'SUCCESSFUL' },
    ]);
  });

  it('terraform apply sets everything back to the baseline, as a person', async () => {
    const sandbox = await play({ terraformApply: { secondsAfterAlarm: 60 } });
    await sandbox.until(alarm);
    await sandbox.ecs.send(new UpdateServiceCommand({ ...named, desiredCount: 7 }));
    await sandbox.until(alarm + 61);
    expect(sandbox.aws.settings(settings.cluster, settings.service)).toMatchObject({
      desired: 3,
      min: 1,
      max: 10,
    });
    expect(sandbox.aws.writes.at(-1)).toMatchObject({ who: 'terraform', call: 'ecs:UpdateService' });
  });

  it('ECS lags behind writes', async () => {
    const { ecs, until } = await play({ scenario: 'quiet', ecsLagSeconds: 15 });
    await until(60);
    await ecs.send(new UpdateServiceCommand({ ...named, desiredCount: 7 }));
    const request = { cluster: named.cluster, services: [named.service] };
    const shown = async () =>
      (await ecs.send(new DescribeServicesCommand(request))).services?.[0]?.desiredCount;
    expect(await shown()).toBe(3);
    await until(80);
    expect(await shown()).toBe(7);
  });

  it('a step policy of its own really scales', async () => {
    const sandbox = await play({
      policies: [
        {
          PolicyName: 'steps',
          PolicyARN: 'arn:aws:autoscaling:eu-west-1:123456789012:scalingPolicy:pasted',
          StepScalingPolicyConfiguration: {
            AdjustmentType: 'ChangeInCapacity',
            StepAdjustments: [{ MetricIntervalLowerBound: 0, ScalingAdjustment: 4 }],
            Cooldown: 60,
          },
          cpuAbovePercent: 75,
        },
      ],
    });
    const { ScalingPolicies } = await sandbox.scaling.send(new DescribeScalingPoliciesCommand(scalable));
    expect(ScalingPolicies?.map(({ PolicyName }) => PolicyName)).toEqual([settings.cpuPolicy.name, 'steps']);
    await sandbox.until(600);
    expect(sandbox.aws.writes.map(({ to }) => to.desired)).toContain(7);
  });

  it('minimumHealthyPercent is shown and is how the service deploys', async () => {
    const sandbox = await play({ scenario: 'quiet', minimumHealthyPercent: 34, maximumPercent: 100 });
    const request = { cluster: named.cluster, services: [named.service] };
    const [service] = (await sandbox.ecs.send(new DescribeServicesCommand(request))).services ?? [];
    expect(service?.deploymentConfiguration).toMatchObject({
      minimumHealthyPercent: 34,
      maximumPercent: 100,
    });
    await sandbox.ecs.send(new UpdateServiceCommand({ ...named, forceNewDeployment: true }));
    await sandbox.until(30);
    expect(sandbox.world.service(settings.cluster, settings.service)?.runningCount).toBe(2);
  });

  it('a job fills a managed cache that may remove nothing, a minute before the alarm', async () => {
    const sandbox = await play({
      cache: { policy: 'noeviction', limitMebibytes: 330, managed: true },
      troubles: [{ kind: 'redis-fills', secondsAfterAlarm: -60, forSeconds: 600, mebibytesPerMinute: 60 }],
    });
    const simulated = sandbox.world.service(settings.cluster, settings.service);
    await sandbox.until(alarm - 70);
    expect(simulated?.cache().state).toMatchObject({ policy: 'noeviction', managed: true, jobRuns: false });
    await sandbox.until(alarm + 30);
    expect(simulated?.cache().state.used).toBeGreaterThan(330 * 1_048_576);
    expect(simulated?.cache().state.counters.outOfMemory).toBeGreaterThan(100);
  });

  it('the health endpoint says what the file says, as long as it answers 200', async () => {
    const sandbox = await play({
      scenario: 'redis-down',
      healthBody: { status: 'UP', components: { db: { status: 'DOWN' } } },
    });
    const body = () => sandbox.world.service(settings.cluster, settings.service)?.health('api');
    await sandbox.until(60);
    expect(body()).toMatchObject({
      status: 200,
      body: '{"status":"UP","components":{"db":{"status":"DOWN"}}}',
    });
    await sandbox.until(alarm);
    expect(body()).toMatchObject({ status: 503, body: expect.stringContaining('"redis":"down"') });
  });
});
