import {
  type CloudWatchClient,
  GetMetricDataCommand,
  type MetricDataQuery,
  type MetricDataResult,
} from '@aws-sdk/client-cloudwatch';
import {
  isMetricName,
  type MetricName,
  metricOf,
  perSeries,
  type SeriesName,
} from '../config/metric-catalogue.ts';
import type { Config } from '../config/schema.ts';
import { loadBalancingOf } from '../config/servers/load-balancing.ts';
import type { ServiceConfig } from '../config/service.ts';
import type { Unknown } from '../core/unknown.ts';
import { known, moving, type Series } from './series.ts';
import { wholeMinutes } from './whole-minutes.ts';

const source = 'CloudWatch';
/** What plans and levels are made from. */
const windowMinutes = 15;
/** Where CPU never stays exactly the same: not idle, and not capped. */
const busyCpu = { from: 10, below: 99 };
/** Status codes of a single result that has no values. */
const refusals: Partial<Record<string, Unknown>> = {
  Forbidden: { cause: 'denied', error: 'Forbidden', message: '' },
  InternalError: { cause: 'failed', error: 'InternalError', message: 'internal error of CloudWatch' },
};
/** What is counted over a minute: until that is over and known, it is a part. */
const sums: readonly SeriesName[] = ['requestRatePerMinute', 'requestsPerTarget', 'errorRatePercent'];
/** Period of ECS's high-resolution metrics. */
const fastMilliseconds = 20_000;

/**
 * Reads the last one-minute points of every metric, fifteen unless more are wanted, in one GetMetricData call.
 * 5xx counts are absent when zero, so they are filled with 0, but only where requests were counted.
 * Source: CloudWatch API, GetMetricData; CloudWatch metrics for your Application Load Balancer.
 */
export async function readMetrics(
  client: CloudWatchClient,
  service: ServiceConfig,
  config: Config,
  now: Date,
  minutes = windowMinutes,
): Promise<Record<SeriesName, Series>> {
  const read = new Map<string, Series>();
  let NextToken: string | undefined;
  do {
    const answer = await client.send(
      new GetMetricDataCommand({
        MetricDataQueries: metricQueries(service),
        StartTime: new Date(now.getTime() - minutes * 60_000),
        EndTime: now,
        ScanBy: 'TimestampAscending',
        ...(NextToken ? { NextToken } : {}),
      }),
    );
    for (const result of answer.MetricDataResults ?? []) {
      if (result.Id) read.set(result.Id, continued(read.get(result.Id), result));
    }
    NextToken = answer.NextToken;
  } while (NextToken);
  const judged = (name: SeriesName, id = queryIds[name]) => {
    const neverZero = isMetricName(name) && metricOf(name).zeroIsImplausible;
    const series = fresh(read.get(id), config, now, neverZero);
    if (!sums.includes(name)) return series;
    // Without its newest minute a series may be too old.
    return fresh(wholeMinutes(series, now, config.planning.metricDelaySeconds), config, now, neverZero);
  };
  const series = (name: SeriesName) => judged(name);
  return {
    ...perSeries(series),
    cpuPercent: newest(moving(series('cpuPercent'), busyCpu), moving(judged('cpuPercent', fastCpu), busyCpu)),
  };
}

/** A series with what the next page holds of it. */
function continued(before: Series | undefined, result: MetricDataResult): Series {
  const refused = result.StatusCode && refusals[result.StatusCode];
  if (refused) return { unknown: refused, source };
  const earlier = before && 'points' in before ? before.points : [];
  const points = (result.Timestamps ?? []).map((at, i) => ({ at, value: result.Values?.[i] ?? Number.NaN }));
  return { points: [...earlier, ...points], source };
}

/** The one-minute points, with the newest 20-second point at the end where it ends later than they do. */
function newest(minutes: Series, fast: Series): Series {
  const last = 'points' in fast ? fast.points.at(-1) : undefined;
  if (!last) return minutes;
  if ('unknown' in minutes) return fast;
  const minute = minutes.points.at(-1);
  const later = !minute || last.at.getTime() + fastMilliseconds > minute.at.getTime() + 60_000;
  return later ? { ...minutes, points: [...minutes.points, last] } : minutes;
}

/** What CloudWatch sends, judged: invariant 3. */
function fresh(series: Series | undefined, config: Config, now: Date, zeroIsImplausible: boolean): Series {
  if (!series) return { unknown: { cause: 'no-points' }, source };
  if ('unknown' in series) return series;
  return known(series.points, source, {
    now,
    maxAgeSeconds: config.planning.metricMaxAgeSeconds,
    zeroIsImplausible,
  });
}

/** The ids of the queries whose results are the series. */
export const queryIds: Record<SeriesName, string> = {
  cpuPercent: 'cpu',
  latencyP95Seconds: 'p95',
  latencyP99Seconds: 'p99',
  latencyAverageSeconds: 'average',
  memoryPercent: 'memory',
  requestsPerTarget: 'perTarget',
  healthyTargets: 'healthy',
  unhealthyTargets: 'unhealthy',
  errorRatePercent: 'errors',
  requestRatePerMinute: 'requests',
  dbPoolPercent: 'dbPool',
  pgbouncerPoolPercent: 'pool',
  pgbouncerWaitMilliseconds: 'poolWait',
};

/** The id of the 20-second CPU, which continues the one-minute series. */
const fastCpu = 'cpuFast';

/** The query of one series, in its finest period where that is asked for, and the queries that its expression needs. */
export function queriesOf(
  service: ServiceConfig,
  name: SeriesName,
  finest = false,
): { shown: MetricDataQuery; needed: MetricDataQuery[] } {
  const queries = metricQueries(service);
  const fast = finest && name === 'cpuPercent' ? queries.find(({ Id }) => Id === fastCpu) : undefined;
  const shown = fast ?? queries.find(({ Id }) => Id === queryIds[name]);
  if (!shown) throw new Error(`no query has the id of ${name}`);
  const used: string[] = shown.Expression?.match(/[a-z]\w*/g) ?? [];
  return { shown, needed: queries.filter(({ Id = '' }) => used.includes(Id)) };
}

/**
 * The load balancer's own 5xx count only in minutes in which it has this service's requests alone, but for one percent:
 * CloudWatch has them per load balancer, never per target group. Source: CloudWatch metrics for your Application Load
 * Balancer.
 */
const ownElb5xx = 'IF(FILL(everybody, 0) > 1.01 * requests, 0, FILL(elb5xx, 0))';

/** What a service publishes itself, with the one dimension `Service`: the row, and the metric's name. */
export const publishedMetrics = [
  ['dbPoolPercent', 'DBPoolUsage'],
  ['pgbouncerPoolPercent', 'PgBouncerPoolUsage'],
  ['pgbouncerWaitMilliseconds', 'PgBouncerWaitTime'],
] as const satisfies [MetricName, string][];

/** What is asked of CloudWatch for one service; the dashboard shows the same. */
export function metricQueries(service: ServiceConfig): MetricDataQuery[] {
  const ecs = [
    { Name: 'ClusterName', Value: service.cluster },
    { Name: 'ServiceName', Value: service.service },
  ];
  const own = [{ Name: 'Service', Value: service.service }];
  return [
    metric('cpu', 'AWS/ECS', 'CPUUtilization', 'Average', ecs),
    ...(service.cpuMetricSeconds === 20
      ? [metric(fastCpu, 'AWS/ECS', 'CPUUtilization', 'Average', ecs, true, 20)]
      : []),
    metric('memory', 'AWS/ECS', 'MemoryUtilization', 'Average', ecs),
    ...requestQueries(service),
    ...publishedMetrics.map(([row, name]) =>
      metric(queryIds[row], service.customNamespace, name, 'Average', own),
    ),
  ];
}

type Dimensions = { Name: string; Value: string }[];

const metric = (
  Id: string,
  Namespace: string,
  MetricName: string,
  Stat: string,
  Dimensions: Dimensions,
  ReturnData = true,
  Period = 60,
) => ({
  Id,
  MetricStat: { Metric: { Namespace, MetricName, Dimensions }, Period, Stat },
  ReturnData,
});

/** What a load balancer knows of its requests and of its targets; nothing where the service has none. */
function requestQueries(service: ServiceConfig): MetricDataQuery[] {
  const names = loadBalancingOf(service);
  if (!names) return [];
  const balancer = [{ Name: 'LoadBalancer', Value: names.loadBalancer }];
  const target = [...balancer, { Name: 'TargetGroup', Value: names.targetGroup }];
  const elb = 'AWS/ApplicationELB';
  return [
    metric('p95', elb, 'TargetResponseTime', 'p95', target),
    metric('p99', elb, 'TargetResponseTime', 'p99', target),
    metric('average', elb, 'TargetResponseTime', 'Average', target),
    metric('requests', elb, 'RequestCount', 'Sum', target),
    metric('perTarget', elb, 'RequestCountPerTarget', 'Sum', target),
    metric('healthy', elb, 'HealthyHostCount', 'Minimum', target),
    metric('unhealthy', elb, 'UnHealthyHostCount', 'Maximum', target),
    metric('target5xx', elb, 'HTTPCode_Target_5XX_Count', 'Sum', target, false),
    metric('elb5xx', elb, 'HTTPCode_ELB_5XX_Count', 'Sum', balancer, false),
    metric('everybody', elb, 'RequestCount', 'Sum', balancer, false),
    {
      Id: 'errors',
      // Load-balancer errors got no target, so they are not in RequestCount and count on both sides.
      Expression: `100 * (FILL(target5xx, 0) + ${ownElb5xx}) / (requests + ${ownElb5xx})`,
      ReturnData: true,
    },
  ];
}
