import type { ServiceConfig } from '../config/service.ts';
import type { AutoscalingView } from '../document/assessment.ts';
import type { Plan } from '../document/plan.ts';
import type { Reason } from '../document/reason.ts';
import type { Guard } from '../format/reasons/capacity.ts';
import { because } from '../format/reasons.ts';
import { raisedMax } from './guards/limits.ts';

/**
 * Bounds and CPU policy of the emergency (runbook: Step 3), never lower than what is registered.
 * @param limits the guards: autoscaling may go no further than connections allow
 */
export function autoscalingChanges(
  autoscaling: AutoscalingView,
  tasks: number,
  service: ServiceConfig,
  reasons: Reason[],
  limits: readonly Guard[] = [],
): Pick<Plan, 'bounds' | 'cpuPolicy'> {
  if ('absent' in autoscaling) {
    reasons.push(because('no-target'));
    return {};
  }
  if ('unknown' in autoscaling) {
    reasons.push(because('target-unknown', { why: autoscaling.unknown.text }));
    return {};
  }
  const { emergency } = service.capacity;
  const from = autoscaling.bounds;
  const raised = raisedMax(service, limits);
  const bounds = {
    from,
    to: {
      min: Math.max(from.min, emergency.min),
      max: Math.max(from.max, raised.max, tasks),
      // A scheduled action sets min and max, and cuts the count at once.
      suspended: { ...from.suspended, dynamicScalingIn: true, scheduledScaling: true },
    },
  };
  const { min, max } = bounds.to;
  const { capped } = raised;
  if (capped && !reasons.some((one) => one.code === 'limited-by' && one.guard === capped.guard))
    reasons.push(because('limited-by', capped));
  reasons.push(because('bounds-raised', { from: { min: from.min, max: from.max }, to: { min, max } }));
  const policy = autoscaling.cpuPolicy;
  const { temporaryName } = service.cpuPolicy;
  reasons.push(...temporaryNameTaken(autoscaling, service));
  if (autoscaling.temporaryPolicyFound) {
    const fate = policy?.name === temporaryName ? 'temporary-policy-stays' : 'temporary-policy-goes';
    reasons.push(because(fate, { policy: temporaryName }));
  }
  if (!policy) {
    reasons.push(because('no-cpu-policy'));
    return { bounds };
  }
  const aggressive = service.cpuPolicy.emergency;
  const to = {
    ...policy,
    target: Math.min(policy.target, aggressive.target),
    scaleOutCooldownSeconds: Math.min(policy.scaleOutCooldownSeconds, aggressive.scaleOutCooldownSeconds),
    scaleInCooldownSeconds: Math.min(policy.scaleInCooldownSeconds, aggressive.scaleInCooldownSeconds),
  };
  reasons.push(because('cpu-target', { policy: policy.name, from: policy.target, to: to.target }));
  return { bounds, cpuPolicy: { from: policy, to } };
}

/** Tells of a policy that has the temporary policy's name and is not the runbook's. */
export function temporaryNameTaken(autoscaling: AutoscalingView, { cpuPolicy }: ServiceConfig): Reason[] {
  const policy = cpuPolicy.temporaryName;
  if (!('bounds' in autoscaling) || autoscaling.temporaryPolicyFound) return [];
  const taken = autoscaling.otherPolicies.some(({ name }) => name === policy);
  return taken ? [because('temporary-name-taken', { policy })] : [];
}
