import {
  ApplicationAutoScalingClient,
  type CustomizedMetricSpecification,
  PutScalingPolicyCommand,
  type ScalingPolicy,
} from '@aws-sdk/client-application-auto-scaling';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import {
  cpuPolicyNames,
  cpuPolicyOf,
  otherPoliciesOf,
  writeCpuPolicy,
} from '../../../shared/aws/autoscaling.ts';
import { cpuMetricOf, specificationOfCpu } from '../../../shared/aws/cpu-metric.ts';

const wire = mockClient(ApplicationAutoScalingClient);
beforeEach(() => {
  wire.reset();
});

const named = 'ECSServiceAverageCPUUtilization';
const dimensions = [
  { Name: 'ServiceName', Value: 'api' },
  { Name: 'ClusterName', Value: 'production' },
];
const spelt = {
  Namespace: 'AWS/ECS',
  MetricName: 'CPUUtilization',
  Statistic: 'Average',
  Dimensions: dimensions,
} as const satisfies CustomizedMetricSpecification;

const policy = (
  own: CustomizedMetricSpecification,
  ResourceId = 'service/production/api',
): ScalingPolicy => ({
  PolicyARN: 'arn',
  PolicyName: 'own',
  ServiceNamespace: 'ecs',
  ResourceId,
  ScalableDimension: 'ecs:service:DesiredCount',
  PolicyType: 'TargetTrackingScaling',
  CreationTime: new Date(0),
  TargetTrackingScalingPolicyConfiguration: { TargetValue: 60, CustomizedMetricSpecification: own },
});

describe("a policy that spells out its service's average CPU", () => {
  it.each<[string, CustomizedMetricSpecification]>([
    ['in any order of the dimensions', spelt],
    ['in the other order', { ...spelt, Dimensions: dimensions.toReversed() }],
    ['in percent', { ...spelt, Unit: 'Percent' }],
  ])('is the CPU policy, %s, and keeps its words', (_, own) => {
    expect(cpuPolicyOf([policy(own)])).toEqual({
      name: 'own',
      metric: own,
      target: 60,
      scaleOutCooldownSeconds: 300,
      scaleInCooldownSeconds: 300,
      disableScaleIn: false,
    });
    expect(otherPoliciesOf([policy(own)])).toEqual([]);
  });

  const math = [{ Id: 'cpu', Expression: 'm1', ReturnData: true }];
  it.each<[string, CustomizedMetricSpecification]>([
    ['with metric math', { Metrics: math }],
    ['with metric math beside it', { ...spelt, Metrics: math }],
    ['of memory', { ...spelt, MetricName: 'MemoryUtilization' }],
    ['of another namespace', { ...spelt, Namespace: 'Shop' }],
    ['of the maximum', { ...spelt, Statistic: 'Maximum' }],
    ['in another unit', { ...spelt, Unit: 'Count' }],
    ['of the whole cluster', { ...spelt, Dimensions: dimensions.slice(1) }],
    ['without dimensions', { ...spelt, Dimensions: [] }],
    ['with none given', { ...spelt, Dimensions: undefined }],
    ['with one dimension more', { ...spelt, Dimensions: [...dimensions, { Name: 'Task', Value: '1' }] }],
    [
      'of another service',
      { ...spelt, Dimensions: [{ Name: 'ServiceName', Value: 'web' }, ...dimensions.slice(1)] },
    ],
    [
      'of another cluster',
      { ...spelt, Dimensions: [...dimensions.slice(0, 1), { Name: 'ClusterName', Value: 'x' }] },
    ],
    ['with a member that is not known here', Object.assign({ Period: 20 }, spelt)],
  ])('is another policy %s', (_, own) => {
    expect(cpuPolicyOf([policy(own)])).toBeUndefined();
    expect(otherPoliciesOf([policy(own)])).toMatchObject([{ name: 'own' }]);
  });

  it('belongs to the service that it is registered for', () => {
    expect(cpuPolicyOf([policy(spelt, 'service/production/web')])).toBeUndefined();
    const { ResourceId: _, ...homeless } = policy(spelt);
    expect(cpuMetricOf({ ...homeless, ResourceId: undefined })).toBeUndefined();
  });

  it("is not the runbook's temporary policy", () => {
    expect(cpuPolicyNames([policy(spelt)])).toEqual([]);
    const plain = policy(spelt);
    plain.TargetTrackingScalingPolicyConfiguration = {
      TargetValue: 50,
      PredefinedMetricSpecification: { PredefinedMetricType: named },
    };
    expect(cpuPolicyNames([plain])).toEqual(['own']);
  });

  it('is written as it was read', async () => {
    wire.on(PutScalingPolicyCommand).resolves({});
    const found = cpuPolicyOf([policy(spelt)]);
    if (!found) throw new Error('no policy');
    const client = new ApplicationAutoScalingClient({});
    await writeCpuPolicy(client, { cluster: 'production', service: 'api' }, { ...found, target: 50 });
    expect(wire.commandCalls(PutScalingPolicyCommand)[0]?.args[0].input).toMatchObject({
      PolicyName: 'own',
      TargetTrackingScalingPolicyConfiguration: {
        TargetValue: 50,
        CustomizedMetricSpecification: spelt,
      },
    });
  });
});

it('a metric that AWS defines is written by its name', () => {
  expect(specificationOfCpu(named)).toEqual({
    PredefinedMetricSpecification: { PredefinedMetricType: named },
  });
  expect(specificationOfCpu({ ...spelt, Dimensions: [...dimensions] })).toEqual({
    CustomizedMetricSpecification: spelt,
  });
});
