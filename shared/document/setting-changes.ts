import type { Bounds, CpuPolicy } from './settings.ts';

/** The settings of a service that a run may change. */
export interface Settings {
  desired?: number | undefined;
  bounds?: Bounds | undefined;
  cpuPolicy?: CpuPolicy | undefined;
}

/** One of them; null where there is none. */
export type SettingValue = number | string | boolean | null;

const read = {
  desired: ({ desired }) => desired,
  scalableTarget: ({ bounds }) => (bounds ? 'registered' : undefined),
  min: ({ bounds }) => bounds?.min,
  max: ({ bounds }) => bounds?.max,
  scaleInSuspended: ({ bounds }) => bounds?.suspended.dynamicScalingIn,
  scaleOutSuspended: ({ bounds }) => bounds?.suspended.dynamicScalingOut,
  scheduledSuspended: ({ bounds }) => bounds?.suspended.scheduledScaling,
  cpuPolicy: ({ cpuPolicy }) => cpuPolicy?.name,
  cpuTarget: ({ cpuPolicy }) => cpuPolicy?.target,
  scaleOutCooldown: ({ cpuPolicy }) => cpuPolicy?.scaleOutCooldownSeconds,
  scaleInCooldown: ({ cpuPolicy }) => cpuPolicy?.scaleInCooldownSeconds,
  scaleInDisabled: ({ cpuPolicy }) => cpuPolicy?.disableScaleIn,
} satisfies Record<string, (settings: Settings) => SettingValue | undefined>;

export type Setting = keyof typeof read;

/** A type, not an interface: the facts of a reason have an index. */
export type SettingChange = { setting: Setting; from: SettingValue; to: SettingValue };

const ofBounds = ['min', 'max', 'scaleInSuspended', 'scaleOutSuspended', 'scheduledSuspended'] as const;
const ofPolicy = ['cpuTarget', 'scaleOutCooldown', 'scaleInCooldown', 'scaleInDisabled'] as const;

/** Every setting that differs, one by one; of a target or a policy that is gone only that. Pure. */
export function settingChanges(from: Settings, to: Settings): SettingChange[] {
  const compared: Setting[] = [
    ...(['desired', 'scalableTarget'] as const),
    ...(from.bounds && !to.bounds ? [] : ofBounds),
    'cpuPolicy',
    ...(from.cpuPolicy && !to.cpuPolicy ? [] : ofPolicy),
  ];
  return compared.flatMap((setting) => {
    const before = read[setting](from) ?? null;
    const after = read[setting](to) ?? null;
    return before === after ? [] : [{ setting, from: before, to: after }];
  });
}
