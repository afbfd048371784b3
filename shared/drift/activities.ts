import type { Assessment } from '../document/assessment.ts';

/** What autoscaling did lately, newest first, also where a person has taken its target away since. Pure. */
export const activitiesOf = (autoscaling: Assessment['autoscaling']) =>
  'unknown' in autoscaling ? [] : (autoscaling.activities ?? []);
