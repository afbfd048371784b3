import type { Reason } from '../document/reason.ts';
import type { Setting, SettingValue } from '../document/setting-changes.ts';
import type { Bounds, CpuPolicy, RestoreTo } from '../document/settings.ts';
import { because } from '../format/reasons.ts';
import type { LastWrite } from './last-write.ts';
import { isNobodysChange } from './person-change.ts';

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
  written: LastWrite,
): { target: RestoreTarget; kept: Reason[] } {
  const kept: Reason[] = [];
  const field: Field = (setting, wanted, now, ours) => {
    if (ours === undefined || ours === now || wanted === now) return wanted;
    kept.push(because('changed-by-person', { setting, from: ours, to: now }));
    return now;
  };
  const desiredByMachine = isNobodysChange(written.desired, present.desired, {
    byAutoscaling: present.setByAutoscaling,
  });
  return {
    target: {
      desired: desiredByMachine
        ? target.desired
        : field('desired', target.desired, present.desired, written.desired),
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
export const endOfWayBack = <T extends RestoreTarget>(snapshot: T, { restoreTo }: LastWrite): T => ({
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
  present: RestoreTarget,
  written: LastWrite,
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

type Field = <T extends SettingValue>(setting: Setting, wanted: T, now: T, ours: T | undefined) => T;

function boundsOf(wanted: Bounds, now: Bounds, ours: Bounds | undefined, field: Field): Bounds {
  const flag = (setting: Setting, name: keyof Bounds['suspended']) =>
    field(setting, wanted.suspended[name], now.suspended[name], ours?.suspended[name]);
  return {
    min: field('min', wanted.min, now.min, ours?.min),
    max: field('max', wanted.max, now.max, ours?.max),
    suspended: {
      dynamicScalingIn: flag('scaleInSuspended', 'dynamicScalingIn'),
      dynamicScalingOut: flag('scaleOutSuspended', 'dynamicScalingOut'),
      scheduledScaling: flag('scheduledSuspended', 'scheduledScaling'),
    },
  };
}

function policyOf(wanted: CpuPolicy, now: CpuPolicy, ours: CpuPolicy | undefined, field: Field): CpuPolicy {
  const part = <Name extends Exclude<keyof CpuPolicy, 'metric'>>(
    name: Name,
    setting: Setting,
  ): CpuPolicy[Name] => field(setting, wanted[name], now[name], ours?.[name]);
  return {
    name: now.name,
    ...(now.metric ? { metric: now.metric } : {}),
    target: part('target', 'cpuTarget'),
    scaleOutCooldownSeconds: part('scaleOutCooldownSeconds', 'scaleOutCooldown'),
    scaleInCooldownSeconds: part('scaleInCooldownSeconds', 'scaleInCooldown'),
    disableScaleIn: part('disableScaleIn', 'scaleInDisabled'),
  };
}
