import { SESv2Client, SendEmailCommand } from '@aws-sdk/client-sesv2';
import { DescribeExecutionCommand, SFNClient } from '@aws-sdk/client-sfn';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import { remindApprovers } from '../../functions/remind-approvers.ts';
import { requestApproval } from '../../functions/request-approval.ts';
import type { ApprovalDecision, ApprovalRequest } from '../../shared/approval/request.ts';
import { readApproval, readTaskToken, storeApproval } from '../../shared/approval/store.ts';
import { memoryRecordStore } from '../../shared/store/memory.ts';
import { approvalRequest, taskToken } from '../support/approvals.ts';
import {
  assessment,
  configWith,
  incident,
  metrics,
  now,
  planBack,
  production,
  request,
  secondsLater,
} from '../support/builders.ts';
import { late } from '../support/late-store.ts';
import { listening, telling } from './harness.ts';

const mail = mockClient(SESv2Client);
const sns = new SNSClient({ region: 'ap-southeast-1' });
const topic = mockClient(sns);
const states = mockClient(SFNClient);

/** Addresses that SES refuses. */
let refused: string[];
beforeEach(() => {
  refused = [];
  mail.reset();
  mail
    .on(SendEmailCommand)
    .callsFake(({ Destination: { ToAddresses } }) =>
      refused.includes(ToAddresses[0])
        ? Promise.reject(Object.assign(new Error('no'), { name: 'MessageRejected' }))
        : { MessageId: 'm' },
    );
  topic.reset();
  topic.on(PublishCommand).resolves({ MessageId: 'm' });
  states.reset();
  states.on(DescribeExecutionCommand).resolves({ status: 'RUNNING' });
});

const config = configWith(({ notices }) => {
  notices.pagerDuty.enabled = false;
  notices.chat.enabled = false;
});
const [lead, infra, onCall] = production.approval.approvers.map(({ name, email }) => ({ name, email }));
const everybody = [lead, infra, onCall].map((one) => one?.email);
/** Addresses that were written to, and the subject of the first mail. */
const mailed = () =>
  mail.commandCalls(SendEmailCommand).map(({ args }) => args[0].input.Destination?.ToAddresses?.[0]);
const subject = () => mail.commandCalls(SendEmailCommand)[0]?.args[0].input.Content?.Simple?.Subject?.Data;

function tools(at = now) {
  const store = memoryRecordStore({ now: () => new Date(at) });
  const { log, lines } = listening();
  let handles = 0;
  const context = {
    config,
    now: () => new Date(at),
    after: () => ({ passed: new Promise<void>(() => undefined), cancel: () => undefined }),
    log,
    store: late(store),
    states: new SFNClient({}),
    mail: { ses: new SESv2Client({}) },
    ...telling(sns),
    links: { approvalBaseUrl: 'https://approve.example' },
    random: { bytes: (count: number) => new Uint8Array(count).fill(++handles) },
  };
  return { store, context, lines };
}

describe('request-approval', () => {
  const asked = async (claimed?: true) => {
    const { store, context, lines } = tools();
    const seen = assessment();
    const document = {
      request: request({ machine: 'scale-in', ...(claimed ? { claimed } : {}) }),
      incident: incident(),
      assessment: seen,
      plan: planBack(),
    };
    const run = requestApproval.run({ taskToken, approvalId: 'incident-1-2-1', document }, context);
    const ended = await run.catch((error: unknown) => error);
    const stored = await readApproval('incident-1-2-1', store);
    return { ended, stored: stored?.request, token: await readTaskToken('incident-1-2-1', store), lines };
  };
  const expiresAt = secondsLater(planBack().approvalSeconds);

  it('stores what is asked for, with its token, and mails each approver', async () => {
    const { ended, stored, token, lines } = await asked();
    expect(ended).toEqual({ approval: 'incident-1-2-1', expiresAt });
    expect(stored).toEqual({
      id: 'incident-1-2-1',
      execution: request().execution.arn,
      environment: 'production',
      service: 'buywhere-api',
      incidentId: 'incident-1',
      requestedBy: request().requestedBy,
      plan: planBack(),
      metrics: metrics(),
      createdAt: now,
      expiresAt,
      needed: 2,
      decisions: [],
      delivered: false,
      late: false,
      reminded: false,
      escalated: false,
      unreached: [],
    });
    expect(token).toBe(taskToken);
    expect(mailed()).toEqual(everybody);
    expect(subject()).not.toContain('Reminder');
    expect(lines).toEqual([
      ['info', 'approval requested', { approval: 'incident-1-2-1', sent: 3, failures: [] }],
    ]);
  });

  it('asks for one yes more where who asked is only what somebody typed', async () => {
    expect((await asked(true)).stored).toMatchObject({ claimed: true, needed: 3 });
  });

  it('goes on where enough approvers could be reached, and notes whom a mail is owed', async () => {
    refused = ['infra@buywhere.ai'];
    const { ended, stored, lines } = await asked();
    expect(ended).toEqual({ approval: 'incident-1-2-1', expiresAt });
    expect(stored).toMatchObject({ unreached: ['Infrastructure'], delivered: false });
    expect(lines).toMatchObject([
      ['info', 'approval requested', { sent: 2, failures: ['Infrastructure: MessageRejected'] }],
    ]);
  });

  it('fails where fewer could be reached than have to say yes, and closes the request', async () => {
    refused = ['infra@buywhere.ai', 'oncall@buywhere.ai'];
    const { ended, stored } = await asked();
    expect(ended).toMatchObject({
      name: 'ApprovalNotSentError',
      message:
        '2 approvers are needed, 1 could be asked: Infrastructure: MessageRejected; Primary on-call: MessageRejected',
    });
    expect(stored).toMatchObject({ delivered: true, unreached: [] });
  });

  it('fails without a reason where there are too few approvers', async () => {
    const { context } = tools();
    const document = {
      request: request({ machine: 'scale-in' }),
      incident: incident(),
      assessment: assessment(),
      plan: planBack(),
    };
    const one = configWith(({ approval }) => approval.approvers.splice(1));
    await expect(
      requestApproval.run({ taskToken, approvalId: 'a', document }, { ...context, config: one }),
    ).rejects.toMatchObject({ message: '2 approvers are needed, 1 could be asked' });
  });
});

describe('remind-approvers', () => {
  const yes: ApprovalDecision = {
    decision: 'approved',
    by: infra?.name ?? '',
    at: now,
    reason: 'calm',
    requestId: 'r',
  };
  /** What it does with such a request, so many seconds after that was made; null: there is none. */
  const looked = async (part: Partial<ApprovalRequest> | null, seconds: number, own = {}) => {
    const { store, context, lines } = tools(secondsLater(seconds));
    if (part) await storeApproval(approvalRequest({ needed: 2, ...part }), taskToken, store);
    const input = { approvalId: 'incident-1-2-1', startedAt: now };
    const said = await remindApprovers.run(input, { ...context, ...own });
    return { said, stored: (await readApproval('incident-1-2-1', store))?.request, lines };
  };
  const nextCheckSeconds = production.approval.checkSeconds;
  const noMail = () => {
    expect(mailed()).toEqual([]);
    expect(topic.commandCalls(PublishCommand)).toEqual([]);
  };

  it.each([
    [3599, 'nothing'],
    [3600, 'nothing'],
    [3601, 'done'],
  ])('waits an hour for a request that is not stored: after %d s it says %s', async (seconds, due) => {
    expect((await looked(null, seconds)).said).toEqual({ due, nextCheckSeconds });
    noMail();
  });

  it('has nothing to do before half time', async () => {
    const { said, stored, lines } = await looked({}, 1000);
    expect(said).toEqual({ due: 'nothing', nextCheckSeconds });
    expect(stored).toMatchObject({ reminded: false, escalated: false });
    expect(lines).toEqual([]);
    noMail();
  });

  const expires = { expiresAt: secondsLater(4 * 3600) };
  it('reminds at half time who has not answered, once', async () => {
    const { said, stored, lines } = await looked({ ...expires, decisions: [yes] }, 2 * 3600);
    expect(said).toEqual({ due: 'remind', nextCheckSeconds });
    expect(mailed()).toEqual([lead?.email, onCall?.email]);
    expect(subject()).toContain('Reminder');
    expect(stored).toMatchObject({ reminded: true, escalated: false, unreached: [] });
    expect(lines).toEqual([
      [
        'info',
        'approvers mailed again',
        { approval: 'incident-1-2-1', occasion: 'reminder', sent: 2, failures: [] },
      ],
    ]);
  });

  it('does not count a reminder that reached nobody', async () => {
    refused = everybody.map(String);
    const { stored, lines } = await looked(expires, 2 * 3600);
    expect(stored).toMatchObject({
      reminded: false,
      unreached: [lead, infra, onCall].map((one) => one?.name),
    });
    expect(lines).toMatchObject([['info', 'approvers mailed again', { sent: 0, failures: { length: 3 } }]]);
  });

  it.each([
    ['before half time', { unreached: ['Infrastructure'] }, 1000, false],
    ['after the reminder', { unreached: ['Infrastructure'], reminded: true }, 2 * 3600, true],
  ])('mails the request again to who could not be reached, %s', async (_, part, seconds, reminded) => {
    const { said, stored, lines } = await looked({ ...expires, ...part }, seconds);
    expect(said).toEqual({ due: 'invite', nextCheckSeconds });
    expect(mailed()).toEqual([infra?.email]);
    expect(subject()).not.toContain('Reminder');
    expect(stored).toMatchObject({ reminded, unreached: [] });
    expect(lines).toMatchObject([['info', 'approvers mailed again', { occasion: 'request', sent: 1 }]]);
  });

  it('escalates before the expiry, to everybody on call and by no mail to approvers', async () => {
    const { said, stored, lines } = await looked({ ...expires, reminded: true }, 4 * 3600 - 1800);
    expect(said).toEqual({ due: 'escalate', nextCheckSeconds });
    expect(mailed()).toEqual([]);
    expect(topic.commandCalls(PublishCommand).map(({ args }) => args[0].input.Subject)).toEqual([
      '[production] buywhere-api: approval not decided, 30 min left',
    ]);
    expect(stored).toMatchObject({ escalated: true, reminded: true });
    expect(lines).toEqual([
      [
        'warn',
        'approval escalated',
        {
          approval: 'incident-1-2-1',
          kind: 'approval-due',
          subject: '[production] buywhere-api: approval not decided, 30 min left',
          sent: ['sns'],
          failed: [],
        },
      ],
    ]);
  });

  it.each([
    ['an invitation', { unreached: ['Infrastructure'] }, 1000],
    ['a reminder', {}, 2 * 3600],
    ['an escalation', { reminded: true }, 4 * 3600 - 1800],
  ])('bothers nobody with %s about a run that has ended', async (_, part, seconds) => {
    states.on(DescribeExecutionCommand).resolves({ status: 'ABORTED' });
    const { said, stored } = await looked({ ...expires, ...part }, seconds);
    expect(said).toEqual({ due: 'done', nextCheckSeconds });
    expect(stored).toMatchObject(part);
    noMail();
  });

  it('hands a decision over also where the run has ended, and asks nobody about it', async () => {
    states.on(DescribeExecutionCommand).resolves({ status: 'ABORTED' });
    const { said } = await looked({ decisions: [yes, { ...yes, by: lead?.name ?? '' }] }, 100);
    expect(said).toEqual({ due: 'deliver', nextCheckSeconds });
    expect(states.commandCalls(DescribeExecutionCommand)).toEqual([]);
    noMail();
  });

  it('looks as often as the service of the request asks for', async () => {
    const often = configWith((all, service) => {
      all.services = { 'buywhere-api': { ...service, approval: { ...all.approval, checkSeconds: 60 } } };
    });
    expect((await looked({}, 100, { config: often })).said).toEqual({ due: 'nothing', nextCheckSeconds: 60 });
    expect((await looked(null, 100, { config: often })).said).toEqual({ due: 'nothing', nextCheckSeconds });
  });
});
