import { oneLine } from '../core/plain-text.ts';
import type { Reason } from '../document/reason.ts';
import { autoscalingReasons } from './reasons/autoscaling.ts';
import { cacheReasons } from './reasons/cache.ts';
import { capacityReasons } from './reasons/capacity.ts';
import { causeReasons } from './reasons/causes.ts';
import { decisionReasons } from './reasons/decision.ts';
import { lockReasons } from './reasons/lock.ts';
import { metricReasons } from './reasons/metrics.ts';
import { poolReasons } from './reasons/pools.ts';
import { requestReasons } from './reasons/request.ts';
import { rollbackReasons } from './reasons/rollback.ts';
import { runReasons } from './reasons/run.ts';
import { countReasons, settingsReasons } from './reasons/settings.ts';
import { verifyReasons } from './reasons/verify.ts';

/** The closed list of reasons: each code with the numbers that it takes and its sentence. */
const reasons = {
  ...metricReasons,
  ...requestReasons,
  ...lockReasons,
  ...runReasons,
  ...autoscalingReasons,
  ...decisionReasons,
  ...capacityReasons,
  ...poolReasons,
  ...rollbackReasons,
  ...verifyReasons,
  ...settingsReasons,
  ...countReasons,
  ...causeReasons,
  ...cacheReasons,
};

export type ReasonCode = keyof typeof reasons;
type Facts = { [Code in ReasonCode]: Parameters<(typeof reasons)[Code]> };
const sentences: { [Code in ReasonCode]: (...facts: Facts[Code]) => string } = reasons;

/** A reason with its numbers, if it has any, and with the sentence that says so to a person. */
export function because<Code extends ReasonCode>(code: Code, ...facts: Facts[Code]): Reason {
  return { code, ...facts[0], text: oneLine(sentences[code](...facts)) };
}

/** The sentences of reasons, for people. */
export const textsOf = (reasons: readonly Reason[]): string[] => reasons.map(({ text }) => text);

/** Every code that there is. */
export const reasonCodes = Object.keys(reasons);
