import { type CloudWatchClient, GetMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import type { Service, TaskDefinition } from '@aws-sdk/client-ecs';
import type { GetAccountSettingsResponse } from '@aws-sdk/client-lambda';
import type { GetAccountResponse } from '@aws-sdk/client-sesv2';
import type { ServiceConfig } from '../config/service.ts';
import type { Finding } from './trials.ts';

/** Used, and allowed. */
export interface Usage {
  used: number;
  quota: number;
}

/** Usage is published every few minutes. */
const windowMilliseconds = 3 * 3_600_000;

/**
 * vCPUs of Fargate on demand that this account uses in this Region, and its quota; undefined where none is used. CloudWatch
 * has both, so no right at Service Quotas is needed. Source: ECS developer guide, AWS Fargate usage metrics; CloudWatch
 * user guide, SERVICE_QUOTA.
 */
export async function readFargateUsage(client: CloudWatchClient, now: Date): Promise<Usage | undefined> {
  const Dimensions = [
    { Name: 'Service', Value: 'Fargate' },
    { Name: 'Type', Value: 'Resource' },
    { Name: 'Resource', Value: 'vCPU' },
    { Name: 'Class', Value: 'Standard/OnDemand' },
  ];
  const Metric = { Namespace: 'AWS/Usage', MetricName: 'ResourceCount', Dimensions };
  const { MetricDataResults = [] } = await client.send(
    new GetMetricDataCommand({
      MetricDataQueries: [
        { Id: 'used', MetricStat: { Metric, Period: 300, Stat: 'Maximum' } },
        { Id: 'quota', Expression: 'SERVICE_QUOTA(used)' },
      ],
      StartTime: new Date(now.getTime() - windowMilliseconds),
      EndTime: now,
      ScanBy: 'TimestampDescending',
    }),
  );
  const newest = (id: string) => MetricDataResults.find(({ Id }) => Id === id)?.Values?.[0];
  const [used, quota] = [newest('used'), newest('quota')];
  return used === undefined || quota === undefined ? undefined : { used, quota };
}

/** Whether there is room for the service at its ceiling, by the size of its tasks. Pure. */
export function fargateFinding(
  { capacity }: ServiceConfig,
  { desiredCount = 0, launchType, capacityProviderStrategy = [] }: Service,
  { cpu }: TaskDefinition,
  usage: Usage | undefined,
): Finding | undefined {
  const onDemand =
    launchType === 'FARGATE' || capacityProviderStrategy.some((one) => one.capacityProvider === 'FARGATE');
  const perTask = Number(cpu) / 1024;
  if (!onDemand || !usage || !Number.isFinite(perTask)) return { notTried: 'no-data' };
  const needed = usage.used + Math.max(0, capacity.emergency.max - desiredCount) * perTask;
  return needed <= usage.quota
    ? undefined
    : {
        configured: `${rounded(needed)} vCPU at the ceiling`,
        found: `quota of ${rounded(usage.quota)} vCPU`,
      };
}

const rounded = (count: number): string => (Math.round(count * 10) / 10).toLocaleString('en-US');

/** As many executions of functions at once as the runs of one service need, and some for the doors. */
const enoughConcurrency = 20;

/** What Lambda leaves to functions that have reserved nothing. Pure. Source: Lambda API, GetAccountSettings. */
export function concurrencyFinding({ AccountLimit }: GetAccountSettingsResponse): Finding | undefined {
  const free = AccountLimit?.UnreservedConcurrentExecutions ?? 0;
  return free >= enoughConcurrency
    ? undefined
    : { configured: `at least ${enoughConcurrency}`, found: `${free}` };
}

/** Whether SES delivers to everybody: in its sandbox only to identities that are verified. Pure. Source: SES API v2, GetAccount. */
export function mailFinding(account: GetAccountResponse): Finding | undefined {
  const { ProductionAccessEnabled: production = false, SendingEnabled: sending = false } = account;
  if (production && sending) return undefined;
  return { configured: 'production access', found: sending ? 'sandbox' : 'sending is paused' };
}
