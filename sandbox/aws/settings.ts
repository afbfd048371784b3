import { keyCounts } from '../world/model/cache-keys.ts';
import type { SimulatedService } from '../world/model/types.ts';
import { metricLabel } from './autoscaling/metrics.ts';
import { resourceIdOf, type ScalingPolicy, type ScalingStore } from './autoscaling/store.ts';
import type { Site } from './site.ts';
import type { ServiceSettings } from './wire.ts';

type PolicySettings = ServiceSettings['policies'][number];

function policySettings(policy: ScalingPolicy): PolicySettings {
  const { targetTracking: tracking, stepScaling: steps } = policy;
  if (tracking === undefined) {
    return { name: policy.name, type: 'StepScaling', metric: steps?.AdjustmentType ?? 'unknown' };
  }
  return {
    name: policy.name,
    type: 'TargetTrackingScaling',
    metric: metricLabel(tracking),
    target: tracking.TargetValue,
    ...(tracking.ScaleOutCooldown !== undefined && { scaleOutCooldown: tracking.ScaleOutCooldown }),
    ...(tracking.ScaleInCooldown !== undefined && { scaleInCooldown: tracking.ScaleInCooldown }),
    disableScaleIn: tracking.DisableScaleIn,
  };
}

/** Everything that a run may change at a service and must give back, as it stands now. */
export function readSettings(store: ScalingStore, service: SimulatedService): ServiceSettings {
  const target = store.targets.get(resourceIdOf(service.cluster, service.name));
  const { state: cache } = service.cache();
  return {
    desired: service.desiredCount,
    running: service.runningCount,
    pending: service.pendingCount,
    taskDefinition: service.taskDefinition,
    ...(target && {
      min: target.min,
      max: target.max,
      suspended: {
        dynamicScalingIn: target.suspended.DynamicScalingInSuspended,
        dynamicScalingOut: target.suspended.DynamicScalingOutSuspended,
        scheduledScaling: target.suspended.ScheduledScalingSuspended,
      },
    }),
    policies: [...(target?.policies.values() ?? [])].map(policySettings),
    pools: service.poolSizes,
    cache: { policy: cache.policy, keys: keyCounts(cache).keys },
  };
}

const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);

/** The changed settings before and after; of the policies only those that differ. Task counts in motion are no setting. */
function settingsDifference(
  before: ServiceSettings,
  after: ServiceSettings,
): { from: Record<string, unknown>; to: Record<string, unknown> } {
  const from: Record<string, unknown> = {};
  const to: Record<string, unknown> = {};
  for (const key of ['desired', 'min', 'max', 'suspended', 'taskDefinition', 'pools', 'cache'] as const) {
    if (same(before[key], after[key])) continue;
    from[key] = before[key];
    to[key] = after[key];
  }
  const without = (policies: PolicySettings[], others: PolicySettings[]) =>
    policies.filter((policy) => !others.some((other) => same(policy, other)));
  const removed = without(before.policies, after.policies);
  const added = without(after.policies, before.policies);
  if (removed.length > 0 || added.length > 0) {
    from.policies = removed;
    to.policies = added;
  }
  return { from, to };
}

/** Makes `recorded(call, service, caller, work)`, which runs `work` and records what it changed at the service. */
export function createRecorder(site: Site, store: ScalingStore) {
  return function recorded<T>(call: string, service: SimulatedService, who: string, work: () => T): T {
    const before = readSettings(store, service);
    const ownWrites = site.writes.length;
    const result = work();
    const { from, to } = settingsDifference(before, readSettings(store, service));
    // What Application Auto Scaling did on the way has its own record.
    if (site.writes.length > ownWrites) {
      delete from.desired;
      delete to.desired;
    }
    if (Object.keys(to).length > 0) {
      const write = { at: site.now(), who, call, service: `${service.cluster}/${service.name}`, from, to };
      site.writes.splice(ownWrites, 0, write);
      site.onWrite?.(write);
    }
    return result;
  };
}

export type Recorder = ReturnType<typeof createRecorder>;
