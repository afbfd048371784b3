import type { Unknown } from '../core/unknown.ts';
import { told } from './unknown.ts';

type Answer = { down: readonly string[] } & (
  | { status: number; milliseconds: number; verdict?: string | undefined }
  | { unknown: Unknown }
);

/** What a health endpoint answered, or why it did not. */
export function healthText(health: Answer): string {
  if ('unknown' in health) return told(health.unknown).text;
  const { status, milliseconds, verdict, down } = health;
  return [
    `${status} in ${milliseconds} ms`,
    ...(verdict ? [`says "${verdict}"`] : []),
    ...(down.length > 0 ? [`${down.join(', ')} down`] : []),
  ].join(', ');
}
