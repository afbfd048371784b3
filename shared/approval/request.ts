import * as v from 'valibot';
import { oneLine } from '../core/plain-text.ts';
import { datetime, int } from '../core/schema.ts';
import { Assessment } from '../document/assessment.ts';
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
  plan: Plan,
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

/** One letter may be written in several ways, and some characters are not seen. */
const plain = (text: string) => oneLine(text.normalize('NFKC')).toLowerCase();

/**
 * Whether an approver may decide: who asked for the run, by name or by mail address, may not, unless the configuration
 * allows it. Pure.
 */
export function mayApprove(
  approver: { name: string; email: string },
  requestedBy: string,
  requesterMayApprove: boolean,
): boolean {
  if (requesterMayApprove) return true;
  const asked = plain(requestedBy);
  // A session name or "Name <address>" holds the address among other things.
  const words = asked.split(/[^\w.+@-]+/);
  return asked !== plain(approver.name) && !words.includes(plain(approver.email));
}

/** A request as an approver's link finds it. */
export interface FoundApproval {
  approver: string;
  version: number;
  request: ApprovalRequest;
}
