import type { SettingChange } from '../../document/setting-changes.ts';
import { metricValue } from '../metrics.ts';
import { tasks } from '../numbers.ts';
import { settingChange, settingLabel, settingValue, shortDefinition } from '../settings.ts';
import { moment } from '../text.ts';

type Counts = { from: number; to: number };
type Policy = { policy: string };
type Keeper = { policy: string | undefined; requests: number | undefined };
type DueAction = { action: string; at: string; min?: number | undefined; max?: number | undefined };

const boundsOf = (min: number | undefined, max: number | undefined) =>
  [...(min === undefined ? [] : [`min ${min}`]), ...(max === undefined ? [] : [`max ${max}`])].join(', ');

/** What changes in the settings of a service, what differs, and what stays. */
export const settingsReasons = {
  'max-follows': ({ from, to, count, min }: { from: number; to: number; count: number; min: number }) =>
    `max stays at ${to} instead of ${from}: a person raised ${min > from ? `min to ${min}` : `the count to ${count}`}`,
  'left-as-a-person-set-it': () => 'a person changed it',
  'max-has-room': () => 'it has room for what a person raised',
  'bound-by-schedule': ({ action }: { action: string | undefined }) =>
    `${action === undefined ? 'a scheduled action of autoscaling' : `scheduled action ${action}`} set it`,
  'kept-by-autoscaling': ({ policy, requests }: Keeper) =>
    `${policy === undefined ? 'autoscaling' : `policy ${policy}`} keeps them${
      requests === undefined ? '' : ` for a request rate of ${metricValue('requestRatePerMinute', requests)}`
    }`,
  'held-by-bound': ({ bound, value }: { bound: 'min' | 'max'; value: number }) => `${bound} is ${value}`,
  'setting-changed': settingChange,
  'changed-by-person': (change: SettingChange) =>
    `a person changed ${settingChange(change)}: a restore keeps it`,
  'not-restored': ({ setting, from, to }: SettingChange) =>
    `${settingLabel(setting)} is ${settingValue(setting, to)} instead of ${settingValue(setting, from)}`,
  'row-changed': ({ label, from, to }: { label: string; from: string; to: string }) =>
    `${label} ${from} → ${to}`,
  'as-wanted': ({ what }: { what: string }) => `${what}: as wanted already`,
  'nothing-to-change': ({ what }: { what: string }) => `${what}: nothing to change`,
  'back-to-snapshot': ({ takenAt, from, to }: Counts & { takenAt: string }) =>
    `back to the snapshot of ${moment(takenAt)}: desired count ${from} → ${to}`,
  'nothing-to-restore': ({ takenAt }: { takenAt: string }) =>
    `every setting is as in the snapshot of ${moment(takenAt)} already: nothing is left to restore or to approve`,
  'back-to-baseline': ({ from, to }: Counts) =>
    `no snapshot of the normal settings exists, so back to the configured baseline: desired count ${from} → ${to}`,
  'no-step-below': ({ needed }: { needed: number }) =>
    `current load needs ${tasks(needed)}: no step goes below that`,
  'definition-stays': ({ from, to }: { from: string; to: string }) =>
    `task definition ${shortDefinition(from)} → ${shortDefinition(to)}: it stays`,
  'schedule-due': ({ action, at, min, max }: DueAction) =>
    `scheduled action ${action} was due at ${moment(at)} and had to wait (${boundsOf(min, max)}): restored to that`,
  'schedule-unread': ({ action, schedule }: { action: string; schedule: string }) =>
    `scheduled action ${action}: whether its schedule ${schedule} was due meanwhile is unknown; compare min and max by hand`,
  'schedule-below-floor': ({ max, floor }: { max: number; floor: number }) =>
    `its max of ${max} is below the ${tasks(floor)} from before and would remove some at once: max is ${floor}; lower it by hand`,
  'policy-changed': ({ policy }: Policy) => `policy ${policy} was changed: it stays so`,
  'policy-gone': ({ policy }: Policy) => `policy ${policy} is gone: it is not put back`,
  'policy-new': ({ policy }: Policy) => `policy ${policy} is new: it stays`,
  'temporary-policy-removed': ({ policy, dryRun }: Policy & { dryRun: boolean }) =>
    `${dryRun ? 'would remove' : 'removed'} the temporary policy ${policy}`,
  'temporary-policy-in-use': ({ policy }: Policy) =>
    `${policy} has the name of the runbook's temporary policy, but it is the only CPU policy: it stays; replace it by hand`,
};

/** What one write of the desired count does. */
export const countReasons = {
  'count-already': ({ count }: { count: number }) => `desired count is ${count} already`,
  'nothing-to-scale-in': ({ count }: { count: number }) => `desired count is ${count}: nothing to scale in`,
  'autoscaling-above-plan': ({ count, planned }: { count: number; planned: number }) =>
    `autoscaling raised the desired count to ${count}, above the plan's ${planned}`,
  'autoscaling-takes-over': ({ from, to }: Counts) =>
    `autoscaling raised the desired count ${from} → ${to}: traffic needs them, and autoscaling goes on from here`,
  'step-down': ({ from, to, target, sharePercent }: Counts & { target: number; sharePercent: number }) =>
    `desired count ${from} → ${to}, a step of at most ${sharePercent} % on the way to ${target}`,
};
