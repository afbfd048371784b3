import * as v from 'valibot';
import type { ServiceConfig } from '../config/service.ts';
import { UnknownStateError } from '../core/errors.ts';
import { canonicalJson } from '../core/hash.ts';
import { datetime, int } from '../core/schema.ts';
import {
  type Assessment,
  type AutoscalingView,
  type HealthView,
  type ServiceView,
  Usual,
} from '../document/assessment.ts';
import type { Reason } from '../document/reason.ts';
import { type Settings, settingChanges } from '../document/setting-changes.ts';
import { Bounds, CpuPolicy, OtherPolicy, ScheduledAction } from '../document/settings.ts';
import { because } from '../format/reasons.ts';
import { sidecarBudget } from '../pool/topology/sidecar.ts';

/** What a service was before the first write: the target of every restore. Kept until the restore is verified. */
export const Snapshot = v.object({
  incidentId: v.string(),
  takenAt: datetime,
  desired: int,
  taskDefinition: v.string(),
  /** Absent when no scalable target was registered. */
  bounds: v.optional(Bounds),
  cpuPolicy: v.optional(CpuPolicy),
  otherPolicies: v.array(OtherPolicy),
  /** Absent in a snapshot of an earlier version. */
  scheduledActions: v.optional(v.array(ScheduledAction)),
  /** PgBouncer's sizes as configured: no run writes them, but whoever raised them by hand has to give them back. */
  pgbouncer: v.record(v.string(), v.number()),
  /** What the metrics were before the incident, where that is known: calm is as before. */
  usual: v.optional(Usual),
  /** The settings were an emergency's already, and no record told of one: they are no state to go back to. */
  leftRaised: v.optional(v.boolean()),
  /** Health endpoints that could not be asked at the start already. */
  unheard: v.optional(v.array(v.picklist(['api', 'mcp']))),
});
export type Snapshot = v.InferOutput<typeof Snapshot>;

/** Key of an incident's snapshot in the record store. */
export const snapshotKey = (incidentId: string) => `snapshot/${incidentId}`;

/**
 * The snapshot of a service as it is now.
 * @throws UnknownStateError when the service or its autoscaling could not be read: what is not known can't be restored.
 */
export function snapshotOf(incidentId: string, assessment: Assessment, config: ServiceConfig): Snapshot {
  const { service, autoscaling } = assessment;
  if ('unknown' in service)
    throw new UnknownStateError(`no snapshot without the service: ${service.unknown.text}`);
  if ('unknown' in autoscaling)
    throw new UnknownStateError(`no snapshot without autoscaling: ${autoscaling.unknown.text}`);
  const registered = 'bounds' in autoscaling ? autoscaling : undefined;
  const actions = registered?.scheduledActions;
  return {
    incidentId,
    takenAt: assessment.at,
    desired: service.desired,
    taskDefinition: service.taskDefinition,
    ...(registered ? { bounds: registered.bounds } : {}),
    ...(registered?.cpuPolicy ? { cpuPolicy: registered.cpuPolicy } : {}),
    otherPolicies: registered?.otherPolicies ?? [],
    ...(actions && !('unknown' in actions) ? { scheduledActions: actions } : {}),
    pgbouncer: config.pgbouncer?.baseline ?? {},
    ...(assessment.usual ? { usual: assessment.usual } : {}),
    ...(looksRaised(autoscaling, config) ? { leftRaised: true } : {}),
    unheard: (['api', 'mcp'] as const).filter((endpoint) => isKeptFromUs(assessment.health[endpoint])),
  };
}

/**
 * Whether autoscaling looks as an emergency leaves it: bounds at least as high, and both kinds of scaling suspended that
 * a run suspends. Where no record tells of a run, the record was lost: deleted, or its table restored.
 */
export function looksRaised(
  autoscaling: AutoscalingView,
  { capacity: { emergency }, pgbouncer }: ServiceConfig,
): boolean {
  if (!('bounds' in autoscaling)) return false;
  const { min, max, suspended } = autoscaling.bounds;
  const stopped = suspended.dynamicScalingIn && suspended.scheduledScaling;
  const raised = Math.min(emergency.max, sidecarBudget(pgbouncer)?.tasks ?? Infinity);
  return stopped && min >= emergency.min && max >= raised;
}

/** A time-out in an emergency says nothing of an ordinary day: overload makes it, too. */
const isKeptFromUs = ({ level, unknown }: HealthView): boolean =>
  level === 'unknown' && unknown?.cause !== 'late';

/** Settings in which a service differs from its snapshot; empty when it is restored. */
export function differences(
  { desired, bounds, cpuPolicy }: Settings,
  service: ServiceView,
  autoscaling: AutoscalingView,
): Reason[] {
  if ('unknown' in autoscaling) return [because('autoscaling-unknown', { why: autoscaling.unknown.text })];
  const registered = 'bounds' in autoscaling ? autoscaling : undefined;
  // Autoscaling may move the count inside the restored bounds; without a target nothing but a person does.
  const inBounds = bounds && service.desired >= bounds.min && service.desired <= bounds.max;
  const present = {
    desired: inBounds ? desired : service.desired,
    bounds: registered?.bounds,
    // A restore changes the policy that is there, under its own name.
    cpuPolicy: registered?.cpuPolicy && {
      ...registered.cpuPolicy,
      name: cpuPolicy?.name ?? registered.cpuPolicy.name,
    },
  };
  return settingChanges({ desired, bounds, cpuPolicy }, present).map((change) =>
    because('not-restored', change),
  );
}

/**
 * What differs from the snapshot and is none of a restore's business: it stays, and is reported. Task definition and
 * other policies are never written by a scale-in.
 */
export function otherChanges(
  { taskDefinition, otherPolicies }: Pick<Snapshot, 'taskDefinition' | 'otherPolicies'>,
  now: Assessment,
): Reason[] {
  const { service, autoscaling } = now;
  const deployed = 'unknown' in service ? taskDefinition : service.taskDefinition;
  const present = 'bounds' in autoscaling ? autoscaling.otherPolicies : otherPolicies;
  const was = new Map(otherPolicies.map((policy) => [policy.name, canonicalJson(policy)]));
  const is = new Map(present.map((policy) => [policy.name, canonicalJson(policy)]));
  return [
    ...(deployed === taskDefinition
      ? []
      : [because('definition-stays', { from: taskDefinition, to: deployed })]),
    ...[...was].flatMap(([policy, before]) => {
      const found = is.get(policy);
      if (found === before) return [];
      return [because(found ? 'policy-changed' : 'policy-gone', { policy })];
    }),
    ...[...is].flatMap(([policy]) => (was.has(policy) ? [] : [because('policy-new', { policy })])),
  ];
}
