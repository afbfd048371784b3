import { type CloudWatchClient, PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import type { ServiceConfig } from '../../../shared/config/service.ts';
import { metricQueries } from '../../../shared/metrics/cloudwatch.ts';

/** What every metric is in one minute, by the names of CloudWatch; made of the traffic and of the tasks that run. */
function minuteOf(requestsPerMinute: number, tasks: number, perTask: number): Record<string, number> {
  const share = requestsPerMinute / (tasks * perTask);
  const overloaded = share > 0.9;
  return {
    CPUUtilization: Math.min(100, 70 * share),
    MemoryUtilization: 50,
    TargetResponseTime: overloaded ? 5 : 0.3,
    RequestCount: requestsPerMinute,
    RequestCountPerTarget: requestsPerMinute / tasks,
    HealthyHostCount: tasks,
    UnHealthyHostCount: 0,
    HTTPCode_Target_5XX_Count: 0,
    HTTPCode_ELB_5XX_Count: 0,
    DBPoolUsage: 40,
    PgBouncerPoolUsage: 40,
    PgBouncerWaitTime: 5,
  };
}

/** Puts the metrics of a service into CloudWatch, one value for each whole minute that has passed. */
export function createLoad(service: ServiceConfig, client: CloudWatchClient, from: Date) {
  let next = Math.floor(from.getTime() / 60_000) * 60_000;
  return async function pass(until: Date, requestsPerMinute: number, tasks: number): Promise<void> {
    const metrics = new Map(
      metricQueries(service).flatMap(({ MetricStat }) => {
        const metric = MetricStat?.Metric;
        return metric ? [[JSON.stringify(metric), metric] as const] : [];
      }),
    );
    for (; next + 60_000 <= until.getTime(); next += 60_000) {
      // No two minutes are alike: equal points would be taken for a metric that is frozen.
      const requests = Math.round(requestsPerMinute * (1 - ((next / 60_000) % 5) / 100));
      const values = minuteOf(requests, tasks, service.capacity.perTask.requestsPerMinute);
      for (const { Namespace, MetricName, Dimensions } of metrics.values()) {
        const Value = values[MetricName ?? ''] ?? 0;
        const MetricData = [{ MetricName, Dimensions, Timestamp: new Date(next), Value }];
        await client.send(new PutMetricDataCommand({ Namespace, MetricData }));
      }
    }
  };
}
