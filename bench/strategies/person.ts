import { GetMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { alarmName } from '../../shared/alerts/catalogue.ts';
import { readService, setDesiredCount } from '../../shared/aws/ecs.ts';
import type { Level } from '../../shared/document/assessment.ts';
import { levelOf } from '../../shared/metrics/thresholds.ts';
import { suspendAutoscaling } from './policies.ts';
import { type Arena, type Strategy, sleep } from './strategy.ts';

/** How often a person looks again. */
const lookSeconds = 60;
const windowMilliseconds = 5 * 60_000;
/** Runbook Step 2: two more tasks. */
const addition = 2;

/** The runbook by hand: a person alone, who reacts `reactionSeconds` after HighLatencyP99 fires. */
export function person(name: string, title: string, reactionSeconds: number): Strategy {
  return {
    name,
    title,
    startsRuns: false,
    async prepare(arena) {
      await suspendAutoscaling(arena);
      const fires = alarmName(arena.sandbox.service.service, 'HighLatencyP99');
      let busy = false;
      arena.sandbox.aws.alarms.onAlarmStateChange(({ detail }) => {
        if (busy || detail.alarmName !== fires || detail.state.value !== 'ALARM') return;
        busy = true;
        void followRunbook(arena, reactionSeconds).finally(() => {
          busy = false;
        });
      });
    },
  };
}

/** Step 2 until P99 is no longer critical, then the Scale-In Procedure once everything was ok for the cooldown. */
async function followRunbook(arena: Arena, reactionSeconds: number): Promise<void> {
  const { sandbox, ecs } = arena;
  const { service, config } = sandbox;
  await sleep(reactionSeconds);
  let critical = true;
  let calmSince: number | undefined;
  for (;;) {
    if (critical) {
      const { desired } = await readService(ecs, service);
      await setDesiredCount(ecs, service, Math.min(desired + addition, service.capacity.emergency.max));
    }
    await sleep(lookSeconds);
    const now = sandbox.time.now();
    const seen = await look(arena);
    critical = seen.p99 === 'critical';
    calmSince = Object.values(seen).every((level) => level === 'ok') ? (calmSince ?? now) : undefined;
    if (calmSince !== undefined && now - calmSince >= config.timing.calm.forSeconds * 1000) break;
  }
  await setDesiredCount(ecs, service, service.capacity.baseline.desired);
}

/** What a person looks at (runbook: Monitoring): the newest minute of P99, CPU and request rate, judged by the table. */
async function look({ cloudwatch, sandbox }: Arena): Promise<Record<'p99' | 'cpu' | 'requests', Level>> {
  const { cluster, service, loadBalancer = '', targetGroup = '' } = sandbox.service;
  const { latencyP99Seconds, cpuPercent, requestRatePerMinute } = sandbox.config.thresholds;
  const elb = [
    { Name: 'LoadBalancer', Value: loadBalancer },
    { Name: 'TargetGroup', Value: targetGroup },
  ];
  const ecs = [
    { Name: 'ClusterName', Value: cluster },
    { Name: 'ServiceName', Value: service },
  ];
  const query = (
    Id: string,
    Namespace: string,
    MetricName: string,
    Stat: string,
    Dimensions: typeof ecs,
  ) => ({
    Id,
    MetricStat: { Metric: { Namespace, MetricName, Dimensions }, Period: 60, Stat },
  });
  const now = sandbox.time.now();
  const { MetricDataResults: results = [] } = await cloudwatch.send(
    new GetMetricDataCommand({
      MetricDataQueries: [
        query('p99', 'AWS/ApplicationELB', 'TargetResponseTime', 'p99', elb),
        query('cpu', 'AWS/ECS', 'CPUUtilization', 'Average', ecs),
        query('requests', 'AWS/ApplicationELB', 'RequestCount', 'Sum', elb),
      ],
      StartTime: new Date(now - windowMilliseconds),
      EndTime: new Date(now),
    }),
  );
  const newest = (id: string) => results.find((result) => result.Id === id)?.Values?.[0];
  return {
    p99: levelOf(newest('p99'), latencyP99Seconds),
    cpu: levelOf(newest('cpu'), cpuPercent),
    requests: levelOf(newest('requests'), requestRatePerMinute),
  };
}
