import type { Config } from '../config/schema.ts';
import { oneLine } from '../core/plain-text.ts';
import { duration, moment } from '../format/text.ts';
import type { NoticeSubject } from '../notices/channel.ts';
import { ascii, type Notice } from '../notices/wording.ts';
import { aboutOf } from './about.ts';
import { type ApprovalRequest, verdictOf } from './request.ts';

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

/** What a notice about an approval request is about. */
export const approvalSubject = (request: ApprovalRequest): NoticeSubject => ({
  environment: request.environment,
  service: request.service,
  occasion: aboutOf(request).occasion,
  incidentId: request.incidentId,
  execution: request.execution,
  reasons: request.plan.reasons,
});

/** The notice that an approval request is about to expire without a decision. */
export function reminderNotice(request: ApprovalRequest, now: Date, config: Config): Notice {
  const left = duration((Date.parse(request.expiresAt) - now.getTime()) / 1000);
  const about = aboutOf(request);
  const subject = `[${request.environment}] ${request.service}: approval not decided, ${left} left`;
  const text = [
    about.waits(`${request.service} in ${request.environment}`),
    `It is not decided yet; the request expires ${moment(request.expiresAt)}, in ${left}. Then ${about.without}.`,
    `Asked were ${config.approval.approvers.map(({ name }) => name).join(', ')}; each has a link by mail.`,
    ...(request.unreached.length > 0 ? [`No mail could be sent to: ${request.unreached.join(', ')}.`] : []),
    ...request.decisions.map(
      ({ by, at, reason }) => `Approved by ${by} on ${moment(at)}: ${oneLine(reason)}`,
    ),
    `Primary on-call: ${config.contacts.primaryOnCall}. DevOps lead: ${config.contacts.devOpsLead}.`,
    `Incident ${request.incidentId}; execution ${request.execution}`,
  ];
  return { subject: ascii(subject), text: text.join('\n') };
}
