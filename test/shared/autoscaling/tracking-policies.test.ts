import type {
  ScalingPolicy,
  TargetTrackingScalingPolicyConfiguration,
} from '@aws-sdk/client-application-auto-scaling';
import { expect, it } from '@jest/globals';
import { trackingPoliciesOf } from '../../../shared/autoscaling/tracking-policies.ts';

const policy = (
  PolicyName: string | undefined,
  TargetTrackingScalingPolicyConfiguration?: TargetTrackingScalingPolicyConfiguration,
): ScalingPolicy => ({
  PolicyARN: 'arn',
  PolicyName,
  ServiceNamespace: 'ecs',
  ResourceId: 'service/production/api',
  ScalableDimension: 'ecs:service:DesiredCount',
  PolicyType: 'TargetTrackingScaling',
  CreationTime: new Date(0),
  ...(TargetTrackingScalingPolicyConfiguration ? { TargetTrackingScalingPolicyConfiguration } : {}),
});
const cpu = { PredefinedMetricType: 'ECSServiceAverageCPUUtilization' } as const;
const own = { Namespace: 'Shop', MetricName: 'Orders', Statistic: 'Average' } as const;
const metricOf = (part: Omit<TargetTrackingScalingPolicyConfiguration, 'TargetValue'>) =>
  trackingPoliciesOf([policy('one', { TargetValue: 70, ...part })]).tracking[0]?.metric;

it('tells the policies that follow a target from the others', () => {
  const steps = policy('steps');
  const aimless = policy('aimless', { TargetValue: undefined, PredefinedMetricSpecification: cpu });
  const tracking = policy('cpu', { TargetValue: 70, PredefinedMetricSpecification: cpu });

  expect(trackingPoliciesOf([steps, tracking, aimless, policy(undefined)])).toEqual({
    tracking: [
      {
        name: 'cpu',
        metric: expect.stringContaining('ECSServiceAverageCPUUtilization'),
        target: 70,
        scaleOutCooldownSeconds: 300,
        scaleInCooldownSeconds: 300,
        disableScaleIn: false,
      },
    ],
    others: ['steps', 'aimless', ''],
  });
  expect(trackingPoliciesOf([])).toEqual({ tracking: [], others: [] });
});

it('keeps what a policy says about cooldowns and scaling in', () => {
  const said = { TargetValue: 70, ScaleOutCooldown: 0, ScaleInCooldown: 60, DisableScaleIn: true };
  expect(trackingPoliciesOf([policy('one', said)]).tracking).toMatchObject([
    { scaleOutCooldownSeconds: 0, scaleInCooldownSeconds: 60, disableScaleIn: true },
  ]);
});

it('tells metrics apart by all that names them', () => {
  const requests = { PredefinedMetricType: 'ALBRequestCountPerTarget' } as const;
  const dimension = (Name: string | undefined, Value: string | undefined) => ({
    CustomizedMetricSpecification: { ...own, Dimensions: [{ Name, Value }] },
  });
  const metrics = [
    metricOf({ PredefinedMetricSpecification: cpu }),
    metricOf({ PredefinedMetricSpecification: requests }),
    metricOf({ PredefinedMetricSpecification: { ...requests, ResourceLabel: 'app/a/targetgroup/b' } }),
    metricOf({ CustomizedMetricSpecification: own }),
    metricOf(dimension('Service', 'api')),
    metricOf(dimension('Service', undefined)),
    metricOf(dimension(undefined, 'api')),
    metricOf({ CustomizedMetricSpecification: { Namespace: 'Shop' } }),
    metricOf({ CustomizedMetricSpecification: { MetricName: 'Orders' } }),
    metricOf({ CustomizedMetricSpecification: { Namespace: 'Shop', MetricName: 'Orders' } }),
    metricOf({}),
  ];

  expect(metrics.every((metric) => typeof metric === 'string' && metric !== '')).toBe(true);
  expect(new Set(metrics).size).toBe(metrics.length);
  expect(metricOf({ CustomizedMetricSpecification: { ...own, Dimensions: [] } })).toBe(metrics[3]);
});

it("tells its service's own CPU, spelt out, from that of another service and from other statistics", () => {
  const spelt = (service: string, Statistic: 'Average' | 'Maximum' = 'Average') =>
    metricOf({
      CustomizedMetricSpecification: {
        Namespace: 'AWS/ECS',
        MetricName: 'CPUUtilization',
        Statistic,
        Dimensions: [
          { Name: 'ServiceName', Value: service },
          { Name: 'ClusterName', Value: 'production' },
        ],
      },
    });
  expect(spelt('api')).toBe('customized ECSServiceAverageCPUUtilization');
  expect(spelt('web')).toBe('AWS/ECS CPUUtilization Average ClusterName=production ServiceName=web');
  expect(spelt('api', 'Maximum')).toContain('AWS/ECS CPUUtilization Maximum');
});
