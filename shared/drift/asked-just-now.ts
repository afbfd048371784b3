import type { Assessment } from '../document/assessment.ts';
import type { Reason } from '../document/reason.ts';
import { because } from '../format/reasons.ts';
import { isJustNow } from './activities.ts';
import type { LastWrite } from './last-write.ts';
import { countsAskedJustNow } from './person-change.ts';

/** The count that this incident wrote just now: the service may not show it yet. Pure. */
export const writtenJustNow = (
  assessment: Assessment,
  { desired, desiredAt: at }: Pick<LastWrite, 'desired' | 'desiredAt'> = {},
): number | undefined => (at !== undefined && isJustNow({ at }, assessment) ? desired : undefined);

/**
 * More tasks than so many that were asked for just now, by autoscaling or in this incident: the service was read before.
 * Nothing where nobody asked for more. Pure.
 */
export function askedJustNow(
  count: number,
  assessment: Assessment,
  lastWritten?: Pick<LastWrite, 'desired' | 'desiredAt'>,
): { asked: number; reason: Reason } | undefined {
  const [asked = 0] = countsAskedJustNow(assessment);
  if (count < asked) return { asked, reason: because('autoscaling-ahead', { asked }) };
  const written = writtenJustNow(assessment, lastWritten) ?? 0;
  return count < written ? { asked: written, reason: because('run-ahead', { asked: written }) } : undefined;
}
