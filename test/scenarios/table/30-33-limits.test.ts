import { describe, expect, it, jest } from '@jest/globals';
import { createProcesses } from '../../../chaos/faults/dying-process.ts';
import { createFunctionFaults } from '../../../chaos/faults/function-faults.ts';
import type { ChaosFault } from '../../../chaos/generate/incident.ts';
import { request } from '../../../sandbox/approver.ts';
import { statemachinesFolder } from '../../../sandbox/config-files.ts';
import { definitionTexts, parseDefinitions } from '../../../sandbox/engine/definition/definitions.ts';
import { historyLimit } from '../../../sandbox/engine/history/history.ts';
import { calls, handleOf, mails } from '../approval-support.ts';
import { asPerson, notGivenBack, play, playBriefly, reaching } from '../harness.ts';
import { endsOf, ownWrites, paged, refusal, told } from './support.ts';

jest.setTimeout(120_000);

describe('scenario 30: payload too large', () => {
  const large = 'x'.repeat(300_000);

  it('as the input of an execution: refused before it begins', async () => {
    const { report, sandbox } = await playBriefly({
      scenario: 'quiet',
      meanwhile: async (present) => {
        const input = JSON.stringify({ environment: 'production', requestedBy: large });
        const stateMachineArn = present.engine.definitions.find('emergency-scaling')?.arn;
        await expect(
          asPerson(present, 'AWSStepFunctions.StartExecution', { stateMachineArn, input }),
        ).rejects.toThrow('InvalidExecutionInput');
      },
    });

    expect([report.executions, report.writes, sandbox.aws.mailbox]).toEqual([[], [], []]);
  });

  it('as a message of Alertmanager: refused before it is read', async () => {
    const answers: unknown[] = [];
    const { report } = await playBriefly({
      scenario: 'quiet',
      meanwhile: async ({ functions, config }) => {
        const authorization = `Bearer sandbox-value-of-${config.alertmanager.tokenSecrets[0]}`;
        const context = { functionName: 'alert-webhook', awsRequestId: 'test' };
        answers.push(
          await functions['alert-webhook']?.({ headers: { authorization }, body: large.repeat(22) }, context),
        );
      },
    });

    expect(answers).toMatchObject([{ statusCode: 413 }]);
    expect(report.executions).toEqual([]);
  });

  it('as a decision: refused like a forged one', async () => {
    const { sandbox } = await playBriefly({
      approve: 'never',
      meanwhile: async (present) => {
        await reaching(present, 'scale-in', 'Ask for approval');
        await present.time.runUntil(() => mails(present).length > 0);
        const handle = handleOf(mails(present)[0]);
        const { body } = await request(present, 'GET', handle);
        const check = /name="check" value="([^"]*)"/.exec(body)?.[1] ?? '';
        const form = new URLSearchParams({ check, decision: 'approved', reason: large.slice(0, 20_000) });
        expect(await request(present, 'POST', handle, form.toString())).toMatchObject({ statusCode: 404 });
      },
    });

    const refused = sandbox.logs.filter(({ message }) => message === 'approval refused');
    expect(refused.map(({ fields }) => fields.why)).toEqual(['oversized body']);
    expect(calls(sandbox, 'SendTaskSuccess')).toEqual([]);
  });

  it('as the reason of an alarm: cut, and the document stays far below the limit', async () => {
    let largest = 0;
    const { report } = await playBriefly({
      scenario: 'quiet',
      change: ({ timing }) => Object.assign(timing.watch, { deadlineSeconds: 60 }),
      hooks: { onEvent: (_, event) => (largest = Math.max(largest, JSON.stringify(event).length)) },
      meanwhile: async ({ aws, time }) => {
        aws.alarms.setState('buywhere-api-HighLatencyP99', 'ALARM', 'x'.repeat(1000));
        await time.runUntil(() => false, 5000);
      },
    });

    expect(report.executions).toMatchObject([{ status: 'SUCCEEDED' }]);
    expect(largest).toBeLessThan(100_000);
  });
});

describe('scenario 31: history grows towards 25,000 events', () => {
  const eventsOf = ({ history }: { history: readonly unknown[] }) => history.length;
  /** The shipped definitions, but an execution may look only so often. */
  const looking = (times: number) =>
    parseDefinitions(
      Object.fromEntries(
        Object.entries(definitionTexts(statemachinesFolder)).map(([file, text]) => [
          file,
          text.replaceAll('Equals: 1500 }', `Equals: ${times} }`),
        ]),
      ),
    );

  it('goes on in a child run, which keeps the snapshot and restores', async () => {
    // CPU is unknown for a while after the recovery, so calm is looked for more than twelve times.
    const blind = {
      kind: 'metric-fault',
      metric: 'CPUUtilization',
      fault: 'missing',
      from: 760,
      until: 1900,
    } as const;
    const { report, sandbox } = await play({
      hooks: { definitions: looking(12) },
      world: () => ({ troubles: [blind] }),
    });
    const runs = sandbox.engine.executions.filter(({ machine }) => machine === 'scale-in');
    const longest = Math.max(...runs.map(eventsOf));

    expect(endsOf(sandbox, 'scale-in').slice(0, -1)).toEqual(
      expect.arrayContaining(['Goes on in a new run']),
    );
    expect(endsOf(sandbox, 'scale-in').at(-1)).toBe('Restored');
    expect(runs.filter(({ status }) => status === 'FAILED')).toEqual([]);
    expect(report.outcome).toBe('restored');
    expect(notGivenBack(report)).toEqual([]);
    // What 12 looks, the approval and every step took, were each look repeated up to 1,500 times.
    const first = runs[0];
    expect(((first ? eventsOf(first) : 0) / 12) * 1500 + longest).toBeLessThan(historyLimit);
  });

  it('keeps the deadline over all its runs', async () => {
    const { report, sandbox } = await playBriefly({
      world: () => ({
        troubles: [
          { kind: 'metric-fault', metric: 'CPUUtilization', fault: 'nan', from: 0, until: 1_000_000 },
        ],
      }),
      change: ({ timing }) => Object.assign(timing.calm, { deadlineSeconds: 1800 }),
      hooks: { definitions: looking(6) },
    });
    const runs = sandbox.engine.executions.filter(({ machine }) => machine === 'scale-in');
    const waited = ((runs.at(-1)?.stopDate ?? 0) - (runs[0]?.startDate ?? 0)) / 1000;

    expect(runs.length).toBeGreaterThan(2);
    expect(report.outcome).toBe('held');
    expect(waited).toBeGreaterThanOrEqual(1800);
    expect(waited).toBeLessThan(2400);
  });
});

describe('scenario 32: clocks differ by minutes', () => {
  /** Functions whose clock is off, as if each ran on another machine. */
  const off = (seconds: Record<string, number>) => {
    const faults = Object.entries(seconds).map(
      ([name, offsetSeconds]): ChaosFault => ({ kind: 'clock', function: name, offsetSeconds }),
    );
    return createProcesses({
      now: () => Date.now(),
      faults: createFunctionFaults(faults, new Map()),
      whereIs: () => ({ state: '', stateEntry: 0 }),
    });
  };

  it.each([
    [
      'in the functions that ask, open and write',
      { intake: 300, 'open-incident': -300, 'scale-out': -300, 'scale-in': 300 },
    ],
    ['in the functions that approve', { 'request-approval': 300, approval: -300, 'remind-approvers': 300 }],
  ])('%s: waiting and expiry go by the clock of Step Functions', async (_, seconds) => {
    const { functions, surroundings } = off(seconds);
    const { report, sandbox } = await playBriefly({ hooks: { functions, surroundings } });
    const steps = report.writes
      .filter(({ who }) => who === 'scale-in')
      .map(({ at }) => Date.parse(at) / 1000);
    const gaps = steps.slice(1).map((at, i) => at - (steps[i] ?? 0));

    expect(report.outcome).toBe('restored');
    expect(notGivenBack(report)).toEqual([]);
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(sandbox.config.timing.calm.forSeconds);
  });

  it('an approval expires by the server alone, whatever the function thinks', async () => {
    const { functions, surroundings } = off({ 'request-approval': 300, approval: -300 });
    const { report, sandbox } = await playBriefly({ approve: 'never', hooks: { functions, surroundings } });
    const askedAt = Date.parse(report.approvals[0]?.askedAt ?? '');
    const ended = Date.parse(report.executions.find(({ error }) => error === 'ApprovalExpired')?.end ?? '');

    expect(report.outcome).toBe('expired');
    expect(Math.round((ended - askedAt) / 1000)).toBe(sandbox.config.approval.expiresAfterSeconds);
  });
});

it("scenario 33: the region's control plane fails: no change; alert by a second way", async () => {
  const down = ['ecs', 'application-autoscaling', 'cloudwatch', 'sns', 'ses'];
  const { report, sandbox } = await playBriefly({
    faults: ({ service }) =>
      down.includes(service) ? refusal('ServiceUnavailableException', 503) : undefined,
  });

  expect(report.outcome).toBe('held');
  expect(ownWrites(report)).toEqual([]);
  expect(report.after.desired).toBe(report.before?.desired);
  expect(sandbox.aws.mailbox).toEqual([]);
  expect(told(sandbox)).toContain('held');
  expect(paged(sandbox)).toContain('trigger');
  expect(
    sandbox.webhooks.some(({ url, body }) => url.includes('chat') && JSON.stringify(body).includes('HELD')),
  ).toBe(true);
});
