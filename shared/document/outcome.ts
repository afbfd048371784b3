import * as v from 'valibot';
import { datetime } from '../core/schema.ts';
import { Difference } from './difference.ts';
import { Reason } from './reason.ts';

export const Approval = v.object({
  decision: v.literal('approved'),
  by: v.string(),
  at: datetime,
  reason: v.string(),
  planHash: v.string(),
  /** The names of those who approved, each once; a release before this one did not write it. */
  approvers: v.optional(v.array(v.string())),
});

export type Approval = v.InferOutput<typeof Approval>;

export const outcomes = [
  'recovered',
  'restored',
  'held',
  'rolled-back',
  'rejected',
  'expired',
  'ignored',
  'joined',
  'planned',
  'configured',
  'relieved',
  'failed',
] as const;

export const Outcome = v.object({
  outcome: v.picklist(outcomes),
  reasons: v.array(Reason),
  /** The reasons in one line: the cause of an execution that fails. */
  summary: v.string(),
  /** Of a restore: what is not as before the incident, by whom and why. */
  differences: v.optional(v.array(Difference)),
  at: datetime,
  /** Nothing was recorded: an alert has joined that no look has known of. */
  goesOn: v.optional(v.boolean()),
});

export type Outcome = v.InferOutput<typeof Outcome>;
