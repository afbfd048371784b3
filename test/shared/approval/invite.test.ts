import { SESv2Client, SendEmailCommand } from '@aws-sdk/client-sesv2';
import { expect, it } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import { inviteApprovers } from '../../../shared/approval/invite.ts';
import { findApproval } from '../../../shared/approval/links.ts';
import { storeApproval } from '../../../shared/approval/store.ts';
import { memoryRecordStore } from '../../../shared/store/memory.ts';
import { approvalRequest, taskToken } from '../../support/approvals.ts';
import { now, production } from '../../support/builders.ts';

const asked = [
  { name: 'DevOps Lead', email: 'lead@example.org' },
  { name: 'Infrastructure', email: 'infra@example.org' },
];

/** Invites both; SES refuses the mails to these addresses. */
async function invited(refused: Record<string, unknown> = {}) {
  const request = approvalRequest();
  const store = memoryRecordStore({ now: () => new Date(now) });
  await storeApproval(request, taskToken, store);
  const ses = new SESv2Client({});
  const mail = mockClient(ses);
  mail.on(SendEmailCommand).callsFake(({ Destination: { ToAddresses } }) => {
    return ToAddresses[0] in refused ? Promise.reject(refused[ToAddresses[0]]) : { MessageId: 'm' };
  });
  let handles = 0;
  const context = {
    config: production,
    now: () => new Date(now),
    log: { info: () => undefined, warn: () => undefined, error: () => undefined },
    after: () => ({ passed: Promise.resolve(), cancel: () => undefined }),
    mail: { ses },
    store,
    links: { approvalBaseUrl: 'https://approve.example' },
    random: { bytes: (count: number) => new Uint8Array(count).fill(++handles) },
  };
  const invitation = await inviteApprovers(request, asked, 'request', context);
  const mails = mail.commandCalls(SendEmailCommand).map(({ args }) => args[0].input);
  return { invitation, mails, store };
}

it('mails each approver a link of their own', async () => {
  const { invitation, mails, store } = await invited();

  expect(invitation).toEqual({ sent: 2, unreached: [], failures: [] });
  expect(mails.map(({ Destination }) => Destination?.ToAddresses)).toEqual(asked.map(({ email }) => [email]));
  for (const [i, { FromEmailAddress, Content }] of mails.entries()) {
    const { Subject, Body } = Content?.Simple ?? {};
    expect(FromEmailAddress).toBe(production.approval.sender);
    expect([Subject, Body?.Text, Body?.Html].map((part) => part?.Charset)).toEqual(Array(3).fill('UTF-8'));
    expect(Subject?.Data).toContain('buywhere-api');

    const [, handle = ''] =
      /https:\/\/approve\.example\/approvals\/([\w-]+)/.exec(Body?.Text?.Data ?? '') ?? [];
    expect(Body?.Html?.Data).toContain(handle);
    expect(await findApproval(handle, store)).toMatchObject({ approver: asked[i]?.name });
  }
});

it('says whom no mail could be sent to, and why, but nothing that may quote the link', async () => {
  const refusal = Object.assign(new Error('about /approvals/secret'), { name: 'MessageRejected' });
  const { invitation } = await invited({ 'infra@example.org': refusal });

  expect(invitation).toEqual({
    sent: 1,
    unreached: ['Infrastructure'],
    failures: ['Infrastructure: MessageRejected'],
  });
});

it('names what a right is missing for, and nothing else of a refusal', async () => {
  const refused = 'arn:aws:ses:ap-southeast-1:111122223333:configuration-set/all-mail';
  const message = `User \`arn:aws:sts::111122223333:assumed-role/r/s' is not authorized to perform \`ses:SendEmail' on resource \`${refused}' for /approvals/secret`;
  const refusal = Object.assign(new Error(message), { name: 'AccessDeniedException' });
  const { invitation } = await invited({ 'infra@example.org': refusal });

  expect(invitation.failures).toEqual([`Infrastructure: AccessDeniedException on ${refused}`]);
});

it('also where what comes back is no error', async () => {
  const { invitation } = await invited({ 'lead@example.org': 'secret', 'infra@example.org': 'secret' });
  expect(invitation).toMatchObject({ sent: 0, failures: ['DevOps Lead: failed', 'Infrastructure: failed'] });
});
