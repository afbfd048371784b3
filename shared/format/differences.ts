import type { Difference } from '../document/difference.ts';
import type { Reason } from '../document/reason.ts';
import type { Setting, SettingChange } from '../document/setting-changes.ts';
import { beforeAfter, settingLabel } from './settings.ts';

/** "desired tasks 3 → 8: policy buywhere-api-cpu-scaling keeps them for 2,431/min" */
export const differenceText = (change: SettingChange, reason: Reason): string =>
  `${labelOf(change.setting)} ${beforeAfter(change)}: ${reason.text}`;

/** As in the table of settings, which counts tasks. */
const labelOf = (setting: Setting): string =>
  setting === 'desired' ? 'desired tasks' : settingLabel(setting);

/** What a restore left, in one phrase; empty where everything is as before. */
export const exceptFor = (differences: readonly Difference[]): string =>
  differences.map(({ text }) => text).join('; ');
