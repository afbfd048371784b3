import type { Difference } from '../document/difference.ts';
import type { Reason } from '../document/reason.ts';
import type { SettingChange } from '../document/setting-changes.ts';
import { settingChange } from './settings.ts';

/** "desired tasks 3 → 8: policy buywhere-api-cpu-scaling keeps them for 2,431/min" */
export const differenceText = (change: SettingChange, reason: Reason): string =>
  `${settingChange(change).replace(/^desired count/, 'desired tasks')}: ${reason.text}`;

/** What a restore left, in one phrase; empty where everything is as before. */
export const exceptFor = (differences: readonly Difference[]): string =>
  differences.map(({ text }) => text).join('; ');
