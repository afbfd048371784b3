import type { Alarm } from '../cloudwatch/alarm.ts';
import type { Alarms } from '../cloudwatch/alarms.ts';
import { type Capacity, coolingDown, scaleInCapacity, scaleOutCapacity, stepCapacity } from './decide.ts';
import type { ScalableTarget, ScalingPolicy } from './store.ts';

/** What one policy asks for in one evaluation. */
export interface ApprovalAction {
  policy: ScalingPolicy;
  alarm: Alarm;
  wanted: number;
  /** Running count from which a scale-out was computed. */
  base: number;
}

export interface Wishes {
  out: ApprovalAction[];
  in: ApprovalAction[];
}

function firing(alarms: Alarms, name: string | undefined): Alarm | undefined {
  const alarm = name === undefined ? undefined : alarms.find(name);
  return alarm?.state.value === 'ALARM' && alarm.definition.ActionsEnabled ? alarm : undefined;
}

/** Target tracking: out if any policy says out, in only if all policies that may scale in say in. */
export function targetTrackingWishes(
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
export function stepWishes(alarms: Alarms, target: ScalableTarget, capacity: Capacity, now: number): Wishes {
  const wishes: Wishes = { out: [], in: [] };
  for (const policy of target.policies.values()) {
    for (const alarm of alarms.all()) {
      if (!alarm.definition.AlarmActions.includes(policy.arn)) continue;
      if (firing(alarms, alarm.definition.AlarmName) === undefined) continue;
      const wish = stepWish(policy, alarm, capacity, now);
      if (wish) wishes[wish.wanted > wish.base ? 'out' : 'in'].push(wish);
    }
  }
  return wishes;
}

/** What a step policy asks for while one of its alarms is firing. */
function stepWish(
  policy: ScalingPolicy,
  alarm: Alarm,
  capacity: Capacity,
  now: number,
): ApprovalAction | undefined {
  const { stepScaling: config, lastOut } = policy;
  if (config === undefined || alarm.latestValue === undefined) return undefined;
  const cooling = lastOut !== undefined && coolingDown(lastOut.at, config.Cooldown, now);
  const base = cooling ? (lastOut.base ?? capacity.running) : capacity.running;
  const wanted = stepCapacity(config, alarm.latestValue, alarm.definition.Threshold, base);
  return wanted === undefined || wanted === base ? undefined : { policy, alarm, wanted, base };
}
