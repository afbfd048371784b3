import type { Reason } from '../document/reason.ts';
import { inWords, repeatsRow } from './in-words.ts';
import { autoscalingReasons } from './reasons/autoscaling.ts';
import { lockReasons } from './reasons/lock.ts';
import { metricReasons } from './reasons/metrics.ts';
import { requestReasons } from './reasons/request.ts';
import { runReasons } from './reasons/run.ts';

/** The closed list of reasons: each code with the numbers that it takes and its sentence. */
const reasons = {
  ...metricReasons,
  ...requestReasons,
  ...lockReasons,
  ...runReasons,
  ...autoscalingReasons,
};

type Reasons = typeof reasons;
export type ReasonCode = keyof Reasons;
type Facts = { [C in ReasonCode]: Parameters<Reasons[C]> };
// A code and its numbers belong together: this is what the type of a single function cannot say.
const sentences: { [C in ReasonCode]: (...facts: Facts[C]) => string } = reasons;

/** A reason with its numbers, if it has any, and with the sentence that says so to a person. */
export function because<C extends ReasonCode>(code: C, ...facts: Facts[C]): Reason {
  return { code, ...facts[0], text: sentences[code](...facts) };
}

/** Reasons, those that were given in words as such. */
export const reasonsOf = (given: readonly (Reason | string)[]): Reason[] =>
  given.map((one) => (typeof one === 'string' ? inOwnWords(one) : one));

const inOwnWords = (said: string): Reason => ({
  ...because('said', { said: inWords(said) }),
  ...(repeatsRow(said) ? { code: 'metric-judged' } : {}),
});

/** The sentences of reasons, for people. */
export const textsOf = (given: readonly (Reason | string)[]): string[] =>
  reasonsOf(given).map(({ text }) => text);

/** Every code that there is. */
export const reasonCodes = Object.keys(reasons);
