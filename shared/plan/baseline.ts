import type { ServiceConfig } from '../config/service.ts';
import type { Settings } from '../document/setting-changes.ts';
import type { RestoreTarget } from '../drift/restore-target.ts';

/** What a way back without a snapshot goes to: the configured baseline, of what is registered now. Pure. */
export function baselineOf(service: ServiceConfig, { bounds, cpuPolicy }: Settings): RestoreTarget {
  const { desired, min, max } = service.capacity.baseline;
  const suspended = { dynamicScalingIn: false, dynamicScalingOut: false, scheduledScaling: false };
  return {
    desired,
    bounds: bounds && { min, max, suspended },
    cpuPolicy: cpuPolicy && { ...cpuPolicy, ...service.cpuPolicy.baseline },
  };
}
