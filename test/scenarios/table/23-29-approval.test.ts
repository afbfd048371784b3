import { expect, it, jest } from '@jest/globals';
import { exitCodeOf } from '../../../cli/exit-codes.ts';
import { request } from '../../../sandbox/approver.ts';
import type { Sandbox } from '../../../sandbox/sandbox.ts';
import { scalable } from '../../../shared/aws/autoscaling.ts';
import { textsOf } from '../../../shared/format/reasons.ts';
import { calls, handleOf, mails, notices } from '../approval-support.ts';
import { asPerson, play, reaching, settingsOf } from '../harness.ts';
import { lowering, name, ownWrites, setBounds } from './support.ts';

jest.setTimeout(120_000);

/** Waits until every approver has a mail; resolves to their handles. */
async function asked(present: Sandbox): Promise<[string, string, string]> {
  await reaching(present, 'scale-in', 'Ask for approval');
  await present.time.runUntil(() => mails(present).length >= 3);
  const [one = '', two = '', three = ''] = mails(present).map(handleOf);
  return [one, two, three];
}
/** Types a reason into the form of a page and sends it; without a form the last known check value is sent again. */
async function decide(present: Sandbox, handle: string, decision: string, reason: string, check = '') {
  const page = await request(present, 'GET', handle);
  const shown = /name="check" value="([^"]*)"/.exec(page.body)?.[1] ?? check;
  const form = new URLSearchParams({ check: shown, decision, reason });
  return { ...(await request(present, 'POST', handle, form.toString())), check: shown };
}
const decisions = (sandbox: Sandbox) => [
  ...calls(sandbox, 'SendTaskSuccess'),
  ...calls(sandbox, 'SendTaskFailure'),
];
const refusals = ({ logs }: Sandbox) =>
  logs.filter(({ message }) => message === 'approval refused').map(({ fields }) => fields.why);

it('scenario 23: approval unanswered: stays scaled out, reminded, escalated', async () => {
  const { report, sandbox } = await play({ approve: 'never' });
  const { expiresAfterSeconds, escalateBeforeSeconds, checkSeconds } = sandbox.config.approval;
  const asking = mails(sandbox)[0]?.at ?? Number.NaN;
  const within = (at: number | undefined, due: number) => {
    const seconds = ((at ?? Number.NaN) - asking) / 1000;
    expect(seconds).toBeGreaterThanOrEqual(due);
    expect(seconds).toBeLessThan(due + checkSeconds + 10);
  };

  expect([report.outcome, exitCodeOf(report)]).toEqual(['expired', 4]);
  expect(lowering(report)).toEqual([]);
  expect(settingsOf(report.after)).toEqual(settingsOf(report.peak));
  within(mails(sandbox).find(({ subject }) => subject.startsWith('Reminder: '))?.at, expiresAfterSeconds / 2);
  const escalated = notices(sandbox).find(({ subject }) => subject.includes('approval not decided'));
  within(escalated?.at, expiresAfterSeconds - escalateBeforeSeconds);
  // Two mails for each of three approvers, every link a new one.
  expect(new Set(mails(sandbox).map(handleOf)).size).toBe(6);
  expect(notices(sandbox).at(-1)?.subject).toContain('STAYS SCALED OUT');
  expect(decisions(sandbox)).toEqual([]);
});

it('scenario 24: approval rejected: stays scaled out, bounds kept, the reason recorded', async () => {
  const { report, sandbox } = await play({ approve: 'no' });
  const reason = 'A campaign starts soon; keep the capacity.';
  const [approval] = report.approvals;

  expect([report.outcome, exitCodeOf(report)]).toEqual(['rejected', 3]);
  expect(lowering(report)).toEqual([]);
  expect(settingsOf(report.after)).toEqual(settingsOf(report.peak));
  expect(approval).toMatchObject({ decision: 'rejected', reason });
  expect(textsOf(report.reasons).join()).toContain(reason);
  expect(notices(sandbox).at(-1)?.text).toContain(reason);
});

it('scenario 25: link used again: "already decided", with the decision; no effect', async () => {
  const again: { statusCode: number; body: string }[] = [];
  const { report, sandbox } = await play({
    approve: 'never',
    meanwhile: async (present) => {
      const [bolt, infra] = await asked(present);
      const { check } = await decide(present, bolt, 'approved', 'calm again');
      await decide(present, infra, 'approved', 'the sale is over');
      again.push(await decide(present, bolt, 'rejected', 'changed my mind', check));
      again.push(await decide(present, bolt, 'approved', 'once more', check));
    },
  });

  expect(again.map(({ statusCode }) => statusCode)).toEqual([409, 409]);
  for (const { body } of again) {
    expect(body).toContain('Already decided: approved');
    expect(body).toContain('the sale is over');
  }
  expect(decisions(sandbox)).toHaveLength(1);
  expect(report.outcome).toBe('restored');
  expect(report.approvals).toMatchObject([{ reason: expect.not.stringContaining('changed my mind') }]);
});

it('scenario 26: link forged, altered, expired: one generic refusal, logged', async () => {
  const bodies: string[] = [];
  let tooLate = { statusCode: 0, body: '' };
  const { report, sandbox } = await play({
    approve: 'never',
    meanwhile: async (present) => {
      const [bolt, infra] = await asked(present);
      const { body } = await request(present, 'GET', infra);
      const check = /name="check" value="([^"]*)"/.exec(body)?.[1] ?? '';
      const foreign = new URLSearchParams({ check, decision: 'approved', reason: 'calm' }).toString();
      const altered = `${bolt.slice(0, -1)}${bolt.endsWith('A') ? 'B' : 'A'}`;
      for (const answer of [
        await request(present, 'GET', 'x'.repeat(43)),
        await request(present, 'GET', altered),
        await request(present, 'POST', altered, foreign),
        await request(present, 'POST', bolt, foreign),
      ]) {
        expect(answer.statusCode).toBe(404);
        bodies.push(answer.body);
      }
      await present.time.runUntil(() =>
        present.engine.executions.every(({ status }) => status !== 'RUNNING'),
      );
      tooLate = await decide(present, infra, 'approved', 'at last', check);
    },
  });

  expect(new Set(bodies).size).toBe(1);
  expect(refusals(sandbox)).toHaveLength(4);
  expect(JSON.stringify(sandbox.logs)).not.toContain(handleOf(mails(sandbox)[0]));
  // Who has the true link and is late learns so, and that nothing follows.
  expect(tooLate).toMatchObject({
    statusCode: 410,
    body: expect.stringContaining('This request has expired'),
  });
  expect(decisions(sandbox)).toEqual([]);
  expect(report.outcome).toBe('expired');
});

it('scenario 27: mail scanner opens, runs scripts or posts: no decision', async () => {
  const { report, sandbox } = await play({
    approve: 'never',
    meanwhile: async (present) => {
      for (const handle of await asked(present)) {
        const page = await request(present, 'GET', handle);
        expect((await request(present, 'HEAD', handle)).statusCode).toBe(200);
        expect(page.body).not.toMatch(/<script|\son\w+=|javascript:/i);
        expect(page.headers['content-security-policy']).toMatch(/default-src 'none'/);
        // A scanner that submits forms as they are has no reason to type.
        for (const decision of ['approved', 'rejected'])
          expect(await decide(present, handle, decision, '')).toMatchObject({ statusCode: 422 });
      }
    },
  });

  expect(decisions(sandbox)).toEqual([]);
  expect(report.approvals).toMatchObject([{ decision: 'expired', by: null }]);
  expect(lowering(report)).toEqual([]);
});

it('scenario 28: two people decide at once: the first atomic write wins, the other is told', async () => {
  let answers: { statusCode: number; body: string }[] = [];
  const { report, sandbox } = await play({
    approve: 'never',
    change: ({ approval }) => Object.assign(approval, { approvalsNeeded: 1 }),
    meanwhile: async (present) => {
      const [bolt, infra] = await asked(present);
      answers = await Promise.all([
        decide(present, bolt, 'approved', 'calm again'),
        decide(present, infra, 'rejected', 'a campaign starts'),
      ]);
    },
  });
  const [winner] = answers.filter(({ statusCode }) => statusCode === 200);
  const [other] = answers.filter(({ statusCode }) => statusCode === 409);
  const approved = winner?.body.includes('Scale-in approved');

  expect(decisions(sandbox)).toHaveLength(1);
  expect(winner?.body).toMatch(/Scale-in (approved|rejected)/);
  expect(other?.body).toContain(`Already decided: ${approved ? 'approved' : 'rejected'}`);
  expect(report.outcome).toBe(approved ? 'restored' : 'rejected');
});

it('scenario 29: approved, but the state has changed since: hash mismatch, asked again', async () => {
  const { report } = await play({
    meanwhile: async (present) => {
      await asked(present);
      await asPerson(present, setBounds, { ...scalable(name), MinCapacity: 2, MaxCapacity: 25 });
    },
  });
  const [first, second] = report.approvals;

  expect(report.approvals).toHaveLength(2);
  expect(second?.planHash).not.toBe(first?.planHash);
  expect(ownWrites(report).filter(({ at, who }) => who === 'scale-in' && at < String(second?.at))).toEqual(
    [],
  );
  expect(report.after).toMatchObject({ desired: report.before?.desired, max: 25 });
});
