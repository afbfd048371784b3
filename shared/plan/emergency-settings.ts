import type { ServiceConfig } from '../config/service.ts';
import type { AutoscalingView } from '../document/assessment.ts';
import type { Plan } from '../document/plan.ts';

/** Bounds and CPU policy of the emergency (runbook: Step 3), never lower than what is registered. */
export function autoscalingChanges(
  autoscaling: AutoscalingView,
  tasks: number,
  service: ServiceConfig,
  reasons: string[],
): Pick<Plan, 'bounds' | 'cpuPolicy'> {
  if ('absent' in autoscaling) {
    reasons.push('no scalable target is registered: only the desired count is set');
    return {};
  }
  if ('unknown' in autoscaling) {
    reasons.push(`autoscaling is unknown (${autoscaling.unknown.text}): only the desired count is set`);
    return {};
  }
  const { emergency } = service.capacity;
  const from = autoscaling.bounds;
  const bounds = {
    from,
    to: {
      min: Math.max(from.min, emergency.min),
      max: Math.max(from.max, emergency.max, tasks),
      suspended: { ...from.suspended, dynamicScalingIn: true },
    },
  };
  reasons.push(
    `bounds ${from.min}–${from.max} → ${bounds.to.min}–${bounds.to.max}, scaling in suspended so that nothing undoes this`,
  );
  const policy = autoscaling.cpuPolicy;
  const { temporaryName } = service.cpuPolicy;
  if (autoscaling.temporaryPolicyFound) {
    const fate =
      policy?.name === temporaryName
        ? 'it stays, because it is the only CPU policy; replace it by hand'
        : 'it is removed on restore';
    reasons.push(`found the temporary policy ${temporaryName}; ${fate}`);
  }
  if (!policy) {
    reasons.push('no CPU policy exists, so there is none to make more aggressive');
    return { bounds };
  }
  const aggressive = service.cpuPolicy.emergency;
  const to = {
    ...policy,
    target: Math.min(policy.target, aggressive.target),
    scaleOutCooldownSeconds: Math.min(policy.scaleOutCooldownSeconds, aggressive.scaleOutCooldownSeconds),
    scaleInCooldownSeconds: Math.min(policy.scaleInCooldownSeconds, aggressive.scaleInCooldownSeconds),
  };
  reasons.push(`CPU target ${policy.target} % → ${to.target} % under the policy's own name ${policy.name}`);
  return { bounds, cpuPolicy: { from: policy, to } };
}
