import * as z from 'zod/mini';
import { Assessment, Plan } from './document.ts';

/** What one approver answered; a person answers a request once. */
export const Decision = z.object({
  decision: z.enum(['approved', 'rejected']),
  by: z.string(),
  at: z.iso.datetime(),
  reason: z.string(),
  /** Id of the HTTP request: tells one answer from another that is equal in all else. */
  requestId: z.string(),
});
export type Decision = z.infer<typeof Decision>;

/** What an approver is asked to decide. The task token that answers it is a record of its own, which fewer may read. */
export const ApprovalRequest = z.object({
  id: z.string(),
  execution: z.string(),
  environment: z.string(),
  service: z.string(),
  incidentId: z.string(),
  requestedBy: z.string(),
  plan: Plan,
  metrics: Assessment.shape.metrics,
  createdAt: z.iso.datetime(),
  expiresAt: z.iso.datetime(),
  /** How many different people have to approve. */
  needed: z.int().check(z.minimum(1)),
  decisions: z.array(Decision),
  /** Nothing has to be handed to Step Functions any more: it has the decision, or waits for none. */
  delivered: z.boolean(),
  /** The decision was stored, but the run had stopped waiting for it (TaskTimedOut). */
  late: z.boolean(),
  reminded: z.boolean(),
  escalated: z.boolean(),
  /** Names of approvers whose mail has not been accepted yet. */
  unreached: z.array(z.string()),
});
export type ApprovalRequest = z.infer<typeof ApprovalRequest>;

/** What the answers so far come to: one no rejects; enough yes approve. Pure. */
export function verdictOf({
  decisions,
  needed,
}: Pick<ApprovalRequest, 'decisions' | 'needed'>): 'open' | 'approved' | 'rejected' {
  if (decisions.some(({ decision }) => decision === 'rejected')) return 'rejected';
  return new Set(decisions.map(({ by }) => by)).size >= needed ? 'approved' : 'open';
}

const plain = (text: string) => text.trim().replace(/\s+/g, ' ').toLowerCase();

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
