import { describe, expect, it, jest } from '@jest/globals';
import { calls, down, handleOf, mails, notices, shown } from './approval-support.ts';
import { playBriefly } from './harness.ts';

jest.setTimeout(60_000);

describe('the notices fail', () => {
  it('all of them, and the service is restored all the same', async () => {
    const { report, sandbox } = await playBriefly({
      faults: ({ service }) => (service === 'sns' ? down : undefined),
    });

    expect(report.outcome).toBe('restored');
    expect(notices(sandbox)).toEqual([]);
    expect(report.undelivered.map(({ kind, channel }) => `${kind} ${channel}`)).toEqual(
      expect.arrayContaining(['started sns', 'waiting-for-approval sns', 'restored sns']),
    );
  });
});

it('the escalation fails: it is kept, and sent once by the watcher, before the expiry; PagerDuty has it at once', async () => {
  const { sandbox } = await playBriefly({
    approve: 'never',
    faults: ({ service, caller }) => (service === 'sns' && caller === 'remind-approvers' ? down : undefined),
  });

  const sent = notices(sandbox);
  const [escalation, ...more] = sent.filter(({ subject }) => subject.includes('approval not decided'));
  const expiry = sent.find(({ subject }) => subject.includes('nobody decided'));
  expect(more).toEqual([]);
  expect(escalation?.text).toMatch(/^\(Late: first sent /);
  expect(escalation?.at).toBeLessThan(expiry?.at ?? 0);
  expect(JSON.stringify(sandbox.webhooks)).toMatch(/"event_action":"trigger".*approval not decided/);
});

describe('the decision cannot be handed over', () => {
  it('for a quarter of an hour: it is stored, repeated, and taken once', async () => {
    let first = 0;
    const { report, sandbox } = await playBriefly({
      faults: ({ operation, at }) => {
        if (operation !== 'SendTaskSuccess') return undefined;
        first ||= at;
        return at < first + 900_000 ? down : undefined;
      },
    });

    expect(report.outcome).toBe('restored');
    const by = 'DevOps Lead (Bolt) and Infrastructure';
    const reason = expect.stringContaining('back to normal');
    expect(report.approvals).toMatchObject([{ decision: 'approved', by, reason }]);
    const sent = calls(sandbox, 'SendTaskSuccess');
    expect(sent.length).toBeGreaterThan(3);
    expect(sent.filter(({ error }) => error === undefined)).toHaveLength(1);
  });

  it('as far as one can tell: the call took effect, its answer was lost', async () => {
    let sent = 0;
    const { report, sandbox } = await playBriefly({
      faults: ({ operation }) =>
        operation === 'SendTaskSuccess' && sent++ === 0 ? { kind: 'timeout-after' } : undefined,
    });

    expect(report.outcome).toBe('restored');
    expect(await shown(sandbox, mails(sandbox)[0])).toMatchObject({
      body: expect.stringContaining('<h1>Scale-in approved</h1>'),
    });
    // Only the first was taken; the repetition is told that the task is closed.
    expect(calls(sandbox, 'SendTaskSuccess').map(({ error }) => error)).toContain('TaskTimedOut');
  });
});

it('no line of any log holds a handle or a task token, and no mail or notice a token', async () => {
  const { sandbox } = await playBriefly({ approve: 'yes' });

  const handles = mails(sandbox).map(handleOf);
  const tokens = calls(sandbox, 'SendTaskSuccess').flatMap(({ input }) =>
    typeof input === 'object' && input && 'taskToken' in input ? [String(input.taskToken)] : [],
  );
  expect([handles.length, tokens.length]).toEqual([3, 1]);
  const lines = JSON.stringify(sandbox.logs);
  for (const secret of [...handles, ...tokens]) expect(lines).not.toContain(secret);
  const told = JSON.stringify([sandbox.aws.mailbox, sandbox.webhooks]);
  for (const token of tokens) expect(told).not.toContain(token);
});
