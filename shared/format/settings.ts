import type { Setting, SettingChange, SettingValue } from '../document/setting-changes.ts';

const plain = (value: SettingValue) => `${value}`;
const percent = (value: SettingValue) => `${value} %`;
const seconds = (value: SettingValue) => `${value} s`;
const yesNo = (value: SettingValue) => (value ? 'yes' : 'no');

const settings: Record<Setting, { label: string; say: (value: SettingValue) => string }> = {
  desired: { label: 'desired count', say: plain },
  scalableTarget: { label: 'scalable target', say: plain },
  min: { label: 'min', say: plain },
  max: { label: 'max', say: plain },
  scaleInSuspended: { label: 'scale-in suspended', say: yesNo },
  scaleOutSuspended: { label: 'scale-out suspended', say: yesNo },
  scheduledSuspended: { label: 'scheduled scaling suspended', say: yesNo },
  cpuPolicy: { label: 'CPU policy', say: plain },
  cpuTarget: { label: 'CPU target', say: percent },
  scaleOutCooldown: { label: 'scale-out cooldown', say: seconds },
  scaleInCooldown: { label: 'scale-in cooldown', say: seconds },
  scaleInDisabled: { label: 'scale-in by the CPU policy disabled', say: yesNo },
};

/** "CPU target" */
export const settingLabel = (setting: Setting): string => settings[setting].label;

/** "50 %", or "absent" */
export const settingValue = (setting: Setting, value: SettingValue): string =>
  value === null ? 'absent' : settings[setting].say(value);

/** "50 % → 60 %" */
export const beforeAfter = ({ setting, from, to }: SettingChange): string =>
  `${settingValue(setting, from)} → ${settingValue(setting, to)}`;

/** "CPU target 50 % → 60 %" */
export const settingChange = (change: SettingChange): string =>
  `${settingLabel(change.setting)} ${beforeAfter(change)}`;

/** Family and revision of a task definition, from its ARN. */
export const shortDefinition = (taskDefinition: string): string =>
  taskDefinition.split('/').at(-1) ?? taskDefinition;
