import { DescribeExecutionCommand, SendTaskSuccessCommand } from '@aws-sdk/client-sfn';
import { describe, expect, it } from '@jest/globals';
import { withdraw } from '../../../shared/approval/deliver.ts';
import { antiForgery } from '../../../shared/approval/secrets.ts';
import { readApproval, storeApproval } from '../../../shared/approval/store.ts';
import {
  type ApprovalDesk,
  approvalDesk,
  approvalRequest,
  type DeskOptions,
} from '../../support/approvals.ts';
import { configWith, now, production } from '../../support/builders.ts';

const decisions = async ({ store, request }: ApprovalDesk) =>
  (await readApproval(request.id, store))?.request.decisions ?? [];
const title = (body: string) => /<h1>(.*?)<\/h1>/.exec(body)?.[1];
const newer = approvalRequest({ id: 'incident-1-2-2' });
const approve = async (desk: ApprovalDesk) => void (await desk.decide('approved'));

/** What closes a request, and what its page then says. */
const closed: [string, DeskOptions, (desk: ApprovalDesk) => unknown, string, number][] = [
  ['expired', {}, (desk) => desk.later(3600), 'This request has expired', 0],
  [
    'replaced by a newer one',
    {},
    (desk) => storeApproval(newer, 'another token', desk.store),
    'The plan has changed since',
    0,
  ],
  [
    'of a run that has ended',
    {},
    (desk) => desk.states.on(DescribeExecutionCommand).resolves({ status: 'ABORTED' }),
    'The run that asked for this has ended',
    0,
  ],
  [
    'withdrawn, as everything was restored by hand',
    {},
    (desk) => withdraw(desk.request.incidentId, 'restored', desk.context),
    'Withdrawn: everything is restored',
    0,
  ],
  [
    'withdrawn, as another run took over',
    {},
    (desk) => withdraw(desk.request.incidentId, 'superseded', desk.context),
    'The run that asked for this has ended',
    0,
  ],
  [
    'withdrawn, and replaced since',
    {},
    async (desk) => {
      await withdraw(desk.request.incidentId, 'restored', desk.context);
      await storeApproval(newer, 'another token', desk.store);
    },
    'The plan has changed since',
    0,
  ],
  ['rejected', {}, (desk) => desk.decide('rejected', 'sale tonight', 1), 'Already decided: rejected', 1],
  ['approved', {}, (desk) => desk.decide('approved', 'calm', 1), 'Already decided: approved', 1],
  [
    'approved, and replaced since',
    {},
    async (desk) => {
      await desk.decide('approved', 'calm', 1);
      await storeApproval(newer, 'another token', desk.store);
    },
    'The plan has changed since',
    1,
  ],
  [
    'rejected, and replaced since',
    {},
    async (desk) => {
      await desk.decide('rejected', 'sale tonight', 1);
      await storeApproval(newer, 'another token', desk.store);
    },
    'Already decided: rejected',
    1,
  ],
  ['answered by the same person', { request: { needed: 2 } }, approve, 'You have approved already', 1],
];

describe('a request that is closed', () => {
  it.each(closed)('as it is %s takes no answer', async (_, options, close, expected, count) => {
    const desk = await approvalDesk(options);
    await close(desk);
    const calls = desk.answered();
    const answer = await desk.decide('rejected', 'too late');

    expect(title(answer.body)).toBe(expected);
    expect(await decisions(desk)).toHaveLength(count);
    expect(desk.answered()).toEqual(calls);
  });

  it('is open until the very moment of its expiry', async () => {
    const desk = await approvalDesk();
    desk.later(3599);
    expect((await desk.send()).body).toContain('name="decision"');
    desk.later(1);
    expect(title((await desk.send()).body)).toBe('This request has expired');
  });
});

describe('an approver who was removed from the configuration', () => {
  const without = (index: number) =>
    configWith(({ approval }) => {
      approval.approvers = approval.approvers.toSpliced(index, 1);
    });

  it('has no vote, and gets the page of every refused link', async () => {
    const desk = await approvalDesk({ config: without(0) });
    const [shown, decided] = [await desk.send(), await desk.decide('approved')];

    expect([title(shown.body), title(decided.body)]).toEqual(Array(2).fill('This link is not valid'));
    expect(await decisions(desk)).toEqual([]);
    expect(desk.logs).toContainEqual(expect.objectContaining({ why: 'no approver any more' }));
  });

  it('is not counted with an answer of before, either', async () => {
    const [bolt, infrastructure] = production.approval.approvers.map(({ name }) => name);
    const said = { decision: 'approved', at: now, reason: 'calm', requestId: 'before' } as const;
    const request = { needed: 2, decisions: [{ ...said, by: bolt ?? '' }] };
    const desk = await approvalDesk({ request, config: without(0) });
    const { body } = await desk.decide('approved', 'calm', 1);

    expect(title(body)).toBe('Your approval is recorded');
    expect((await decisions(desk)).map(({ by }) => by)).toEqual([infrastructure]);
    expect(desk.states.commandCalls(SendTaskSuccessCommand)).toEqual([]);
  });
});

describe('what was answered', () => {
  it('is shown to who opens the link afterwards', async () => {
    const desk = await approvalDesk();
    expect(title((await desk.decide('approved')).body)).toBe('Scale-in approved');
    const shown = await desk.send();

    expect([shown.statusCode, title(shown.body)]).toEqual([200, 'Scale-in approved']);
  });

  it('is thanked for, with how many approvals are still needed', async () => {
    const desk = await approvalDesk({ request: { needed: 3 } });
    const first = await desk.decide('approved');

    expect(title(first.body)).toBe('Your approval is recorded');
    expect(first.body).toContain('2 more approvals are needed');
    expect((await desk.decide('approved', 'calm', 1)).body).toContain('1 more approval is needed');
    expect(desk.states.commandCalls(SendTaskSuccessCommand)).toEqual([]);
  });

  it('is shown, and no form, to an approver of several who has answered', async () => {
    const desk = await approvalDesk({ request: { needed: 2 } });
    await approve(desk);
    const { body } = await desk.send();

    expect(title(body)).toBe('Your approval is recorded');
    expect(body).not.toContain('name="decision"');
  });

  it('is logged with who, and without the link', async () => {
    const desk = await approvalDesk();
    await desk.decide('approved');

    expect(desk.logs).toContainEqual({
      message: 'approval answered',
      approval: desk.request.id,
      by: 'DevOps Lead (Bolt)',
      decision: 'approved',
      won: true,
      verdict: 'approved',
    });
    expect(JSON.stringify(desk.logs)).not.toContain(desk.handles[0]);
  });
});

describe('what is refused', () => {
  const check = (desk: ApprovalDesk) => antiForgery(desk.handles[0] ?? '', desk.request.id);
  const form = (desk: ApprovalDesk, ...more: [string, string][]) =>
    new URLSearchParams([
      ['check', check(desk)],
      ['decision', 'approved'],
      ['reason', 'calm'],
      ...more,
    ]).toString();

  it.each<[string, (desk: ApprovalDesk) => Parameters<ApprovalDesk['send']>[0]]>([
    ['unknown handle', () => ({ handle: 'guess' })],
    ['method DELETE', () => ({ method: 'DELETE' })],
    ['anti-forgery value', () => ({ form: { decision: 'approved', reason: 'calm' } })],
    ['no decision', (desk) => ({ form: { check: check(desk), reason: 'calm' } })],
    ['check given more than once', (desk) => ({ form: form(desk, ['check', 'x']) })],
    ['decision given more than once', (desk) => ({ form: form(desk, ['decision', 'rejected']) })],
    ['reason given more than once', (desk) => ({ form: form(desk, ['reason', 'x']) })],
  ])('is logged: %s', async (why, sent) => {
    const desk = await approvalDesk();
    const answer = await desk.send({ ...sent(desk), address: '192.0.2.7' });

    expect([answer.statusCode, title(answer.body)]).toEqual([404, 'This link is not valid']);
    expect(desk.logs).toEqual([{ message: 'approval refused', why, address: '192.0.2.7' }]);
    expect(await decisions(desk)).toEqual([]);
  });

  it('is logged when it is one too many', async () => {
    const desk = await approvalDesk();
    for (let asked = 0; asked < 30; asked++) await desk.send({ address: `192.0.2.${asked}` });
    await desk.send({ address: '192.0.2.99' });

    expect(desk.logs.at(-1)).toMatchObject({ why: 'too many requests', address: '192.0.2.99' });
  });
});

describe('a reason', () => {
  it.each([
    ['', false],
    [' \r\n\t', false],
    ['x'.repeat(1000), true],
    ['x'.repeat(1001), false],
    [`${'x'.repeat(499)}\r\n${'x'.repeat(500)}`, true],
    [`  ${'x'.repeat(1000)}  `, true],
  ])('of %j is enough: %s', async (reason, enough) => {
    const desk = await approvalDesk();
    const answer = await desk.decide('approved', reason);

    expect(answer.statusCode).toBe(enough ? 200 : 422);
    expect((await decisions(desk)).map((one) => one.reason)).toEqual(
      enough ? [reason.trim().replace('\r\n', '\n')] : [],
    );
  });

  it('is asked for where the form has none', async () => {
    const desk = await approvalDesk();
    const handle = desk.handles[0] ?? '';
    const answer = await desk.send({
      form: { check: antiForgery(handle, desk.request.id), decision: 'approved' },
    });

    expect(answer.statusCode).toBe(422);
    expect(answer.body).toContain('Please type a reason');
  });
});
