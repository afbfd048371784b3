import type { SimulatedService } from '../../world/model/types.ts';
import type { Alarm } from '../cloudwatch/alarm.ts';
import type { Alarms } from '../cloudwatch/alarms.ts';
import type { Site } from '../site.ts';
import { recordNotScaled, setDesiredCount, settleActivities } from './activities.ts';
import { type Bounded, boundScaleIn, boundScaleOut, type Capacity, coolingDown } from './decide.ts';
import type { NotScaledReason, ScalableTarget, ScalingStore } from './store.ts';
import { type ApprovalAction, stepWishes, targetTrackingWishes } from './wishes.ts';

function causeOf({ alarm, policy }: ApprovalAction): string {
  return `monitor alarm ${alarm.definition.AlarmName} in state ALARM triggered policy ${policy.name}`;
}

/** The scale-in cooldown that a policy's own last scale-in started. A scale-out since then has ended it. */
function mayScaleIn({ policy }: ApprovalAction, now: number): boolean {
  const cooldown = policy.targetTracking?.ScaleInCooldown ?? policy.stepScaling?.Cooldown;
  return !coolingDown(policy.lastInAt, cooldown, now);
}

function largest(wishes: readonly ApprovalAction[]): ApprovalAction | undefined {
  return wishes.reduce<ApprovalAction | undefined>(
    (best, wish) => (best && best.wanted >= wish.wanted ? best : wish),
    undefined,
  );
}

/** Application Auto Scaling's reaction to its alarms, for one scalable target. */
function evaluateTarget(site: Site, store: ScalingStore, alarms: Alarms, target: ScalableTarget): void {
  const service: SimulatedService | undefined = site.world.service(target.cluster, target.serviceName);
  if (service?.status !== 'ACTIVE') return;
  const now = site.now();
  const capacity: Capacity = {
    desired: service.desiredCount,
    running: service.runningCount,
    min: target.min,
    max: target.max,
  };
  const tracking = targetTrackingWishes(alarms, target, capacity, now);
  const steps = stepWishes(alarms, target, capacity, now);
  const notScaled = (wish: ApprovalAction, reason: NotScaledReason) =>
    recordNotScaled(site, store, target, causeOf(wish), reason);

  function apply(wish: ApprovalAction, bounded: Bounded): boolean {
    if ('notScaled' in bounded) {
      notScaled(wish, bounded.notScaled);
      return false;
    }
    const change = { resourceId: target.resourceId, desired: bounded.desired, cause: causeOf(wish) };
    if (service !== undefined) setDesiredCount(site, store, service, change);
    return true;
  }

  const out = largest([...tracking.out, ...steps.out]);
  if (out !== undefined) {
    if (target.suspended.DynamicScalingOutSuspended) return;
    if (!apply(out, boundScaleOut(out.wanted, capacity))) return;
    out.policy.lastOut = { at: now, base: out.base };
    for (const policy of target.policies.values()) delete policy.lastInAt;
    return;
  }

  const inward = largest([...tracking.in, ...steps.in].filter((wish) => mayScaleIn(wish, now)));
  if (inward === undefined || target.suspended.DynamicScalingInSuspended) return;
  if (service.deployments.some((deployment) => deployment.rolloutState === 'IN_PROGRESS')) {
    notScaled(inward, { Code: 'TargetServicePutResourceAsUnscalable' });
    return;
  }
  if (!apply(inward, boundScaleIn(inward.wanted, capacity))) return;
  for (const wish of [...tracking.in, ...steps.in]) wish.policy.lastInAt = now;
}

/** Lets every scalable target react to alarms that were just evaluated. */
export function evaluateScaling(
  site: Site,
  store: ScalingStore,
  alarms: Alarms,
  due: readonly Alarm[],
): void {
  settleActivities(site, store);
  const actions = new Set(due.flatMap((alarm) => alarm.definition.AlarmActions));
  for (const target of store.targets.values()) {
    const concerned = [...target.policies.values()].some((policy) => actions.has(policy.arn));
    if (concerned) evaluateTarget(site, store, alarms, target);
  }
}
