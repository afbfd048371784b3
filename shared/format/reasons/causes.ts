import type { MetricName } from '../../config/metric-catalogue.ts';
import { metricLabel, metricValue } from '../metrics.ts';
import { rounded, tasks, tenths } from '../numbers.ts';
import { duration } from '../text.ts';

type Cpu = { cpu?: number | undefined };
type Value = { value: number };

const percent = (value: number | undefined) => metricValue('cpuPercent', value);
const seconds = (value: number | undefined) => metricValue('latencyP99Seconds', value);

/** What speaks for a cause, or against it. */
export const causeReasons = {
  'traffic-ratio': ({ ratio, rate }: { ratio: number; rate?: number | undefined }) =>
    `request rate ${metricValue('requestRatePerMinute', rate)} is ${tenths(ratio)}× that of ten minutes ago`,
  'traffic-refused': ({ errors }: { errors?: number | undefined }) =>
    `${metricValue('errorRatePercent', errors)} of the requests fail while tasks fail their health checks: more came than are counted`,
  'traffic-flat': () => 'traffic is flat',
  'traffic-high': () => 'traffic is high',
  'cpu-rose': ({ cpu }: Cpu) => `CPU rose with it (${percent(cpu)})`,
  'cpu-not-busy': ({ cpu }: Cpu) =>
    `CPU ${percent(cpu)} is ok: the requests are cheap, or wait for something else`,
  'requests-wait': ({ cpu }: Cpu) => `CPU ${percent(cpu)} is ok: requests wait, they do not compute`,
  'pools-ok': ({ db, pgbouncer }: { db?: number | undefined; pgbouncer?: number | undefined }) =>
    `DB pool ${percent(db)} and PgBouncer pool ${percent(pgbouncer)} are ok`,
  'connections-held': ({ pool }: { pool?: number | undefined }) =>
    `connections are held longer: DB pool ${percent(pool)}`,
  'pool-ran-out': () => 'the pool itself has run out',
  'latency-slow': ({ p95, p99 }: { p95?: number | undefined; p99?: number | undefined }) =>
    `P95 ${seconds(p95)}, P99 ${seconds(p99)} are slow`,
  deployed: ({ minutes }: { minutes: number }) => `deployed ${duration(minutes * 60)} ago`,
  'memory-nearly-used-up': ({ value }: Value) => `memory ${percent(value)} is nearly used up`,
  'memory-high': ({ value }: Value) => `memory ${percent(value)} is high`,
  'memory-ok': ({ value }: Value) => `memory ${percent(value)} is ok`,
  'memory-grows': ({ percentPerMinute }: { percentPerMinute: number }) =>
    `memory grows by ${rounded(percentPerMinute)} % per minute at flat traffic`,
  'dependencies-down': ({ down }: { down: string[] }) =>
    `the API's own health check says ${down.join(', ')} down`,
  'errors-at-flat-traffic': ({ value }: { value?: number | undefined }) =>
    `5xx error rate ${metricValue('errorRatePercent', value)} at flat traffic`,
  'rollout-failed': () => 'its rollout has failed',
  'release-fails': ({ stopped }: { stopped: number }) =>
    `${tasks(stopped)} of the last release failed to start or did not stay`,
  'tasks-fail': ({ stopped }: { stopped: number }) =>
    `a deployment is running, and ${tasks(stopped)} that it asked for failed`,
  'worse-since': ({ minutes, metrics }: { minutes: number; metrics: MetricName[] }) =>
    `${metrics.map(metricLabel).join(', ')} got worse with the release ${duration(minutes * 60)} ago, at the traffic of before`,
  'fails-with-room': ({ minutes, cpu }: Cpu & { minutes: number }) =>
    `requests fail since the release ${duration(minutes * 60)} ago, though CPU ${percent(cpu)} is ok`,
  'load-explained': () => 'traffic is high, which explains the load without it',
};
