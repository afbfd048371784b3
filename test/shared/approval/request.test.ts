import {
  DescribeExecutionCommand,
  SendTaskFailureCommand,
  SendTaskSuccessCommand,
} from '@aws-sdk/client-sfn';
import { describe, expect, it } from '@jest/globals';
import { redeliver, withdraw } from '../../../shared/approval/deliver.ts';
import { dueOf } from '../../../shared/approval/reminder.ts';
import { type ApprovalRequest, decidersOf, verdictOf } from '../../../shared/approval/request.ts';
import { readApproval, readTaskToken, storeApproval } from '../../../shared/approval/store.ts';
import { memoryRecordStore } from '../../../shared/store/memory.ts';
import { type ApprovalDesk, approvalDesk, approvalRequest, taskToken } from '../../support/approvals.ts';
import { now, production, secondsLater } from '../../support/builders.ts';

const named = (name: string) => Object.assign(new Error(`about ${taskToken}`), { name });
const stored = async ({ store, request }: ApprovalDesk) => {
  const found = await readApproval(request.id, store);
  if (!found) throw new Error('nothing is stored');
  return found.request;
};
const answer = (by: string, decision: 'approved' | 'rejected' = 'approved') => ({
  by,
  decision,
  at: now,
  reason: 'calm',
  requestId: by,
});

it.each([
  [1, [], 'open'],
  [1, [answer('a')], 'approved'],
  [2, [answer('a')], 'open'],
  [2, [answer('a'), answer('a')], 'open'],
  [2, [answer('a'), answer('b')], 'approved'],
  [2, [answer('a', 'rejected')], 'rejected'],
  [1, [answer('a'), answer('b', 'rejected')], 'rejected'],
] as const)('where %s have to approve, %j is %s', (needed, decisions, verdict) => {
  expect(verdictOf({ needed, decisions: [...decisions] })).toBe(verdict);
});

it.each([
  ['an alarm asked', false, {}, 2],
  ['somebody typed who asked', false, { claimed: true }, 3],
  ['the requester may approve', true, { claimed: true }, 2],
])('where %s, so many of all have to approve', (_, requesterMayApprove, asked, needed) => {
  const approval = { ...production.approval, requesterMayApprove };
  expect(decidersOf(asked, approval)).toEqual({ needed, approvers: approval.approvers });
});

describe('two people have to approve', () => {
  it('and do so at the same moment: both count, one call', async () => {
    const desk = await approvalDesk({ request: { needed: 2 } });
    const answers = await Promise.all([desk.decide('approved', 'a', 0), desk.decide('approved', 'b', 1)]);

    expect(answers.map(({ statusCode }) => statusCode)).toEqual([200, 200]);
    expect(verdictOf(await stored(desk))).toBe('approved');
    expect(desk.answered()).toEqual(['SendTaskSuccessCommand']);
    const [call] = desk.states.commandCalls(SendTaskSuccessCommand);
    const output = JSON.parse(call?.args[0].input.output ?? '');
    expect([output.by, output.reason]).toEqual([
      'DevOps Lead (Bolt) and Infrastructure',
      'DevOps Lead (Bolt): a; Infrastructure: b',
    ]);
  });

  it('but one does twice: it counts once', async () => {
    const desk = await approvalDesk({ request: { needed: 2 } });
    const again = [
      await desk.decide('approved'),
      await desk.decide('approved'),
      await desk.decide('rejected'),
    ];

    expect(again.map(({ statusCode }) => statusCode)).toEqual([200, 409, 409]);
    expect((await stored(desk)).decisions).toHaveLength(1);
    expect(desk.answered()).toEqual([]);
  });

  it('and one rejects after the other approved: rejected, with the reason of who rejected', async () => {
    const desk = await approvalDesk({ request: { needed: 2 } });
    await desk.decide('approved', 'calm', 0);
    await desk.decide('rejected', 'sale tonight', 1);

    const [call] = desk.states.commandCalls(SendTaskFailureCommand);
    expect(call?.args[0].input).toMatchObject({ taskToken, error: 'ApprovalRejectedError' });
    expect(JSON.parse(call?.args[0].input.cause ?? '')).toMatchObject({
      decision: 'rejected',
      by: 'Infrastructure',
      reason: 'sale tonight',
      planHash: desk.request.plan.hash,
    });
  });
});

describe('what goes to Step Functions', () => {
  it('names who, when, why and the plan', async () => {
    const desk = await approvalDesk();
    await desk.decide('approved', 'calm\u202e since noon');

    const [call] = desk.states.commandCalls(SendTaskSuccessCommand);
    expect(JSON.parse(call?.args[0].input.output ?? '')).toEqual({
      decision: 'approved',
      by: 'DevOps Lead (Bolt)',
      at: now,
      reason: 'calm  since noon',
      planHash: desk.request.plan.hash,
      approvers: ['DevOps Lead (Bolt)'],
    });
  });

  it('is on time where the workflow waits, and is sent once', async () => {
    const desk = await approvalDesk();
    await desk.decide('approved');

    expect(await stored(desk)).toMatchObject({ delivered: true, late: false });
    desk.later(60);
    expect(await redeliver(desk.request.id, desk.context)).toEqual({ delivered: true });
    expect(desk.answered()).toHaveLength(1);
  });

  it('is nothing while nobody has decided, or nobody has asked', async () => {
    const desk = await approvalDesk();
    desk.later(60);

    expect(await redeliver(desk.request.id, desk.context)).toEqual({ delivered: false });
    expect(await redeliver('unknown', desk.context)).toEqual({ delivered: false });
    expect(desk.answered()).toEqual([]);
  });

  it('waits where its token cannot be read, and the log says so', async () => {
    const desk = await approvalDesk({
      store: (clock) => {
        const store = memoryRecordStore({ now: clock });
        const read = async (key: string) => (key.startsWith('approval-token/') ? undefined : store.read(key));
        return { ...store, read };
      },
    });
    await desk.decide('approved');

    expect(await stored(desk)).toMatchObject({ delivered: false, decisions: [{ decision: 'approved' }] });
    expect(desk.answered()).toEqual([]);
    expect(desk.logs).toContainEqual({
      message: 'the decision could not be delivered yet',
      approval: desk.request.id,
      error: 'Error',
    });
    expect(await withdraw(desk.request.incidentId, 'superseded', desk.context)).toEqual({ withdrawn: false });
  });

  it('is handed over again where it could not be marked, and the second time changes nothing', async () => {
    let contested = false;
    const desk = await approvalDesk({
      store: (clock) => {
        const store = memoryRecordStore({ now: clock });
        const write: typeof store.write = async (key, body, options) =>
          contested && Object(body).delivered ? false : store.write(key, body, options);
        return { ...store, write };
      },
    });
    contested = true;
    await desk.decide('approved');
    expect(await stored(desk)).toMatchObject({ delivered: false, decisions: [{ decision: 'approved' }] });
    expect(desk.logs).toContainEqual(expect.objectContaining({ error: 'WriteConflictError' }));

    contested = false;
    desk.later(60);
    expect(await redeliver(desk.request.id, desk.context)).toEqual({ delivered: true });
    expect(desk.answered()).toHaveLength(2);
    expect(await stored(desk)).toMatchObject({ delivered: true, late: false });
  });

  it('is repeated after a failure without a name', async () => {
    const desk = await approvalDesk();
    desk.states
      .on(SendTaskSuccessCommand)
      .callsFakeOnce(() => Promise.reject('no answer'))
      .resolves({});
    await desk.decide('approved');

    expect(desk.logs).toContainEqual(expect.objectContaining({ error: 'Unknown' }));
    desk.later(60);
    expect(await redeliver(desk.request.id, desk.context)).toEqual({ delivered: true });
  });

  it('is repeated after a failure, but not while the first attempt may still run', async () => {
    const desk = await approvalDesk();
    desk.later(600);
    desk.states.on(SendTaskSuccessCommand).rejectsOnce(named('ServiceUnavailable')).resolves({});
    const answered = await desk.decide('approved');
    expect(answered.body).toContain('is being handed to the workflow');
    desk.later(59);
    expect(await redeliver(desk.request.id, desk.context)).toEqual({ delivered: false });
    expect(desk.answered()).toHaveLength(1);
    desk.later(1);
    expect(await redeliver(desk.request.id, desk.context)).toEqual({ delivered: true });
    expect(await redeliver(desk.request.id, desk.context)).toEqual({ delivered: true });
    expect(desk.answered()).toHaveLength(2);
  });

  it.each([
    ['the run goes on: an earlier call took effect', 'RUNNING' as const, false, 'Scale-in approved'],
    ['the run has ended: too late', 'TIMED_OUT' as const, true, 'Scale-in approved, but too late'],
  ])('finds its task closed, and %s', async (_, status, late, title) => {
    const desk = await approvalDesk();
    desk.states.on(SendTaskSuccessCommand).rejects(named('TaskTimedOut'));
    // The run ends just after the page has looked whether it runs.
    desk.states.on(DescribeExecutionCommand).resolvesOnce({ status: 'RUNNING' }).resolves({ status });

    expect((await desk.decide('approved')).body).toContain(`<h1>${title}</h1>`);
    expect(await stored(desk)).toMatchObject({ delivered: true, late });
    expect(JSON.stringify(desk.logs)).not.toContain(taskToken);
    expect(desk.logs).toContainEqual({
      message: 'the workflow does not wait for this decision',
      approval: desk.request.id,
      error: 'TaskTimedOut',
    });
  });

  it('goes to the new token when the request was stored again after its function had died', async () => {
    const desk = await approvalDesk();
    desk.states.on(SendTaskSuccessCommand).resolves({});
    await desk.decide('approved');
    await storeApproval(desk.request, 'the new token', desk.store);
    desk.later(60);

    expect(await readTaskToken(desk.request.id, desk.store)).toBe('the new token');
    await redeliver(desk.request.id, desk.context);
    const tokens = desk.states
      .commandCalls(SendTaskSuccessCommand)
      .map(({ args }) => args[0].input.taskToken);
    expect(tokens).toEqual([taskToken, 'the new token']);
    expect((await stored(desk)).decisions).toHaveLength(1);
  });
});

describe('a request that is withdrawn', () => {
  it('ends its task once, and is not asked about any more', async () => {
    const desk = await approvalDesk();
    expect(await withdraw(desk.request.incidentId, 'superseded', desk.context)).toEqual({ withdrawn: true });
    expect(await withdraw(desk.request.incidentId, 'superseded', desk.context)).toEqual({ withdrawn: false });

    const [call] = desk.states.commandCalls(SendTaskFailureCommand);
    expect(call?.args[0].input).toEqual({
      taskToken,
      error: 'LockLostError',
      cause: 'a new emergency run has taken over this service; the approval request is withdrawn',
    });
    expect(desk.answered()).toHaveLength(1);
    expect(desk.logs).toContainEqual({
      message: 'approval request withdrawn',
      approval: desk.request.id,
      why: 'superseded',
    });
    expect(dueOf(await stored(desk), new Date(secondsLater(2000)), production)).toBe('done');
  });

  it('says to the run that everything was restored by hand', async () => {
    const desk = await approvalDesk();
    expect(await withdraw(desk.request.incidentId, 'restored', desk.context)).toEqual({ withdrawn: true });

    const [call] = desk.states.commandCalls(SendTaskFailureCommand);
    expect(call?.args[0].input).toMatchObject({ error: 'RestoredByHandError' });
    expect(await stored(desk)).toMatchObject({ withdrawn: 'restored', delivered: true });
  });

  it('is told to the run once more where that failed, and takes no answer meanwhile', async () => {
    const desk = await approvalDesk();
    desk.states.on(SendTaskFailureCommand).rejectsOnce(named('ServiceUnavailable')).resolves({});
    await expect(withdraw(desk.request.incidentId, 'restored', desk.context)).rejects.toThrow();
    const { body } = await desk.decide('approved');

    expect(body).toContain('Withdrawn: everything is restored');
    expect((await stored(desk)).decisions).toEqual([]);
    expect(await withdraw(desk.request.incidentId, 'restored', desk.context)).toEqual({ withdrawn: true });
    expect(await stored(desk)).toMatchObject({ delivered: true });
  });

  it('has ended already: nothing fails', async () => {
    const desk = await approvalDesk();
    desk.states.on(SendTaskFailureCommand).rejects(named('TaskTimedOut'));
    expect(await withdraw(desk.request.incidentId, 'superseded', desk.context)).toEqual({ withdrawn: true });
  });

  it('is decided already: the decision stays', async () => {
    const desk = await approvalDesk();
    await desk.decide('approved');
    expect(await withdraw(desk.request.incidentId, 'superseded', desk.context)).toEqual({ withdrawn: false });
  });

  it('is decided, but not delivered yet: the decision stays', async () => {
    const desk = await approvalDesk();
    desk.states.on(SendTaskSuccessCommand).rejects(named('ServiceUnavailable'));
    await desk.decide('approved');
    expect(await withdraw(desk.request.incidentId, 'superseded', desk.context)).toEqual({ withdrawn: false });
    expect(desk.states.commandCalls(SendTaskFailureCommand)).toEqual([]);
  });

  it('cannot be ended without its token', async () => {
    const desk = await approvalDesk();
    const read = async (key: string) =>
      key.startsWith('approval-token/') ? undefined : desk.store.read(key);
    const context = { ...desk.context, store: { ...desk.store, read } };
    expect(await withdraw(desk.request.incidentId, 'superseded', context)).toEqual({ withdrawn: false });
    expect(desk.answered()).toEqual([]);
  });

  it('fails without the token in the error', async () => {
    const desk = await approvalDesk();
    desk.states.on(SendTaskFailureCommand).rejects(named('ValidationException'));
    const failure = withdraw(desk.request.incidentId, 'superseded', desk.context);
    await expect(failure).rejects.toThrow('could not be withdrawn: ValidationException');
  });
});

describe('what a request of four hours needs', () => {
  const four = { expiresAt: secondsLater(14_400) };
  const approved = { ...four, decisions: [answer('a')] };
  const hours = (count: number) => count * 3600;
  const cases: [string, Partial<ApprovalRequest>, number, string][] = [
    ['just asked', four, 0, 'nothing'],
    ['a mail failed', { ...four, unreached: ['Bolt'] }, 60, 'invite'],
    ['before half time', four, hours(2) - 1, 'nothing'],
    ['half time', four, hours(2), 'remind'],
    ['half time, reminded', { ...four, reminded: true }, hours(2) + 300, 'nothing'],
    ['half an hour before the expiry', { ...four, reminded: true }, hours(3.5), 'escalate'],
    ['the same, escalated', { ...four, reminded: true, escalated: true }, hours(3.5) + 300, 'nothing'],
    ['late and neither done', four, hours(3.9), 'escalate'],
    ['expired', four, hours(4), 'done'],
    ['decided, not delivered', approved, 60, 'deliver'],
    ['decided and delivered', { ...approved, delivered: true }, 60, 'done'],
    ['decided, expired, not delivered', approved, hours(4.5), 'deliver'],
    ['decided, an hour past the expiry', approved, hours(5) + 1, 'done'],
    ['withdrawn', { ...four, delivered: true }, hours(2), 'done'],
  ];

  it.each(cases)('%s', (_, part, seconds, due) => {
    expect(dueOf(approvalRequest(part), new Date(secondsLater(seconds)), production)).toBe(due);
  });
});
