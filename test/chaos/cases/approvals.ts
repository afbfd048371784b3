import { forger, scanner } from '../../../chaos/cast/visitors.ts';
import type { Invocation } from '../../../chaos/record/recording.ts';
import { largestMessage } from '../../../shared/intake/message-body.ts';
import { at, type Case, execution, invocation, recording, through } from '../recordings.ts';

const answer = (by: string, decision = 'approved', requestId = `page-${by}`) => ({ by, decision, requestId });
const voted = (by: string, seconds: number) => ({ ...answer(by), at: new Date(at(seconds)).toISOString() });
const request = (...decisions: object[]) => ({ id: 'a1', needed: 2, decisions });
const version = (seconds: number, ...decisions: object[]) => ({
  at: at(seconds),
  key: 'approval/a1',
  body: request(...decisions),
});

/** A request to the approval page and its answer, with the approval request as the page read it. */
const page = (visitor: string, result: object, read: object = request()): Invocation => ({
  ...invocation('approval', 'a page', {
    result,
    operations: [{ name: 'store:read', key: 'approval/a1', at: at(99), body: { version: 1, body: read } }],
  }),
  event: { requestContext: { http: { method: 'POST' }, requestId: visitor } },
});
const shown = (body: string, ...decisions: object[]) => ({
  invocations: [page('again', { statusCode: 200, body }, request(...decisions))],
});

/** A run whose request expired, and what the workflow beside it found due. */
const expired = (due: string, faults: ReturnType<typeof recording>['incident']['faults'] = []) => ({
  incident: { ...recording().incident, faults },
  executions: [
    execution('scale-in', { history: through('Ask for approval', 'Expired') }),
    execution('approval-reminder', { parentArn: 'scale-in' }),
  ],
  invocations: [invocation('remind-approvers', 'approval-reminder', { result: { due } })],
});

const mail = (error?: string) => ({ name: 'ses:SendEmail', at: at(100), ...(error ? { error } : {}) });
const asks = (mails: ReturnType<typeof mail>[], error?: string) => ({
  invocations: [
    invocation('request-approval', 'scale-in', { operations: mails, ...(error ? { error } : {}) }),
  ],
});

const sent = (statusCode: number, authorization: string, bytes = 100) => ({
  invocations: [
    {
      ...invocation('alert-webhook', 'a page', { result: { statusCode } }),
      event: { headers: { authorization }, body: 'x'.repeat(bytes) },
    },
  ],
});
const token = 'Bearer sandbox-value-of-a-token';
const stormed = (statusCode: number, answer: object) => {
  const { service } = recording().service;
  const labels = { alertname: 'HighCPU', service };
  const body = JSON.stringify({ alerts: [{ labels: { ...labels, service: 'other' } }, { labels }] });
  return {
    invocations: [
      {
        ...invocation('alert-webhook', 'a page', { result: { statusCode, body: JSON.stringify(answer) } }),
        event: { headers: { authorization: token }, body },
      },
    ],
  };
};

export const approvalCases: Case[] = [
  {
    checker: '57 removed have no vote',
    wrong: { removedApprovers: [{ name: 'Ada', at: at(15) }], approvals: [version(20, voted('Ada', 20))] },
    says: /approval\/a1 has a vote of Ada, who is no approver any more/,
    right: { removedApprovers: [{ name: 'Ada', at: at(15) }], approvals: [version(20, voted('Bob', 20))] },
    excused: [
      { removedApprovers: [{ name: 'Ada', at: at(15) }], approvals: [version(20, voted('Ada', 10))] },
    ],
  },
  {
    checker: '12 only people decide',
    wrong: { approvals: [version(10), version(20, answer('Ada', 'approved', scanner.requestId))] },
    says: /approval\/a1 is approved by a scanner/,
    right: { approvals: [version(10), version(20, answer('Ada'))] },
  },
  {
    checker: '12 only people decide',
    wrong: { approvals: [version(10, answer('Ada'), answer('Bob', 'rejected', forger.requestId))] },
    says: /approval\/a1 is rejected by a forger/,
    right: { approvals: [version(10, answer('Ada'), answer('Bob', 'rejected'))] },
  },
  {
    checker: '12 forgers are refused',
    wrong: { invocations: [page(forger.requestId, { statusCode: 200 })] },
    says: /a forged form is answered with 200/,
    right: { invocations: [page(forger.requestId, { statusCode: 404 })] },
  },
  {
    checker: '25 decided is decided',
    wrong: shown('<form method="post">', answer('Ada'), answer('Bob')),
    says: /a1 is decided, and its page still asks/,
    right: shown('Approved by Ada and Bob.', answer('Ada'), answer('Bob')),
  },
  {
    checker: '25 decided is decided',
    wrong: shown('<form method="post">', answer('Ada', 'rejected')),
    says: /a1 is decided, and its page still asks/,
    right: shown('Rejected by Ada.', answer('Ada', 'rejected')),
  },
  {
    checker: '28 answers stay',
    wrong: { approvals: [version(10, answer('Ada')), version(11, answer('Bob'))] },
    says: /approval\/a1: an answer of Ada is lost/,
    right: { approvals: [version(10, answer('Ada')), version(11, answer('Ada'), answer('Bob'))] },
  },
  {
    checker: '28 answers stay',
    wrong: { approvals: [version(10, answer('Ada')), version(11, answer('Ada', 'rejected'))] },
    says: /approval\/a1: an answer of Ada is lost/,
    right: { approvals: [version(10, answer('Ada')), version(11, answer('Ada'))] },
  },
  {
    checker: '23 unanswered is escalated',
    wrong: expired('remind'),
    says: /scale-in expired, and nobody was called before/,
    right: expired('escalate'),
    // Nobody can be called when no channel takes anything.
    excused: [expired('remind', [{ kind: 'channel', channel: 'sns', first: 1, times: 100 }])],
  },
  {
    checker: '39 unsent is not awaited',
    wrong: asks([mail('MessageRejected'), mail('MessageRejected')]),
    says: /no mail went out, and the run waits for an answer/,
    right: asks([mail('MessageRejected'), mail('MessageRejected')], 'NoApproverReachedError'),
    excused: [asks([mail('MessageRejected'), mail()]), asks([mail('MessageRejected')], 'Lambda.Unknown')],
  },
  {
    checker: '30 the webhook refuses',
    wrong: sent(200, 'Bearer of bad news'),
    says: /a message of 100 bytes is taken/,
    right: sent(401, 'Bearer of bad news'),
  },
  {
    checker: '30 the webhook refuses',
    wrong: sent(202, token, largestMessage + 1),
    says: /a message of \d+ bytes is taken/,
    right: sent(200, token, largestMessage),
  },
  {
    checker: '52 a storm starts ours once',
    wrong: stormed(400, { error: 'alerts: Invalid length' }),
    says: /HighCPU does not start one run: 400, 0 started/,
    right: stormed(200, { started: ['alertmanager-HighCPU-1-0'], alreadyStarted: [] }),
    excused: [stormed(500, { error: 'not started' })],
  },
];
