import type { Assessment } from '../document/assessment.ts';
import { cutByAutoscaling } from '../drift/person-change.ts';
import { because } from '../format/reasons.ts';
import type { Check, Verdict } from './check.ts';

/**
 * A scheduled action that came between has lowered the count below what this run asked for. Once they are suspended none
 * comes again, so this needs no limit. Pure.
 */
export function cut({ plan, late }: Pick<Check, 'plan' | 'late'>, now: Assessment): Verdict | undefined {
  const from = plan?.action === 'scale-out' ? plan.desired?.to : undefined;
  const to = late ? undefined : cutByAutoscaling(from, now);
  if (from === undefined || to === undefined) return undefined;
  return { state: 'more', reasons: [because('cut-by-autoscaling', { from, to })] };
}
