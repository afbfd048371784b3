import * as v from 'valibot';
import { int } from '../../shared/core/schema.ts';

const day = 86_400;

/** A number within these limits, both included. */
export const between = (least: number, most: number) =>
  v.pipe(
    v.number(),
    v.check((value) => value >= least && value <= most, `must be from ${least} to ${most}`),
  );

/** A whole number within these limits, both included. */
export const wholeBetween = (least: number, most: number) =>
  v.pipe(
    int,
    v.check((value) => value >= least && value <= most, `must be from ${least} to ${most}`),
  );

/** Whole seconds since the first alarm; negative: before it, at most six hours. */
export const secondsAfterAlarm = wholeBetween(-21_600, day);

/** How long something holds, whole seconds. */
export const forSeconds = wholeBetween(1, 7 * day);
