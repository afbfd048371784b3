import type { Reason } from '../document/reason.ts';
import { lockReasons } from './reasons/lock.ts';
import { metricReasons } from './reasons/metrics.ts';

/** The closed list of reasons: each code with the numbers that it takes and its sentence. */
const reasons = { ...metricReasons, ...lockReasons };

type Reasons = typeof reasons;
export type ReasonCode = keyof Reasons;
type Facts = { [C in ReasonCode]: Parameters<Reasons[C]> };
// A code and its numbers belong together: this is what the type of a single function cannot say.
const sentences: { [C in ReasonCode]: (...facts: Facts[C]) => string } = reasons;

/** A reason with its numbers, if it has any, and with the sentence that says so to a person. */
export function because<C extends ReasonCode>(code: C, ...facts: Facts[C]): Reason {
  return { code, ...facts[0], text: sentences[code](...facts) };
}

/** The sentences of reasons, for people. */
export const textsOf = (given: readonly Reason[]): string[] => given.map(({ text }) => text);

/** Every code that there is. */
export const reasonCodes = Object.keys(reasons);
