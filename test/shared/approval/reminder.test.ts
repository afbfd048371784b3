import { expect, it } from '@jest/globals';
import { approvalSubject, dueOf, reminderNotice } from '../../../shared/approval/reminder.ts';
import { approvalRequest } from '../../support/approvals.ts';
import { now, production, secondsLater } from '../../support/builders.ts';

const request = approvalRequest({ expiresAt: secondsLater(7200) });
const { primaryOnCall, devOpsLead } = production.contacts;
const asked = production.approval.approvers.map(({ name }) => name).join(', ');
const decided = { by: 'Infrastructure', decision: 'approved', at: now, requestId: 'r' } as const;

it.each([
  ['nobody has answered', {}, []],
  [
    'one has approved, and two mails came back',
    { decisions: [{ ...decided, reason: 'calm\nsince noon' }], unreached: ['Bolt', 'Reed'] },
    [
      'No mail could be sent to: Bolt, Reed.',
      'Approved by Infrastructure on 2026-10-02 17:10:00 UTC: calm since noon',
    ],
  ],
])('an approval that is about to expire: %s', (_, part, lines) => {
  expect(reminderNotice({ ...request, ...part }, new Date(now), production)).toEqual({
    subject: '[production] buywhere-api: approval not decided, 2 h left',
    text: [
      'buywhere-api in production is still scaled out and waits for approval to go back to normal.',
      'It is not decided yet; the request expires 2026-10-02 19:10:00 UTC, in 2 h. Then it stays scaled out.',
      `Asked were ${asked}; each has a link by mail.`,
      ...lines,
      `Primary on-call: ${primaryOnCall}. DevOps lead: ${devOpsLead}.`,
      `Incident ${request.incidentId}; execution ${request.execution}`,
    ].join('\n'),
  });
});

it.each([
  [10_800, 'deliver'],
  [10_800.001, 'done'],
])(
  'a decided request is looked after for an hour after it expires: %d s from now it is to %s',
  (seconds, due) => {
    const approved = { ...request, decisions: [{ ...decided, reason: 'calm' }], needed: 1, delivered: false };
    expect(dueOf(approved, new Date(secondsLater(seconds)), production)).toBe(due);
  },
);

it('is about the scale-in that waits', () => {
  expect(approvalSubject(request)).toEqual({
    environment: 'production',
    service: 'buywhere-api',
    occasion: 'scale-in',
    incidentId: request.incidentId,
    execution: request.execution,
    reasons: request.plan.reasons,
  });
});
