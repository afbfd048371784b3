import type { Assessment } from '../../shared/document/assessment.ts';
import type { Verification } from '../../shared/document/verification.ts';
import type { Check } from '../../shared/verify/check.ts';
import { verify } from '../../shared/verify/verify.ts';
import {
  assessment,
  type MetricValues,
  plan,
  production,
  request,
  secondsLater,
  service,
} from './builders.ts';

/** What is seen of a service at one look, where it is not as usual. */
export type Part = Partial<Assessment> & { values?: MetricValues };

/** One look after a scale-out from 3 to 9 tasks because of a latency of 5 s, at what is seen now. */
export const check = (goal: Check['goal'], seen: Part, part: Partial<Check> = {}) =>
  verify(
    {
      goal,
      request: request(),
      plan: plan(),
      before: assessment({ values: { latencyP99Seconds: 5 } }),
      ...part,
    },
    assessment(seen),
    service,
    production,
  );

/** An earlier check of the same loop, which began so many seconds ago. */
export const earlier = (
  goal: Check['goal'],
  seconds: number,
  part: Partial<Verification> = {},
): { previous: Verification } => ({
  previous: {
    goal,
    state: 'waiting',
    since: secondsLater(-seconds),
    mention: false,
    nextCheckSeconds: 15,
    reasons: [],
    ...part,
  },
});
