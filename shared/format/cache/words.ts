import type { HitRate } from '../../cache/verdict.ts';
import { rounded } from '../numbers.ts';

/** "3.00 MB", in powers of 1,024 as Redis counts. */
export function size(bytes: number): string {
  const [unit, by] = bytes >= 1024 ** 3 ? ['GB', 1024 ** 3] : ['MB', 1024 ** 2];
  return `${rounded(bytes / Number(by))} ${unit}`;
}

export const percent = (part: number, whole: number): string => `${rounded((part / whole) * 100)} %`;

/** How many reads found their key, and since when that is counted. */
export const hitRateText = ({ hits, reads, since }: HitRate): string =>
  `hit rate ${percent(hits, reads)}${since === 'start' ? ' since the server started' : ''}`;
