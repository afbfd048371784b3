import type { Assessment } from '../document/assessment.ts';
import type { Plan } from '../document/plan.ts';
import type { RestoreTarget } from '../drift/restore-target.ts';
import { differences, type Snapshot } from '../incident/snapshot.ts';

/**
 * Whether people have given everything back already, so that a way back has nothing to change and nobody has to approve
 * it. A count inside the bounds is autoscaling's business, where it may scale in again. What is set in PgBouncer nobody has
 * looked at. Pure.
 */
export function isRestoredByHand(
  { desired, bounds, removes, pools }: Pick<Plan, 'desired' | 'bounds' | 'removes' | 'pools'>,
  { snapshot, target }: { snapshot: Snapshot | undefined; target: RestoreTarget },
  { service, autoscaling }: Assessment,
): boolean {
  if (!snapshot || !desired || removes || pools || 'unknown' in service) return false;
  const isFree = bounds?.to.suspended.dynamicScalingIn === false;
  if (desired.from !== desired.to && !isFree) return false;
  const end = { ...snapshot, ...target, desired: desired.to, bounds: bounds?.to ?? target.bounds };
  return differences(end, service, autoscaling).length === 0;
}
