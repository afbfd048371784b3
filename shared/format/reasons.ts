import type { Reason } from '../document/reason.ts';
import { metricReasons } from './reasons/metrics.ts';

/** The closed list of reasons: each code with the numbers that it takes and its sentence. */
const reasons = { ...metricReasons };

type Reasons = typeof reasons;
export type ReasonCode = keyof Reasons;
type Facts<C extends ReasonCode> = Parameters<Reasons[C]>[0];

/** A reason with its numbers, and with the sentence that says so to a person. */
export function because<C extends ReasonCode>(code: C, facts: Facts<C>): Reason {
  // A code and its numbers belong together by the type of this function; within it they are any pair.
  const sentence: (facts: Facts<C>) => string = reasons[code];
  return { code, ...facts, text: sentence(facts) };
}

/** Every code that there is. */
export const reasonCodes = Object.keys(reasons);
