import type { ServiceConfig } from '../config/service.ts';
import type { AutoscalingPlan } from '../document/autoscaling.ts';
import type { Reason } from '../document/reason.ts';
import type { AutoscalingParameters } from '../document/request.ts';
import { because } from '../format/reasons.ts';
import { ceilingOf } from '../plan/guards/limits.ts';
import { leftAlone, policyRows, presentPolicy, rowsBetween } from './differences.ts';
import {
  type PolicyKind,
  type PresentAutoscaling,
  policyKinds,
  sameMetric,
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
    configure: changes.map((change) => because('setting-differs', change)),
    none: [because('autoscaling-as-wanted')],
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
}): Reason[] | undefined {
  if (checked?.action === 'configure')
    return checked.changes.map((change) => because('setting-not-written', change));
  return (checked?.action === 'hold' ? checked : autoscaling)?.reasons;
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
  const to = { ...wanted, name: from?.name ?? wanted.name, metric: from?.metric ?? wanted.metric };
  return policyRows(kind, from, to).length > 0 ? { from, to } : undefined;
}

function whyBoundsBlock(
  { desired, bounds }: PresentAutoscaling,
  { min, max }: WantedAutoscaling,
  service: ServiceConfig,
  loweringNeedsApproval: boolean,
): Reason[] {
  const ceiling = ceilingOf(service);
  return [
    ...(min > max ? [because('min-above-max', { min, max })] : []),
    ...(max > ceiling ? [because('max-above-ceiling', { max, ceiling })] : []),
    ...(max < desired ? [because('max-below-desired', { max, desired })] : []),
    ...(loweringNeedsApproval && bounds
      ? [...lowered('min', bounds, { min, max }), ...lowered('max', bounds, { min, max })]
      : []),
  ];
}

/** A lower max takes room away, a lower min lets autoscaling remove tasks: both reduce capacity. */
function lowered(
  bound: 'min' | 'max',
  { [bound]: from }: { min: number; max: number },
  { [bound]: to }: { min: number; max: number },
): Reason[] {
  return to < from ? [because('lowers-capacity', { bound, from, to })] : [];
}

/** A policy of the wanted name on another metric would be overwritten. */
function whyPolicyBlocks(
  kind: PolicyKind,
  { tracking, others }: PresentAutoscaling,
  { policies }: WantedAutoscaling,
): Reason[] {
  const wanted = policies[kind];
  if (!wanted || tracking.some(({ metric }) => sameMetric(metric, wanted.metric))) return [];
  const taken = others.includes(wanted.name) || tracking.some(({ name }) => name === wanted.name);
  return taken ? [because('policy-name-taken', { policy: wanted.name })] : [];
}
