import { approvalMail } from '../shared/approval/mail.ts';
import {
  decidedPage,
  endedPage,
  expiredPage,
  refusedPage,
  replacedPage,
  thanksPage,
  troublePage,
} from '../shared/approval/pages.ts';
import type { ApprovalDecision, ApprovalRequest } from '../shared/approval/request.ts';
import { requestPage } from '../shared/approval/request-page.ts';
import { newHandle } from '../shared/approval/secrets.ts';
import type { Config } from '../shared/config/schema.ts';

/** Every page and mail of an approval request, by name, as HTML: for pictures and for the accessibility check. */
export function gallery(request: ApprovalRequest, config: Config): Record<string, string> {
  const [first, second] = config.approval.approvers.map(({ name }) => name);
  const answer = (decision: ApprovalDecision['decision'], by = '', reason = ''): ApprovalDecision => {
    const at = new Date(Date.parse(request.createdAt) + 900_000).toISOString();
    return { decision, by, at, reason, requestId: 'gallery' };
  };
  const half = {
    ...request,
    decisions: [answer('approved', first, 'Traffic has been calm for half an hour.')],
  };
  const whole = {
    ...half,
    decisions: [...half.decisions, answer('approved', second, 'Agreed.')],
    delivered: true,
  };
  const reason = 'The campaign starts at six.\nKeep the capacity until it is over.';
  const rejected = { ...request, decisions: [answer('rejected', first, reason)], delivered: true };
  const form = { handle: newHandle((count) => new Uint8Array(count)), config };
  const now = new Date(Date.parse(request.createdAt) + 960_000);
  const asked = { request, approver: first ?? '' };
  const problem = { problem: 'Please type a reason: it is the audit trail’s why.', reason: '' };
  const link = `https://approve.example/approvals/${form.handle}`;
  const pages = {
    request: requestPage(asked, { ...form, now }),
    'request-without-reason': requestPage(asked, { ...form, now }, problem),
    'request-second-approver': requestPage({ request: half, approver: second ?? '' }, { ...form, now }),
    'one-of-two': thanksPage(half, true),
    'one-of-two-again': thanksPage(half, false),
    approved: decidedPage(whole, true),
    'approved-not-delivered': decidedPage({ ...whole, delivered: false }, true),
    'approved-too-late': decidedPage({ ...whole, late: true }, true),
    rejected: decidedPage(rejected, true),
    'rejected-already': decidedPage(rejected, false),
    expired: expiredPage(half),
    ended: endedPage(request),
    replaced: replacedPage(whole),
    refused: refusedPage(),
    trouble: troublePage(),
  };
  const mails = {
    mail: approvalMail(request, first ?? '', link, 'request', config),
    'mail-reminder': approvalMail(half, second ?? '', link, 'reminder', config),
  };
  return {
    ...Object.fromEntries(Object.entries(pages).map(([name, { body }]) => [name, body])),
    ...Object.fromEntries(Object.entries(mails).map(([name, { html }]) => [name, html])),
  };
}
