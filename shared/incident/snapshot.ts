import * as v from 'valibot';
import type { ServiceConfig } from '../config/service.ts';
import { UnknownStateError } from '../core/errors.ts';
import { canonicalJson } from '../core/hash.ts';
import { datetime, int } from '../core/schema.ts';
import type { Assessment, AutoscalingView, ServiceView } from '../document/assessment.ts';
import { Bounds, CpuPolicy, OtherPolicy } from '../document/settings.ts';

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
  /** PgBouncer's sizes as configured: no run writes them, but whoever raised them by hand has to give them back. */
  pgbouncer: v.record(v.string(), v.number()),
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
  return {
    incidentId,
    takenAt: assessment.at,
    desired: service.desired,
    taskDefinition: service.taskDefinition,
    ...(registered ? { bounds: registered.bounds } : {}),
    ...(registered?.cpuPolicy ? { cpuPolicy: registered.cpuPolicy } : {}),
    otherPolicies: registered?.otherPolicies ?? [],
    pgbouncer: config.pgbouncer.baseline,
  };
}

/** Fields in which a service differs from its snapshot, in words; empty when it is restored. */
export function differences(
  snapshot: Snapshot,
  service: v.InferOutput<typeof ServiceView>,
  autoscaling: AutoscalingView,
): string[] {
  if ('unknown' in autoscaling) return [`autoscaling is unknown: ${autoscaling.unknown.text}`];
  const registered = 'bounds' in autoscaling ? autoscaling : undefined;
  const differs = (field: string, before: unknown, after: unknown) =>
    JSON.stringify(before) === JSON.stringify(after)
      ? []
      : [`${field}: was ${show(before)}, is ${show(after)}`];
  const inBounds =
    snapshot.bounds && service.desired >= snapshot.bounds.min && service.desired <= snapshot.bounds.max;
  return [
    // Autoscaling may move the count inside the restored bounds; without a target nothing but a person does.
    ...(inBounds ? [] : differs('desired count', snapshot.desired, service.desired)),
    ...differs('min', snapshot.bounds?.min, registered?.bounds.min),
    ...differs('max', snapshot.bounds?.max, registered?.bounds.max),
    ...differs('suspended', flags(snapshot.bounds), flags(registered?.bounds)),
    ...differs('CPU target', snapshot.cpuPolicy?.target, registered?.cpuPolicy?.target),
    ...differs(
      'scale-out cooldown',
      snapshot.cpuPolicy?.scaleOutCooldownSeconds,
      registered?.cpuPolicy?.scaleOutCooldownSeconds,
    ),
    ...differs(
      'scale-in cooldown',
      snapshot.cpuPolicy?.scaleInCooldownSeconds,
      registered?.cpuPolicy?.scaleInCooldownSeconds,
    ),
    ...differs(
      'scale-in by the policy disabled',
      snapshot.cpuPolicy?.disableScaleIn,
      registered?.cpuPolicy?.disableScaleIn,
    ),
  ];
}

/**
 * What differs from the snapshot and is none of a restore's business: it stays, and is reported. Task definition and
 * other policies are never written by a scale-in.
 */
export function otherChanges({ taskDefinition, otherPolicies }: Snapshot, now: Assessment): string[] {
  const { service, autoscaling } = now;
  const deployed = 'unknown' in service ? taskDefinition : service.taskDefinition;
  const present = 'bounds' in autoscaling ? autoscaling.otherPolicies : otherPolicies;
  const was = new Map(otherPolicies.map((policy) => [policy.name, canonicalJson(policy)]));
  const is = new Map(present.map((policy) => [policy.name, canonicalJson(policy)]));
  return [
    ...(deployed === taskDefinition
      ? []
      : [`task definition: was ${taskDefinition}, is ${deployed}; it stays`]),
    ...[...was].flatMap(([name, policy]) => {
      const found = is.get(name);
      if (found === policy) return [];
      return [`policy ${name} ${found ? 'was changed; it stays so' : 'is gone; it is not put back'}`];
    }),
    ...[...is].flatMap(([name]) => (was.has(name) ? [] : [`policy ${name} is new; it stays`])),
  ];
}

const flags = (bounds: Bounds | undefined) =>
  bounds && [
    bounds.suspended.dynamicScalingIn,
    bounds.suspended.dynamicScalingOut,
    bounds.suspended.scheduledScaling,
  ];

const show = (value: unknown) => (value === undefined ? 'absent' : JSON.stringify(value));
