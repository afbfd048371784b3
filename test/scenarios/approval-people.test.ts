import { describe, expect, it, jest } from '@jest/globals';
import type { Config } from '../../shared/config/schema.ts';
import { textsOf } from '../../shared/format/reasons.ts';
import { calls, mails, shown } from './approval-support.ts';
import { playBriefly, reaching } from './harness.ts';
import { refusal } from './table/support.ts';

jest.setTimeout(60_000);

it('a new alarm while people are asked withdraws the request, and its page says so', async () => {
  let page: unknown;
  const { report, sandbox } = await playBriefly({
    approve: 'never',
    meanwhile: async (present) => {
      await reaching(present, 'scale-in', 'Ask for approval');
      await present.time.runUntil(() => mails(present).length === 3);
      const input = {
        environment: 'production',
        service: 'buywhere-api',
        alert: 'HighLatencyP99',
        requestedBy: 'Ann',
      };
      present.engine.startExecution({ machine: 'emergency-scaling', input });
      await present.time.runUntil(() => calls(present, 'SendTaskFailure').length > 0);
      await present.time.settle();
      page = await shown(present, mails(present)[0]);
    },
  });

  expect(page).toMatchObject({ statusCode: 410, body: expect.stringContaining('has ended') });
  const [scaleIn] = report.executions.filter(({ stateMachine }) => stateMachine === 'scale-in');
  expect(scaleIn).toMatchObject({ status: 'FAILED', error: 'Superseded' });
  expect(calls(sandbox, 'SendTaskFailure')).toHaveLength(1);
});

describe('Ada Lovelace, who asked for the run, is an approver too', () => {
  const withAda = (config: Config, allowed: boolean, others: number) => {
    const ada = { name: 'Ada Lovelace', email: 'ada@buywhere.ai' };
    config.approval.requesterMayApprove = allowed;
    config.approval.approvers = [ada, ...config.approval.approvers.slice(0, others)];
  };
  const incident = { approve: 'never' as const, event: 'emergency-scaling-console.json' };

  it.each([
    [false, '3 different people approve'],
    [true, '2 different people approve'],
  ])('when she may approve is %s, everybody gets a link, and %s', async (allowed, people) => {
    const { sandbox } = await playBriefly({ ...incident, change: (config) => withAda(config, allowed, 2) });

    const asked = ['ada@buywhere.ai', 'bolt@buywhere.ai', 'infra@buywhere.ai'];
    expect([...new Set(mails(sandbox).flatMap(({ to }) => to))].sort()).toEqual(asked);
    expect(mails(sandbox)[0]?.text).toContain(people);
  });

  it('and too few are left besides her: the run is held', async () => {
    const { report } = await playBriefly({ ...incident, change: (config) => withAda(config, false, 1) });

    expect(report.outcome).toBe('held');
    expect(textsOf(report.reasons).join()).toContain('3 approvers are needed, 2 could be asked');
  });
});

describe('a metric that cannot be read for ten minutes after the approvals', () => {
  it('is waited for, and the run goes on with them', async () => {
    const blind = { from: Number.POSITIVE_INFINITY, until: Number.POSITIVE_INFINITY };
    let now = () => 0;
    const { report, sandbox } = await playBriefly({
      begun: ({ time }) => {
        now = () => time.now();
      },
      faults: (call) =>
        call.operation === 'GetMetricData' && now() >= blind.from && now() < blind.until
          ? refusal('ServiceUnavailable', 503)
          : undefined,
      meanwhile: async (present) => {
        await reaching(present, 'scale-in', 'Ask for approval');
        Object.assign(blind, { from: now(), until: now() + 600_000 });
      },
    });
    const scaleIn = report.writes.find(({ who }) => who === 'scale-in');

    expect(report.outcome).toBe('restored');
    expect(report.approvals).toHaveLength(1);
    expect(mails(sandbox)).toHaveLength(3);
    expect(Date.parse(scaleIn?.at ?? '')).toBeGreaterThanOrEqual(blind.until);
  });
});
