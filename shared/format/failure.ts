import * as v from 'valibot';
import { tryParse } from '../core/schema.ts';
import type { Reason } from '../document/reason.ts';
import { jsonOf, messageOf } from './errors.ts';
import { because } from './reasons.ts';

/** A failure as a state machine catches it. */
export interface Failure {
  Error: string;
  Cause: string;
}

/** An execution that another one waited for: its own failure says why. */
const Nested = v.object({ Error: v.string(), Cause: v.string() });

/** What a rejected approval hands over. */
const Rejection = v.object({ by: v.string(), reason: v.string() });

/** Why a step failed: a person said no, nobody decided, or something went wrong. */
export function failureReason({ Error: error, Cause: cause }: Failure): Reason {
  const json = jsonOf(cause);
  const nested = tryParse(Nested, json);
  if (nested) return failureReason(nested);
  const rejection = tryParse(Rejection, json);
  if (rejection) return because('rejected', { by: rejection.by, said: rejection.reason });
  if (error === 'States.Timeout' || error === 'States.HeartbeatTimeout') return because('not-decided');
  return because('run-failed', { error, said: messageOf(cause) });
}
