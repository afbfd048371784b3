import type { Assessment } from '../document/assessment.ts';

/** What autoscaling did lately, newest first, also where a person has taken its target away since. Pure. */
export const activitiesOf = (autoscaling: Assessment['autoscaling']) =>
  'unknown' in autoscaling ? [] : (autoscaling.activities ?? []);

/** The service itself may be read late by so much. Milliseconds. */
export const readLate = 120_000;

/** Whether the service may not show yet what was asked for then. Pure. */
export const isJustNow = (activity: { at: string }, { at }: Assessment): boolean =>
  Date.parse(activity.at) >= Date.parse(at) - readLate;
