import { type ApprovalRequest, verdictOf } from './approvals.ts';
import type { Config } from './config.ts';

/** What an approval request needs now; `invite`: mails that failed go out again; `done` ends the looking after. */
export type Due = 'nothing' | 'invite' | 'remind' | 'escalate' | 'deliver' | 'done';

/** A decided request is looked after this long for its delivery; an undecided one until it has expired. */
const deliveryMilliseconds = 3_600_000;

/** A reminder at half time, an escalation before the expiry, once each (scenario 23). Pure. */
export function dueOf(request: ApprovalRequest, now: Date, config: Config): Due {
  const expiry = Date.parse(request.expiresAt);
  if (verdictOf(request) !== 'open') {
    const late = now.getTime() > expiry + deliveryMilliseconds;
    return request.delivered || late ? 'done' : 'deliver';
  }
  // Withdrawn, or nobody can decide it any more.
  if (request.delivered || now.getTime() >= expiry) return 'done';
  const halfTime = (Date.parse(request.createdAt) + expiry) / 2;
  const escalation = expiry - config.approval.escalateBeforeSeconds * 1000;
  if (!request.escalated && now.getTime() >= escalation) return 'escalate';
  if (!request.reminded && now.getTime() >= halfTime) return 'remind';
  return request.unreached.length > 0 ? 'invite' : 'nothing';
}
