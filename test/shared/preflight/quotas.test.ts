import { CloudWatchClient, GetMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import { hasPoints } from '../../../shared/preflight/load-balancer.ts';
import {
  concurrencyFinding,
  fargateFinding,
  mailFinding,
  readFargateUsage,
} from '../../../shared/preflight/quotas.ts';
import { now, service, targetGroup } from '../../support/builders.ts';

const cloudwatch = mockClient(CloudWatchClient);
const client = new CloudWatchClient({});
beforeEach(() => {
  cloudwatch.reset();
});

describe('Fargate’s quota', () => {
  const fargate = { launchType: 'FARGATE' as const, desiredCount: 3 };
  it.each([
    ['has room up to the ceiling', fargate, '1024', { used: 10, quota: 27 }, undefined],
    [
      'is too small by a task',
      fargate,
      '1024',
      { used: 10, quota: 26.9 },
      { configured: '27 vCPU at the ceiling', found: 'quota of 26.9 vCPU' },
    ],
    [
      'counts the size of a task',
      fargate,
      '4096',
      { used: 1000, quota: 1050 },
      { configured: '1,068 vCPU at the ceiling', found: 'quota of 1,050 vCPU' },
    ],
    [
      'needs nothing more above the ceiling',
      { ...fargate, desiredCount: 40 },
      '1024',
      { used: 40, quota: 40 },
      undefined,
    ],
    ['is not known without usage', fargate, '1024', undefined, { notTried: 'no-data' }],
    ['is not known without a size', fargate, undefined, { used: 1, quota: 2 }, { notTried: 'no-data' }],
    [
      'is another one for Spot',
      { capacityProviderStrategy: [{ capacityProvider: 'FARGATE_SPOT' }] },
      '1024',
      { used: 1, quota: 2 },
      { notTried: 'no-data' },
    ],
    [
      'is this one for its provider',
      { capacityProviderStrategy: [{ capacityProvider: 'FARGATE' }] },
      '1024',
      { used: 0, quota: 20 },
      undefined,
    ],
  ])('%s', (_, seen, cpu, usage, finding) => {
    expect(fargateFinding(service, seen, cpu ? { cpu } : {}, usage)).toEqual(finding);
  });

  it('is read with what is used', async () => {
    cloudwatch.on(GetMetricDataCommand).resolves({
      MetricDataResults: [
        { Id: 'used', Values: [12, 11] },
        { Id: 'quota', Values: [400, 300] },
      ],
    });
    expect(await readFargateUsage(client, new Date(now))).toEqual({ used: 12, quota: 400 });
    expect(cloudwatch.call(0).args[0].input).toMatchObject({
      MetricDataQueries: [
        { MetricStat: { Metric: { Namespace: 'AWS/Usage', MetricName: 'ResourceCount' } } },
        { Expression: 'SERVICE_QUOTA(used)' },
      ],
      ScanBy: 'TimestampDescending',
      StartTime: new Date('2026-10-02T14:10:00.000Z'),
    });
  });

  it.each([[[]], [[{ Id: 'used', Values: [1] }]], [[{ Id: 'quota', Values: [1] }]]])(
    'is unknown without either (%#)',
    async (MetricDataResults) => {
      cloudwatch.on(GetMetricDataCommand).resolves({ MetricDataResults });
      expect(await readFargateUsage(client, new Date(now))).toBeUndefined();
    },
  );
});

it.each([
  [1000, undefined],
  [20, undefined],
  [19, { configured: 'at least 20', found: '19' }],
])('Lambda leaves %i executions', (free, finding) => {
  expect(concurrencyFinding({ AccountLimit: { UnreservedConcurrentExecutions: free } })).toEqual(finding);
});

it.each([
  [{ ProductionAccessEnabled: true, SendingEnabled: true }, undefined],
  [
    { ProductionAccessEnabled: false, SendingEnabled: true },
    { configured: 'production access', found: 'sandbox' },
  ],
  [
    { ProductionAccessEnabled: true, SendingEnabled: false },
    { configured: 'production access', found: 'sending is paused' },
  ],
  [{}, { configured: 'production access', found: 'sending is paused' }],
])('SES says %j', (account, finding) => {
  expect(mailFinding(account)).toEqual(finding);
});

describe('a load balancer', () => {
  it.each([
    ['has its target group where there is a point', [[], [2]], true],
    ['has it not where there is none', [[], []], false],
  ])('%s', async (_, values, there) => {
    cloudwatch.on(GetMetricDataCommand).resolves({ MetricDataResults: values.map((Values) => ({ Values })) });
    expect(await hasPoints(client, service, new Date(now))).toBe(there);
  });

  it('is asked for with both groups of a pair', async () => {
    cloudwatch.on(GetMetricDataCommand).resolves({});
    const paired = { ...service, alternateTargetGroup: 'targetgroup/b/1' };
    expect(await hasPoints(client, paired, new Date(now))).toBe(false);
    const asked = JSON.stringify(cloudwatch.call(0).args[0].input);
    expect([targetGroup, 'targetgroup/b/1'].every((group) => asked.includes(group))).toBe(true);
  });

  it('is none of a worker', async () => {
    const worker = { ...service, loadBalancer: undefined, targetGroup: undefined };
    expect(await hasPoints(client, worker, new Date(now))).toBe(false);
    expect(cloudwatch.calls()).toEqual([]);
  });
});
