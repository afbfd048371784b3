import type { ScalingPolicy } from '@aws-sdk/client-application-auto-scaling';
import type { Service, TaskDefinition } from '@aws-sdk/client-ecs';
import { cpuPolicyNames, cpuPolicyOf } from '../aws/autoscaling.ts';
import { targetGroupsOf } from '../aws/ecs.ts';
import type { DescribedDeployment } from '../aws/ecs-deployments.ts';
import type { ServiceConfig } from '../config/service.ts';
import type { Bounds } from '../document/settings.ts';
import type { Finding } from './trials.ts';

/** Comparisons of what `config/` says of a service with what AWS says. Each finds nothing where the two agree. Pure. */

const differing = (configured: string, found: string): Finding | undefined =>
  configured === found ? undefined : { configured, found };

const none = 'none';

/** The target group of the service; one that ECS swaps with it counts as well. */
export function targetGroupFinding({ targetGroup = none }: ServiceConfig, service: Service) {
  const groups = (targetGroupsOf(service).targetGroups ?? []).flatMap(({ group, alternate }) =>
    alternate ? [group, alternate] : [group],
  );
  return groups.includes(targetGroup) ? undefined : differing(targetGroup, groups.join(', ') || none);
}

/** The other group of a pair: not watched, it is blind for half of the time. */
export function alternateGroupFinding(
  { targetGroup, alternateTargetGroup = none }: ServiceConfig,
  service: Service,
) {
  const pairs = targetGroupsOf(service).targetGroups ?? [];
  const pair = pairs.find(({ group, alternate }) => group === targetGroup || alternate === targetGroup);
  const other = pair?.group === targetGroup ? pair?.alternate : pair?.group;
  return differing(alternateTargetGroup, other ?? none);
}

/** Blue/green, linear and canary deployments move the traffic between two target groups. Source: ECS API, DeploymentConfiguration. */
export function strategyFinding({ targetGroup, alternateTargetGroup }: ServiceConfig, service: Service) {
  const { strategy = 'ROLLING' } = service.deploymentConfiguration ?? {};
  const pair = targetGroup !== undefined && strategy !== 'ROLLING';
  return pair === (alternateTargetGroup !== undefined)
    ? undefined
    : { configured: alternateTargetGroup ? 'two target groups' : 'ROLLING', found: strategy };
}

/**
 * The resolution of the CPU metric, by the newest deployment that succeeded. Source: ECS API, MonitoringConfiguration (60
 * seconds where nothing is said).
 */
export function cpuMetricFinding(
  { cpuMetricSeconds }: ServiceConfig,
  deployments: readonly DescribedDeployment[],
): Finding | undefined {
  const { revision } = deployments.find(({ deployment }) => deployment.status === 'SUCCESSFUL') ?? {};
  if (!revision) return { notTried: 'no-deployment' };
  const ofCpu = revision.monitoring?.metricConfigurations?.find(({ metricNames = [] }) =>
    metricNames.includes('CPUUtilization'),
  );
  const found = ofCpu?.resolutionSeconds === 20 ? 20 : 60;
  return differing(`${cpuMetricSeconds} s`, `${found} s`);
}

/** Whether every role of the task definition may be passed by a rollback. A definition names a role by ARN or name. */
export function taskRolesFinding({ taskRoles }: ServiceConfig, definition: TaskDefinition) {
  const roles = [definition.taskRoleArn, definition.executionRoleArn].flatMap((role) =>
    role ? role.slice(role.includes(':role/') ? role.indexOf(':role/') + ':role/'.length : 0) : [],
  );
  const outside = roles.filter((role) => !taskRoles.some((pattern) => like(pattern, role)));
  return outside.length === 0 ? undefined : { configured: taskRoles.join(', '), found: outside.join(', ') };
}

/** IAM's wildcard. */
const like = (pattern: string, name: string): boolean =>
  new RegExp(`^${pattern.replace(/[^\w*]/g, '\\$&').replaceAll('*', '.*')}$`).test(name);

/** Whether the service has a scalable target, and whether it stays below the ceiling of an emergency. */
export function boundsFinding({ capacity }: ServiceConfig, bounds: Bounds | undefined): Finding | undefined {
  const { min, max } = capacity.baseline;
  const configured = `${min}–${max} tasks`;
  if (!bounds) return { configured, found: none };
  return bounds.max > capacity.emergency.max
    ? { configured: `at most ${capacity.emergency.max} tasks`, found: `${bounds.min}–${bounds.max} tasks` }
    : undefined;
}

/** Whether the CPU policy has the name by which an emergency changes it. */
export function cpuPolicyFinding({ cpuPolicy }: ServiceConfig, policies: readonly ScalingPolicy[]) {
  return differing(cpuPolicy.name, cpuPolicyOf(policies, (name) => name === cpuPolicy.name)?.name ?? none);
}

/** A policy of the runbook's temporary name is a leftover. */
export function temporaryPolicyFinding({ cpuPolicy }: ServiceConfig, policies: readonly ScalingPolicy[]) {
  const { temporaryName } = cpuPolicy;
  return cpuPolicyNames(policies).includes(temporaryName) ? differing(none, temporaryName) : undefined;
}
