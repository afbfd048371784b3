import type { ServiceConfig } from '../config/service.ts';
import type { AutoscalingPlan } from '../document/autoscaling.ts';
import type { AutoscalingParameters } from '../document/request.ts';
import { leftAlone, policyRows, presentPolicy, rowsBetween } from './differences.ts';
import {
  ceilingOf,
  type PolicyKind,
  type PresentAutoscaling,
  policyKinds,
  type WantedAutoscaling,
  wantedAutoscaling,
} from './settings.ts';

/**
 * Compares autoscaling as it is with what the configuration and the request's parameters want (runbook: Appendix).
 * A person's suspensions and policies of other names or metrics stay, and stand in the drift. It holds rather than
 * remove tasks: a max below the desired count would do so at once; lowering either bound reduces capacity, which needs
 * an approval where `loweringNeedsApproval`. Pure.
 */
export function planAutoscaling(
  present: PresentAutoscaling,
  service: ServiceConfig,
  parameters: AutoscalingParameters = {},
  loweringNeedsApproval = true,
): AutoscalingPlan {
  const wanted = wantedAutoscaling(service, parameters);
  const target = boundsWrite(present, wanted);
  const policies = {
    cpu: policyChange('cpu', present, wanted),
    latency: policyChange('latency', present, wanted),
    requests: policyChange('requests', present, wanted),
  };
  const changes = rowsBetween(present, wanted);
  const configured = wantedAutoscaling(service);
  const drift = [
    ...rowsBetween(present, configured).map(
      ({ label, from, to }) => `${label}: ${from}, configured is ${to}`,
    ),
    ...leftAlone(present, configured),
  ];
  const blocked = [
    ...whyBoundsBlock(present, wanted, service, loweringNeedsApproval),
    ...policyKinds.flatMap((kind) => whyPolicyBlocks(kind, present, wanted)),
  ];
  const writes = target !== undefined || policyKinds.some((kind) => policies[kind] !== undefined);
  const action = blocked.length > 0 ? 'hold' : writes ? 'configure' : 'none';
  const reasons = {
    hold: blocked,
    configure: changes.map(({ label, from, to }) => `${label}: ${from} → ${to}`),
    none: ['autoscaling is as wanted already'],
  }[action];
  return { action, ...(target ? { target } : {}), policies, changes, drift, reasons };
}

/** Why a run that configures ended as it did; `checked` is what was read after the writes. */
export function autoscalingReasons({
  autoscaling,
  checked,
}: {
  autoscaling?: AutoscalingPlan | undefined;
  checked?: AutoscalingPlan | undefined;
}): string[] | undefined {
  return checked && checked.action !== 'none'
    ? checked.reasons.map((reason) => `not as written: ${reason}`)
    : autoscaling?.reasons;
}

const notSuspended = { dynamicScalingIn: false, dynamicScalingOut: false, scheduledScaling: false };

function boundsWrite({ bounds }: PresentAutoscaling, { min, max }: WantedAutoscaling) {
  if (bounds?.min === min && bounds.max === max) return undefined;
  // Suspended states are kept: whoever suspended scaling had a reason.
  return { from: bounds ?? null, to: { min, max, suspended: bounds?.suspended ?? notSuspended } };
}

function policyChange(kind: PolicyKind, present: PresentAutoscaling, { policies }: WantedAutoscaling) {
  const wanted = policies[kind];
  if (!wanted) return undefined;
  const from = presentPolicy(present, wanted) ?? null;
  const to = { ...wanted, name: from?.name ?? wanted.name };
  return policyRows(kind, from, to).length > 0 ? { from, to } : undefined;
}

function whyBoundsBlock(
  { desired, bounds }: PresentAutoscaling,
  { min, max }: WantedAutoscaling,
  service: ServiceConfig,
  loweringNeedsApproval: boolean,
): string[] {
  const ceiling = ceilingOf(service);
  return [
    ...(min > max ? [`min ${min} is above max ${max}`] : []),
    ...(max > ceiling ? [`max ${max} is above the ceiling of ${ceiling}`] : []),
    ...(max < desired
      ? [`max ${max} is below the ${desired} desired tasks: that would remove tasks at once. Scale in first`]
      : []),
    ...(loweringNeedsApproval && bounds
      ? [...lowered('min', bounds, { min, max }), ...lowered('max', bounds, { min, max })]
      : []),
  ];
}

/** A lower max takes room away, a lower min lets autoscaling remove tasks: both reduce capacity. */
function lowered(name: 'min' | 'max', from: { min: number; max: number }, to: { min: number; max: number }) {
  if (to[name] >= from[name]) return [];
  const keep = `"${name}Capacity": ${from[name]}`;
  return [
    `${name} ${from[name]} → ${to[name]} would reduce capacity, which needs an approval here. Keep it with ${keep}, or lower it by hand`,
  ];
}

/** A policy of the wanted name on another metric would be overwritten. */
function whyPolicyBlocks(
  kind: PolicyKind,
  { tracking, others }: PresentAutoscaling,
  { policies }: WantedAutoscaling,
): string[] {
  const wanted = policies[kind];
  if (!wanted || tracking.some(({ metric }) => metric === wanted.metric)) return [];
  const taken = others.includes(wanted.name) || tracking.some(({ name }) => name === wanted.name);
  return taken
    ? [`the name ${wanted.name} is taken by a policy on something else; delete or rename that one first`]
    : [];
}
