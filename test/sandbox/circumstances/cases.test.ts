import {
  DescribeScalingActivitiesCommand,
  DescribeScalingPoliciesCommand,
  DescribeScheduledActionsCommand,
} from '@aws-sdk/client-application-auto-scaling';
import { DescribeAlarmsCommand, GetMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import {
  DescribeServicesCommand,
  DescribeTasksCommand,
  ListTasksCommand,
  UpdateServiceCommand,
} from '@aws-sdk/client-ecs';
import { afterEach, describe, expect, it } from '@jest/globals';
import { targetGroup } from '../../support/builders.ts';
import { caseOf, named, rehearse, scalable, settings } from './rehearsal.ts';

type Rehearsal = Awaited<ReturnType<typeof rehearse>>;
let played: Rehearsal | undefined;

const play = async (name: string) => {
  played = await rehearse(caseOf(name));
  return played;
};

afterEach(() => played?.close());

const serviceOf = async ({ ecs }: Rehearsal) => {
  const request = { cluster: named.cluster, services: [named.service] };
  return (await ecs.send(new DescribeServicesCommand(request))).services?.[0];
};

async function stoppedTasksOf({ ecs }: Rehearsal) {
  const { cluster, service: serviceName } = named;
  const list = new ListTasksCommand({ cluster, serviceName, desiredStatus: 'STOPPED' });
  const { taskArns: tasks = [] } = await ecs.send(list);
  return tasks.length === 0
    ? []
    : ((await ecs.send(new DescribeTasksCommand({ cluster, tasks }))).tasks ?? []);
}

/** Newest value of a metric of the target group or of the load balancer, in the ten minutes before. */
async function newest({ cloudWatch, time }: Rehearsal, MetricName: string, targetGroup: string) {
  const Dimensions = [
    { Name: 'LoadBalancer', Value: settings.loadBalancer },
    { Name: 'TargetGroup', Value: targetGroup },
  ];
  const Metric = { Namespace: 'AWS/ApplicationELB', MetricName, Dimensions };
  const answer = await cloudWatch.send(
    new GetMetricDataCommand({
      StartTime: new Date(time.now() - 600_000),
      EndTime: new Date(time.now()),
      MetricDataQueries: [{ Id: 'm', MetricStat: { Metric, Period: 60, Stat: 'Sum' } }],
    }),
  );
  return answer.MetricDataResults?.[0]?.Values?.[0];
}

describe('the cases from the field show in what AWS answers', () => {
  it('01: the reclaimed Spot task, from its stop on, and the capacity provider strategy', async () => {
    const sandbox = await play('01-spot-interruption');
    await sandbox.until(179);
    expect(await stoppedTasksOf(sandbox)).toEqual([]);
    await sandbox.until(180);
    expect(await stoppedTasksOf(sandbox)).toMatchObject([
      { stopCode: 'SpotInterruption', startedAt: new Date('2026-10-02T09:00:00Z'), lastStatus: 'STOPPED' },
    ]);
    expect(await serviceOf(sandbox)).toMatchObject({
      capacityProviderStrategy: [
        { capacityProvider: 'FARGATE_SPOT' },
        { capacityProvider: 'FARGATE', base: 1 },
      ],
    });
  });

  it('02: the scheduled action is listed, fires 150 s after the alarm, and cuts the count at once', async () => {
    const sandbox = await play('02-scheduled-action');
    const { scaling, ecs, aws, until } = sandbox;
    const { ScheduledActions } = await scaling.send(new DescribeScheduledActionsCommand(scalable));
    expect(ScheduledActions).toMatchObject([
      {
        ScheduledActionName: 'evening-scale-down',
        Schedule: 'at(2026-10-02T17:08:30)',
        ScalableTargetAction: { MinCapacity: 2, MaxCapacity: 6 },
      },
    ]);
    await until(480);
    await ecs.send(new UpdateServiceCommand({ ...named, desiredCount: 9 }));
    await until(515);
    expect(aws.settings(settings.cluster, settings.service)).toMatchObject({ desired: 6, min: 2, max: 6 });
    const { ScalingActivities } = await scaling.send(new DescribeScalingActivitiesCommand(scalable));
    expect(ScalingActivities?.map(({ Cause }) => Cause)).toContain(
      'scheduled action name evening-scale-down was triggered',
    );
  });

  it("03: yesterday's event stands below those of today", async () => {
    const events = (await serviceOf(await play('03-stale-service-event')))?.events ?? [];
    expect(events.at(-1)).toMatchObject({ id: 'e-yesterday', createdAt: new Date('2026-10-01T15:00:00Z') });
  });

  it('04: the task that was killed for its memory eight minutes before', async () => {
    expect(await stoppedTasksOf(await play('04-one-earlier-stop'))).toMatchObject([
      { stopCode: 'EssentialContainerExited', startedAt: new Date('2026-10-01T17:00:00Z') },
    ]);
  });

  it('05: the tasks that the load balancer has stopped, each from its own moment on', async () => {
    const sandbox = await play('05-elb-health-kills');
    await sandbox.until(270);
    expect(await stoppedTasksOf(sandbox)).toHaveLength(2);
    await sandbox.until(340);
    const tasks = await stoppedTasksOf(sandbox);
    expect(tasks).toHaveLength(4);
    expect(tasks[3]).toMatchObject({ stopCode: 'ServiceSchedulerInitiated' });
    expect(tasks[3]?.stoppedReason).toMatch(/^Task failed ELB health checks in/);
  });

  it('06: traffic is 1.3 times as high', async () => {
    const usual = await rehearse({ ...caseOf('03-stale-service-event'), serviceEvents: [] });
    await usual.until(240);
    const before = await newest(usual, 'RequestCount', targetGroup);
    usual.close();
    const sandbox = await play('06-normal-cpu-above-warning');
    await sandbox.until(240);
    const now = await newest(sandbox, 'RequestCount', targetGroup);
    expect((now ?? 0) / (before ?? 1)).toBeCloseTo(1.3, 1);
  });

  it('07: the configured target group is idle, the other one has the traffic', async () => {
    const sandbox = await play('07-native-blue-green');
    await sandbox.until(240);
    expect(await newest(sandbox, 'RequestCount', targetGroup)).toBeUndefined();
    expect(await newest(sandbox, 'HealthyHostCount', targetGroup)).toBeUndefined();
    const other = 'targetgroup/buywhere-api-green/7e1fdf942ffd0a1b';
    expect(await newest(sandbox, 'RequestCount', other)).toBeGreaterThan(0);
    expect(await serviceOf(sandbox)).toMatchObject({
      deploymentConfiguration: { strategy: 'BLUE_GREEN' },
      loadBalancers: [{ containerName: 'web', advancedConfiguration: expect.anything() }],
    });
    const AlarmNames = [`${settings.service}-APIDown`];
    const alarms = await sandbox.cloudWatch.send(new DescribeAlarmsCommand({ AlarmNames }));
    expect(alarms.MetricAlarms).toMatchObject([{ StateValue: 'ALARM' }]);
  });

  it('08: the CPU policy follows the 20-second metric, and so do its alarms', async () => {
    const sandbox = await play('08-high-resolution-policy');
    const { ScalingPolicies } = await sandbox.scaling.send(new DescribeScalingPoliciesCommand(scalable));
    const specification = ScalingPolicies?.[0]?.TargetTrackingScalingPolicyConfiguration;
    expect(specification?.PredefinedMetricSpecification).toEqual({
      PredefinedMetricType: 'ECSServiceAverageCPUUtilizationHighResolution',
    });
    const AlarmNames = ScalingPolicies?.[0]?.Alarms?.flatMap(({ AlarmName }) => AlarmName ?? []);
    const alarms = await sandbox.cloudWatch.send(new DescribeAlarmsCommand({ AlarmNames }));
    expect(alarms.MetricAlarms?.map(({ Period }) => Period)).toEqual([20, 20]);
  });
});
