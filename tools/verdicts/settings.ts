import type { ServiceSettings } from '../../sandbox/aws/wire.ts';
import { shortDefinition } from '../../shared/format/settings.ts';
import type { Said } from './play.ts';

/** A service's settings at any moment, read from the writes that AWS saw, and not from what the product says. */

const yesNo = (value: boolean | undefined) => (value === undefined ? undefined : value ? 'yes' : 'no');
const withUnit = (value: number | undefined, unit: string) =>
  value === undefined ? undefined : `${value} ${unit}`;

/** What the tables of notices and mails call a setting, and how they write its value. */
const labels: Record<string, (settings: ServiceSettings) => string | undefined> = {
  'Desired tasks': ({ desired }) => `${desired}`,
  'Minimum tasks': ({ min }) => min?.toString(),
  'Maximum tasks': ({ max }) => max?.toString(),
  'Autoscaling may scale in': ({ suspended }) => yesNo(suspended && !suspended.dynamicScalingIn),
  'Autoscaling may scale out': ({ suspended }) => yesNo(suspended && !suspended.dynamicScalingOut),
  'Scheduled scaling': ({ suspended }) => yesNo(suspended && !suspended.scheduledScaling),
  'CPU target': ({ policies: [cpu] }) => withUnit(cpu?.target, '%'),
  'Scale-out cooldown': ({ policies: [cpu] }) => withUnit(cpu?.scaleOutCooldown, 's'),
  'Scale-in cooldown': ({ policies: [cpu] }) => withUnit(cpu?.scaleInCooldown, 's'),
  'CPU policy may scale in': ({ policies: [cpu] }) => yesNo(cpu && !cpu.disableScaleIn),
};

/** A setting's value as a table would write it; undefined where the label is none of a setting. */
export const shown = (label: string, settings: ServiceSettings): string | undefined =>
  labels[label]?.(settings);

/** What a verdict's differences call a setting, and its value. */
export const named: Record<string, (settings: ServiceSettings) => string | number | boolean | null> = {
  desired: ({ desired }) => desired,
  min: ({ min }) => min ?? null,
  max: ({ max }) => max ?? null,
  scaleInSuspended: ({ suspended }) => suspended?.dynamicScalingIn ?? null,
  scaleOutSuspended: ({ suspended }) => suspended?.dynamicScalingOut ?? null,
  scheduledSuspended: ({ suspended }) => suspended?.scheduledScaling ?? null,
  cpuTarget: ({ policies: [cpu] }) => cpu?.target ?? null,
  scaleOutCooldown: ({ policies: [cpu] }) => cpu?.scaleOutCooldown ?? null,
  scaleInCooldown: ({ policies: [cpu] }) => cpu?.scaleInCooldown ?? null,
  taskDefinition: ({ taskDefinition }) => shortDefinition(taskDefinition),
};

/** The settings at a moment; of writes in the same millisecond all count. */
export function settingsAt(
  { initial, writes }: Pick<Said, 'initial' | 'writes'>,
  at: number,
): ServiceSettings {
  const done = writes.filter((write) => write.at <= at).map(({ to }) => to);
  return Object.assign({}, initial, ...done);
}
