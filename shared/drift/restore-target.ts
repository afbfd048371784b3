import { canonicalJson } from '../core/hash.ts';
import type { Bounds, CpuPolicy, RestoreTo } from '../document/settings.ts';
import type { Written } from './last-write.ts';

/** Where a restore goes, and what it leaves as a person set it. */
export interface RestoreTarget {
  desired: number;
  bounds?: Bounds | undefined;
  cpuPolicy?: CpuPolicy | undefined;
}

export interface Present extends RestoreTarget {
  /** Counts that autoscaling asked for of late. */
  setByAutoscaling: readonly number[];
}

/**
 * A restore equals the snapshot field by field, except fields that a person changed since this product last wrote
 * them: those stay, and are reported (invariants 8 and 10). Pure.
 */
export function keepPersonsChanges(
  target: RestoreTarget,
  present: Present,
  written: Written,
): { target: RestoreTarget; kept: string[] } {
  const kept: string[] = [];
  const field = <T>(name: string, wanted: T, now: T, ours: T | undefined): T => {
    const same = (a: T | undefined, b: T) => canonicalJson(a ?? null) === canonicalJson(b ?? null);
    if (ours === undefined || same(ours, now) || same(wanted, now)) return wanted;
    kept.push(`${name} was changed by a person from ${show(ours)} to ${show(now)}`);
    return now;
  };
  const desiredByMachine = present.setByAutoscaling.includes(present.desired);
  return {
    target: {
      desired: desiredByMachine
        ? target.desired
        : field('desired count', target.desired, present.desired, written.desired),
      bounds:
        target.bounds && present.bounds && boundsOf(target.bounds, present.bounds, written.bounds, field),
      cpuPolicy:
        target.cpuPolicy &&
        present.cpuPolicy &&
        policyOf(target.cpuPolicy, present.cpuPolicy, written.cpuPolicy, field),
    },
    kept,
  };
}

/**
 * Where the way back of an incident ends: at its snapshot, or at what a person set between two of its runs, before the
 * later one wrote over it. Pure.
 */
export const endOfWayBack = <T extends RestoreTarget>(snapshot: T, { restoreTo }: Written): T => ({
  ...snapshot,
  ...(restoreTo?.bounds ? { bounds: restoreTo.bounds } : {}),
  ...(restoreTo?.cpuPolicy ? { cpuPolicy: restoreTo.cpuPolicy } : {}),
});

/**
 * What a later run of an incident has to remember before it writes over what a person set since the last write; nothing
 * where nobody did. The count is not part of it: a run starts from the one that it finds. Pure.
 */
export function restoreToPersons(
  snapshot: RestoreTarget,
  present: Present,
  written: Written,
): RestoreTo | undefined {
  // The present count is nobody's change here.
  const found = { ...present, setByAutoscaling: [present.desired] };
  const { target, kept } = keepPersonsChanges(endOfWayBack(snapshot, written), found, written);
  if (kept.length === 0) return undefined;
  return {
    ...(target.bounds ? { bounds: target.bounds } : {}),
    ...(target.cpuPolicy ? { cpuPolicy: target.cpuPolicy } : {}),
    reasons: [...(written.restoreTo?.reasons ?? []), ...kept],
  };
}

type Field = <T>(name: string, wanted: T, now: T, ours: T | undefined) => T;

function boundsOf(wanted: Bounds, now: Bounds, ours: Bounds | undefined, field: Field): Bounds {
  const flag = (name: keyof Bounds['suspended']) =>
    field(`suspended ${name}`, wanted.suspended[name], now.suspended[name], ours?.suspended[name]);
  return {
    min: field('min', wanted.min, now.min, ours?.min),
    max: field('max', wanted.max, now.max, ours?.max),
    suspended: {
      dynamicScalingIn: flag('dynamicScalingIn'),
      dynamicScalingOut: flag('dynamicScalingOut'),
      scheduledScaling: flag('scheduledScaling'),
    },
  };
}

function policyOf(wanted: CpuPolicy, now: CpuPolicy, ours: CpuPolicy | undefined, field: Field): CpuPolicy {
  const part = <Name extends keyof CpuPolicy>(name: Name, label: string): CpuPolicy[Name] =>
    field(label, wanted[name], now[name], ours?.[name]);
  return {
    name: now.name,
    target: part('target', 'CPU target'),
    scaleOutCooldownSeconds: part('scaleOutCooldownSeconds', 'scale-out cooldown'),
    scaleInCooldownSeconds: part('scaleInCooldownSeconds', 'scale-in cooldown'),
    disableScaleIn: part('disableScaleIn', 'disable scale-in'),
  };
}

const show = (value: unknown) => JSON.stringify(value);
