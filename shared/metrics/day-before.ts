import { type CloudWatchClient, GetMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import type { ServiceConfig } from '../config/service.ts';
import { queriesOf } from './cloudwatch.ts';

const day = 86_400_000;
const halfHour = 1_800_000;
const minutes = (2 * halfHour) / 60_000;
const periodSeconds = 300;

/**
 * Requests per minute in the hour around this time of the day before, over both target groups where there are two;
 * undefined without a load balancer, and where CloudWatch has no point of them. Source: CloudWatch API, GetMetricData.
 */
export async function readDayBefore(
  client: CloudWatchClient,
  service: ServiceConfig,
  now: Date,
  otherGroup: string | undefined,
): Promise<number | undefined> {
  const groups = [service.targetGroup, otherGroup].filter((group) => group !== undefined);
  if (groups.length === 0) return undefined;
  const answer = await client.send(
    new GetMetricDataCommand({
      MetricDataQueries: groups.map((targetGroup, i) => {
        const { MetricStat } = queriesOf({ ...service, targetGroup }, 'requestRatePerMinute').shown;
        return { Id: `before${i}`, MetricStat: MetricStat && { ...MetricStat, Period: periodSeconds } };
      }),
      StartTime: new Date(now.getTime() - day - halfHour),
      EndTime: new Date(now.getTime() - day + halfHour),
    }),
  );
  const counts = answer.MetricDataResults?.flatMap(({ Values }) => Values?.filter(Number.isFinite) ?? []);
  if (!counts?.length) return undefined;
  // A period without a request has no point.
  return counts.reduce((sum, count) => sum + count, 0) / minutes;
}
