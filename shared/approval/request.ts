import * as v from 'valibot';
import type { Config } from '../config/schema.ts';
import { datetime, int } from '../core/schema.ts';
import { Assessment } from '../document/assessment.ts';
import { CacheReliefPlan } from '../document/cache-relief.ts';
import { Plan } from '../document/plan.ts';

/** What one approver answered; a person answers a request once. */
export const ApprovalDecision = v.object({
  decision: v.picklist(['approved', 'rejected']),
  by: v.string(),
  at: datetime,
  reason: v.string(),
  /** Id of the HTTP request: tells one answer from another that is equal in all else. */
  requestId: v.string(),
});
export type ApprovalDecision = v.InferOutput<typeof ApprovalDecision>;

/** What an approver is asked to decide. The task token that answers it is a record of its own, which fewer may read. */
export const ApprovalRequest = v.object({
  id: v.string(),
  execution: v.string(),
  environment: v.string(),
  service: v.string(),
  incidentId: v.string(),
  requestedBy: v.string(),
  claimed: v.optional(v.boolean()),
  /** A way back, or a relief of the cache. */
  plan: v.variant('action', [Plan, CacheReliefPlan]),
  metrics: Assessment.entries.metrics,
  createdAt: datetime,
  expiresAt: datetime,
  /** How many different people have to approve. */
  needed: v.pipe(int, v.minValue(1)),
  decisions: v.array(ApprovalDecision),
  /** Nothing has to be handed to Step Functions any more: it has the decision, or waits for none. */
  delivered: v.boolean(),
  /** The decision was stored, but the run had stopped waiting for it (TaskTimedOut). */
  late: v.boolean(),
  /** Why nobody is asked any more: another run took over, or everything was given back by hand. */
  withdrawn: v.optional(v.picklist(['superseded', 'restored'])),
  reminded: v.boolean(),
  escalated: v.boolean(),
  /** Names of approvers whose mail has not been accepted yet. */
  unreached: v.array(v.string()),
});
export type ApprovalRequest = v.InferOutput<typeof ApprovalRequest>;

/** What the answers so far come to: one no rejects; enough yes approve. Pure. */
export function verdictOf({
  decisions,
  needed,
}: Pick<ApprovalRequest, 'decisions' | 'needed'>): 'open' | 'approved' | 'rejected' {
  if (decisions.some(({ decision }) => decision === 'rejected')) return 'rejected';
  return new Set(decisions.map(({ by }) => by)).size >= needed ? 'approved' : 'open';
}

/**
 * Who is asked, and how many different people have to approve: enough besides the one who asked for the run. No name that
 * was typed proves who that was, so in such a run everybody may decide and one more has to approve, unless the
 * configuration lets the requester approve. An alarm and an alert are nobody. Pure.
 * @param atLeast so many have to, whatever the configuration says
 */
export function decidersOf(
  { claimed }: { claimed?: boolean | undefined },
  { approvers, approvalsNeeded, requesterMayApprove }: Config['approval'],
  atLeast = 1,
): { needed: number; approvers: Config['approval']['approvers'] } {
  const configured = approvalsNeeded + (claimed && !requesterMayApprove ? 1 : 0);
  return { needed: Math.max(atLeast, configured), approvers };
}

/** A request as an approver's link finds it. */
export interface FoundApproval {
  approver: string;
  version: number;
  request: ApprovalRequest;
}
