import type { ServiceConfig } from '../config/service.ts';
import { ServiceNotUsableError } from '../core/errors.ts';
import type { Reading } from '../core/reading.ts';
import type { Unknown } from '../core/unknown.ts';
import type { ServiceView } from '../document/assessment.ts';

type Configured = Pick<ServiceConfig, 'cluster' | 'service' | 'targetGroup' | 'alternateTargetGroup'>;

/**
 * The target group to which ECS moves the traffic of the configured one, or from which it did: as the service shows it, or
 * as it is configured; absent where none is.
 */
export function swappedWith(
  { targetGroup, alternateTargetGroup }: Configured,
  view: Reading<ServiceView>,
): string | undefined {
  if (targetGroup === undefined) return undefined;
  const groups = ('value' in view && view.value.targetGroups) || [];
  const pair = groups.find(({ group, alternate }) => group === targetGroup || alternate === targetGroup);
  return (pair?.group === targetGroup ? pair.alternate : pair?.group) ?? alternateTargetGroup;
}

/**
 * The service as it was read, or that it can't be used: metrics and alarms of a target group that it does not have say
 * nothing of it. A service that shows no target group at all is taken as it is.
 */
export function withItsTargetGroup(
  configured: Configured,
  view: Reading<ServiceView>,
): ServiceView | { unknown: Unknown } {
  if ('unknown' in view) return view;
  const message = lackedTargetGroup(configured, view.value);
  return message === undefined ? view.value : { unknown: { cause: 'not-usable', message } };
}

/** @throws ServiceNotUsableError when the service does not have the configured target group. */
export function assertItsTargetGroup(configured: Configured, view: ServiceView): void {
  const message = lackedTargetGroup(configured, view);
  if (message !== undefined) throw new ServiceNotUsableError(message);
}

function lackedTargetGroup(
  { cluster, service, targetGroup }: Configured,
  view: ServiceView,
): string | undefined {
  const groups = (view.targetGroups ?? []).flatMap(({ group, alternate }) =>
    alternate ? [group, alternate] : [group],
  );
  if (targetGroup === undefined || groups.length === 0 || groups.includes(targetGroup)) return undefined;
  return `service ${service} in cluster ${cluster} does not have the configured target group ${targetGroup}; it has ${groups.join(' and ')}: correct targetGroup in config/`;
}
