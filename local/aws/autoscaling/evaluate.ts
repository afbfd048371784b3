import type { SimulatedService } from '../../world/types.ts';
import type { Alarm, Alarms } from '../cloudwatch/alarms.ts';
import type { Site } from '../site.ts';
import { recordNotScaled, setDesiredCount, settleActivities } from './activities.ts';
import {
  type Bounded,
  boundScaleIn,
  boundScaleOut,
  type Capacity,
  coolingDown,
  scaleInCapacity,
  scaleOutCapacity,
  stepCapacity,
} from './decide.ts';
import type { NotScaledReason, ScalableTarget, ScalingPolicy, ScalingStore } from './store.ts';

/** What one policy asks for in one evaluation. */
interface Wish {
  policy: ScalingPolicy;
  alarm: Alarm;
  wanted: number;
  /** Running count from which a scale-out was computed. */
  base: number;
}

interface Wishes {
  out: Wish[];
  in: Wish[];
}

function causeOf({ alarm, policy }: Wish): string {
  return `monitor alarm ${alarm.definition.AlarmName} in state ALARM triggered policy ${policy.name}`;
}

function firing(alarms: Alarms, name: string | undefined): Alarm | undefined {
  const alarm = name === undefined ? undefined : alarms.find(name);
  return alarm?.state.value === 'ALARM' && alarm.definition.ActionsEnabled ? alarm : undefined;
}

/** Target tracking: out if any policy says out, in only if all policies that may scale in say in. */
function targetTrackingWishes(
  alarms: Alarms,
  target: ScalableTarget,
  capacity: Capacity,
  now: number,
): Wishes {
  const wishes: Wishes = { out: [], in: [] };
  let allIn = true;
  for (const policy of target.policies.values()) {
    const config = policy.targetTracking;
    if (config === undefined) continue;
    const high = firing(alarms, policy.alarms?.high);
    if (high?.latestValue !== undefined) {
      const { base, wanted } = scaleOutCapacity(config, high.latestValue, capacity, policy.lastOut, now);
      wishes.out.push({ policy, alarm: high, wanted, base });
    }
    if (config.DisableScaleIn) continue;
    const low = firing(alarms, policy.alarms?.low);
    if (low?.latestValue === undefined) allIn = false;
    else {
      const wanted = scaleInCapacity(config, low.latestValue, capacity);
      wishes.in.push({ policy, alarm: low, wanted, base: capacity.running });
    }
  }
  return { out: wishes.out, in: allIn ? wishes.in : [] };
}

/** Step scaling: each firing alarm that names the policy as its action; not held back by target tracking. */
function stepWishes(alarms: Alarms, target: ScalableTarget, capacity: Capacity, now: number): Wishes {
  const wishes: Wishes = { out: [], in: [] };
  for (const policy of target.policies.values()) {
    const config = policy.stepScaling;
    if (config === undefined) continue;
    for (const alarm of alarms.all()) {
      if (!alarm.definition.AlarmActions.includes(policy.arn)) continue;
      if (firing(alarms, alarm.definition.AlarmName) === undefined || alarm.latestValue === undefined)
        continue;
      const cooling = policy.lastOut !== undefined && coolingDown(policy.lastOut.at, config.Cooldown, now);
      const base = cooling ? (policy.lastOut?.base ?? capacity.running) : capacity.running;
      const wanted = stepCapacity(config, alarm.latestValue, alarm.definition.Threshold, base);
      if (wanted === undefined || wanted === base) continue;
      wishes[wanted > base ? 'out' : 'in'].push({ policy, alarm, wanted, base });
    }
  }
  return wishes;
}

/** The scale-in cooldown that a policy's own last scale-in started. A scale-out since then has ended it. */
function mayScaleIn({ policy }: Wish, now: number): boolean {
  const cooldown = policy.targetTracking?.ScaleInCooldown ?? policy.stepScaling?.Cooldown;
  return !coolingDown(policy.lastInAt, cooldown, now);
}

function largest(wishes: readonly Wish[]): Wish | undefined {
  return wishes.reduce<Wish | undefined>(
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
  const notScaled = (wish: Wish, reason: NotScaledReason) =>
    recordNotScaled(site, store, target, causeOf(wish), reason);

  function apply(wish: Wish, bounded: Bounded): boolean {
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
