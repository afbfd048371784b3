import type { ScalingPolicy } from '@aws-sdk/client-application-auto-scaling';
import type { Service } from '@aws-sdk/client-ecs';
import { describe, expect, it } from '@jest/globals';
import {
  alternateGroupFinding,
  boundsFinding,
  cpuMetricFinding,
  cpuPolicyFinding,
  strategyFinding,
  targetGroupFinding,
  taskRolesFinding,
  temporaryPolicyFinding,
} from '../../../shared/preflight/compare.ts';
import { bounds, service, targetGroup } from '../../support/builders.ts';

const other = 'targetgroup/other/0123456789abcdef';
const arnOf = (group: string) => `arn:aws:elasticloadbalancing:r:1:${group}`;
const behind = (group: string, alternate?: string): Service => ({
  loadBalancers: [
    {
      targetGroupArn: arnOf(group),
      ...(alternate ? { advancedConfiguration: { alternateTargetGroupArn: arnOf(alternate) } } : {}),
    },
  ],
});
const strategy = (name: 'ROLLING' | 'BLUE_GREEN'): Service => ({
  deploymentConfiguration: { strategy: name },
});
const alone = { ...service, loadBalancer: undefined, targetGroup: undefined };
const paired = { ...service, alternateTargetGroup: other };

describe('a target group', () => {
  it.each([
    ['the configured one', service, behind(targetGroup), undefined],
    ['the configured one, swapped', service, behind(other, targetGroup), undefined],
    ['another one', service, behind(other), { configured: targetGroup, found: other }],
    ['none', service, {}, { configured: targetGroup, found: 'none' }],
    ['none, and none is configured', alone, {}, undefined],
    ['one, and none is configured', alone, behind(other), { configured: 'none', found: other }],
  ])('of the service: %s', (_, config, seen, finding) => {
    expect(targetGroupFinding(config, seen)).toEqual(finding);
  });

  it.each([
    ['none on both sides', service, behind(targetGroup), undefined],
    ['the configured one', paired, behind(targetGroup, other), undefined],
    ['the configured one, while the traffic is there', paired, behind(other, targetGroup), undefined],
    ['one that nobody watches', service, behind(targetGroup, other), { configured: 'none', found: other }],
    ['one that is not there', paired, behind(targetGroup), { configured: other, found: 'none' }],
  ])('that ECS swaps with it: %s', (_, config, seen, finding) => {
    expect(alternateGroupFinding(config, seen)).toEqual(finding);
  });

  it.each([
    [service, {}, undefined],
    [service, strategy('ROLLING'), undefined],
    [paired, strategy('BLUE_GREEN'), undefined],
    [service, strategy('BLUE_GREEN'), { configured: 'ROLLING', found: 'BLUE_GREEN' }],
    [paired, strategy('ROLLING'), { configured: 'two target groups', found: 'ROLLING' }],
    [alone, strategy('BLUE_GREEN'), undefined],
  ])('needs its strategy (%#)', (config, seen, finding) => {
    expect(strategyFinding(config, seen)).toEqual(finding);
  });
});

describe('the resolution of the CPU metric', () => {
  const deployed = (
    status: 'SUCCESSFUL' | 'ROLLBACK_SUCCESSFUL',
    seconds?: number,
    metric = 'CPUUtilization',
  ) => ({
    deployment: { status },
    revision: seconds
      ? { monitoring: { metricConfigurations: [{ metricNames: [metric], resolutionSeconds: seconds }] } }
      : {},
  });
  it.each([
    [20, [deployed('SUCCESSFUL', 20)], undefined],
    [60, [deployed('SUCCESSFUL')], undefined],
    [60, [deployed('SUCCESSFUL', 60)], undefined],
    [20, [deployed('SUCCESSFUL')], { configured: '20 s', found: '60 s' }],
    [60, [deployed('SUCCESSFUL', 20)], { configured: '60 s', found: '20 s' }],
    [20, [deployed('SUCCESSFUL', 20, 'MemoryUtilization')], { configured: '20 s', found: '60 s' }],
    [20, [deployed('ROLLBACK_SUCCESSFUL'), deployed('SUCCESSFUL', 20)], undefined],
    [20, [], { notTried: 'no-deployment' }],
    [
      20,
      [{ deployment: { status: 'SUCCESSFUL' as const }, revision: undefined }],
      { notTried: 'no-deployment' },
    ],
  ] as const)('%i s (%#)', (cpuMetricSeconds, deployments, finding) => {
    expect(cpuMetricFinding({ ...service, cpuMetricSeconds }, [...deployments] as never)).toEqual(finding);
  });
});

describe('the roles of a task definition', () => {
  const definition = {
    taskRoleArn: 'arn:aws:iam::1:role/team/api-task',
    executionRoleArn: 'ecsTaskExecutionRole',
  };
  it.each([
    [['*'], undefined],
    [['team/api-*', 'ecsTaskExecutionRole'], undefined],
    [['team/api-*'], { configured: 'team/api-*', found: 'ecsTaskExecutionRole' }],
    [['api-task', 'ecs*'], { configured: 'api-task, ecs*', found: 'team/api-task' }],
    [['team/api.task', 'ecs*'], { configured: 'team/api.task, ecs*', found: 'team/api-task' }],
  ])('%j may be passed', (taskRoles, finding) => {
    expect(taskRolesFinding({ ...service, taskRoles }, definition)).toEqual(finding);
  });

  it('are none where it has none', () => {
    expect(taskRolesFinding({ ...service, taskRoles: ['x'] }, {})).toBeUndefined();
  });
});

describe('autoscaling', () => {
  it.each([
    [bounds({ max: 20 }), undefined],
    [bounds({ max: 21 }), { configured: 'at most 20 tasks', found: '1–21 tasks' }],
    [undefined, { configured: '1–10 tasks', found: 'none' }],
  ])('has its target below the ceiling (%#)', (present, finding) => {
    expect(boundsFinding(service, present)).toEqual(finding);
  });

  const named = (PolicyName: string): ScalingPolicy => ({
    PolicyName,
    PolicyARN: 'arn',
    ServiceNamespace: 'ecs',
    ResourceId: 'service/buywhere-production/buywhere-api',
    ScalableDimension: 'ecs:service:DesiredCount',
    PolicyType: 'TargetTrackingScaling',
    CreationTime: new Date(0),
    TargetTrackingScalingPolicyConfiguration: {
      TargetValue: 70,
      PredefinedMetricSpecification: { PredefinedMetricType: 'ECSServiceAverageCPUUtilization' },
    },
  });
  const { name, temporaryName } = service.cpuPolicy;
  it('has the CPU policy by its name', () => {
    expect(cpuPolicyFinding(service, [named(name)])).toBeUndefined();
    expect(cpuPolicyFinding(service, [named(temporaryName), named(name)])).toBeUndefined();
    expect(cpuPolicyFinding(service, [named('mine')])).toEqual({ configured: name, found: 'mine' });
    expect(cpuPolicyFinding(service, [])).toEqual({ configured: name, found: 'none' });
  });

  it('has no temporary policy left over', () => {
    expect(temporaryPolicyFinding(service, [named(name)])).toBeUndefined();
    expect(temporaryPolicyFinding(service, [named(temporaryName)])).toEqual({
      configured: 'none',
      found: temporaryName,
    });
  });
});
