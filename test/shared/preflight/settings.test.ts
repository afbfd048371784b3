import {
  ApplicationAutoScalingClient,
  DescribeScalableTargetsCommand,
  DescribeScalingPoliciesCommand,
} from '@aws-sdk/client-application-auto-scaling';
import { CloudWatchClient, GetMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import {
  DescribeServiceRevisionsCommand,
  DescribeServicesCommand,
  DescribeTaskDefinitionCommand,
  ECSClient,
  ListServiceDeploymentsCommand,
} from '@aws-sdk/client-ecs';
import { GetAccountSettingsCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { GetAccountCommand, SESv2Client } from '@aws-sdk/client-sesv2';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import { accountTrials, settingsTrials } from '../../../shared/preflight/settings.ts';
import type { Trial } from '../../../shared/preflight/trials.ts';
import { service } from '../../support/builders.ts';
import { basics } from './support.ts';

const ecs = mockClient(ECSClient);
const autoscaling = mockClient(ApplicationAutoScalingClient);
const cloudwatch = mockClient(CloudWatchClient);
const lambda = mockClient(LambdaClient);
const ses = mockClient(SESv2Client);

const context = {
  ...basics,
  ecs: new ECSClient({}),
  autoscaling: new ApplicationAutoScalingClient({}),
  cloudwatch: new CloudWatchClient({}),
  functions: new LambdaClient({}),
  mail: { ses: new SESv2Client({}) },
};

const other = 'arn:aws:elasticloadbalancing:ap-southeast-1:123456789012:targetgroup/other/1';
const tracking = (PolicyName: string) => ({
  PolicyName,
  PolicyType: 'TargetTrackingScaling' as const,
  PolicyARN: `arn:${PolicyName}`,
  ServiceNamespace: 'ecs' as const,
  ResourceId: 'x',
  ScalableDimension: 'ecs:service:DesiredCount' as const,
  CreationTime: new Date(0),
  TargetTrackingScalingPolicyConfiguration: {
    TargetValue: 70,
    PredefinedMetricSpecification: { PredefinedMetricType: 'ECSServiceAverageCPUUtilization' as const },
  },
});

/** A service that is nowhere as configured. */
beforeEach(() => {
  for (const client of [ecs, autoscaling, cloudwatch, lambda, ses]) client.reset();
  ecs.on(DescribeServicesCommand).resolves({
    services: [
      {
        status: 'ACTIVE',
        desiredCount: 3,
        launchType: 'FARGATE',
        taskDefinition: 'buywhere-api:42',
        loadBalancers: [{ targetGroupArn: other }],
        deploymentConfiguration: { strategy: 'BLUE_GREEN' },
      },
    ],
  });
  ecs
    .on(DescribeTaskDefinitionCommand, { taskDefinition: 'buywhere-api:42' })
    .resolves({ taskDefinition: { cpu: '1024', taskRoleArn: 'arn:aws:iam::123456789012:role/somebody' } });
  ecs.on(ListServiceDeploymentsCommand).resolves({
    serviceDeployments: [{ status: 'SUCCESSFUL', targetServiceRevisionArn: 'arn:revision' }],
  });
  ecs.on(DescribeServiceRevisionsCommand).resolves({
    serviceRevisions: [{ serviceRevisionArn: 'arn:revision' }],
  });
  autoscaling.on(DescribeScalableTargetsCommand).resolves({ ScalableTargets: [] });
  autoscaling
    .on(DescribeScalingPoliciesCommand)
    .resolves({ ScalingPolicies: [tracking(service.cpuPolicy.temporaryName)] });
  cloudwatch.on(GetMetricDataCommand).resolves({
    MetricDataResults: [
      { Id: 'used', Values: [10] },
      { Id: 'quota', Values: [12] },
    ],
  });
  lambda.on(GetAccountSettingsCommand).resolves({ AccountLimit: { UnreservedConcurrentExecutions: 3 } });
  ses.on(GetAccountCommand).resolves({ SendingEnabled: true });
});

/** What each trial finds, or the error that it ends in. */
async function findings(trials: readonly Trial[]) {
  const found: Record<string, unknown> = {};
  for (const { check, try: attempt } of trials)
    found[check] = await attempt().catch((error: Error) => `${error.name}: ${error.message}`);
  return found;
}

const odd = { ...service, cpuMetricSeconds: 20 as const, taskRoles: ['buywhere-*'] };
const ceiling = service.capacity.emergency.max;

describe('what the configuration says of a service is compared with what AWS says', () => {
  it('each difference with both values', async () => {
    expect(await findings(settingsTrials(odd, context))).toEqual({
      'ecs:DescribeServices': undefined,
      service: undefined,
      'target-group': { configured: service.targetGroup, found: 'targetgroup/other/1' },
      'alternate-target-group': undefined,
      'deployment-strategy': { configured: 'ROLLING', found: 'BLUE_GREEN' },
      'ecs:DescribeTaskDefinition': undefined,
      'task-roles': { configured: 'buywhere-*', found: 'somebody' },
      'ecs:ListServiceDeployments': undefined,
      'cpu-metric': { configured: '20 s', found: '60 s' },
      'application-autoscaling:DescribeScalableTargets': undefined,
      'scalable-target': { configured: '1–10 tasks', found: 'none' },
      'application-autoscaling:DescribeScalingPolicies': undefined,
      'cpu-policy': { configured: service.cpuPolicy.name, found: service.cpuPolicy.temporaryName },
      'temporary-policy': { configured: 'none', found: service.cpuPolicy.temporaryName },
      'load-balancer': undefined,
      'cloudwatch:GetMetricData': undefined,
      'fargate-vcpu': {
        configured: `${10 + ceiling - 3} vCPU at the ceiling`,
        found: 'quota of 12 vCPU',
      },
    });
  });

  it('the other group of a pair, and a load balancer without a point', async () => {
    cloudwatch.on(GetMetricDataCommand).resolves({});
    const found = await findings(
      settingsTrials({ ...service, alternateTargetGroup: 'targetgroup/b/1' }, context),
    );
    expect(found['alternate-target-group']).toEqual({ configured: 'targetgroup/b/1', found: 'none' });
    expect(found['load-balancer']).toEqual({ configured: service.loadBalancer, found: 'none' });
  });

  it('nothing of a load balancer for a worker', async () => {
    const { loadBalancer: _, targetGroup: __, ...worker } = service;
    expect(settingsTrials(worker, context).map(({ check }) => check)).not.toContain('load-balancer');
  });

  it('a service that cannot be used, in its own words', async () => {
    ecs.on(DescribeServicesCommand).resolves({ services: [{ status: 'DRAINING' }] });
    const found = await findings(settingsTrials(service, context));
    expect(found.service).toBe(
      `ServiceNotUsableError: service ${service.service} in cluster ${service.cluster} is DRAINING, not ACTIVE`,
    );
  });

  it('nothing where the service is missing: what needs it is not tried', async () => {
    ecs.on(DescribeServicesCommand).resolves({ failures: [{ reason: 'MISSING' }] });
    const found = await findings(settingsTrials(service, context));
    expect(found['ecs:DescribeServices']).toBe(
      `ServiceNotUsableError: service ${service.service} in cluster ${service.cluster}: MISSING`,
    );
    for (const check of ['service', 'target-group', 'deployment-strategy', 'task-roles', 'fargate-vcpu'])
      expect(found[check]).toEqual({ notTried: 'unread' });
  });

  it('what the account as a whole allows', async () => {
    expect(await findings(accountTrials(context))).toEqual({
      'lambda:GetAccountSettings': undefined,
      'lambda-concurrency': { configured: 'at least 20', found: '3' },
      'ses:GetAccount': undefined,
      'mail-sandbox': { configured: 'production access', found: 'sandbox' },
    });
  });
});
