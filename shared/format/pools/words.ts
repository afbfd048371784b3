import { rounded } from '../numbers.ts';
import { duration } from '../text.ts';

/** "1 client", "30 clients". */
export const many = (count: number, one: string, more = `${one}s`): string =>
  `${rounded(count)} ${count === 1 ? one : more}`;

/** A wait, with one decimal while it is short. */
export const wait = (seconds: number): string =>
  seconds < 10 ? `${seconds.toFixed(1)} s` : duration(seconds);
