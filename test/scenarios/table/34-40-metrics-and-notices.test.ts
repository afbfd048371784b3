import { describe, expect, it, jest } from '@jest/globals';
import { textAt } from '../../../chaos/facts/values.ts';
import type { Trouble } from '../../../sandbox/world/model/trouble.ts';
import { textsOf } from '../../../shared/format/reasons.ts';
import { poolsOf } from '../../support/builders.ts';
import { calls, mails, notices } from '../approval-support.ts';
import { notGivenBack, play, playBriefly } from '../harness.ts';
import { endsOf, lowering, ownWrites, paged, refusal, told, wordsOf } from './support.ts';

jest.setTimeout(120_000);

describe('scenario 34: metrics NaN, missing, frozen, implausible', () => {
  const faulty = (fault: 'nan' | 'missing' | 'frozen', from: number): Trouble => ({
    kind: 'metric-fault',
    metric: 'CPUUtilization',
    fault,
    from,
    until: 1_000_000,
  });
  const spike = (seconds: number) => (seconds > 300 && seconds < 1800 ? 40 : 10);

  it.each<[string, Parameters<typeof playBriefly>[0]]>([
    ['NaN', { world: () => ({ troubles: [faulty('nan', 0)] }) }],
    ['missing', { world: () => ({ troubles: [faulty('missing', 0)] }) }],
    ['frozen since the spike', { world: () => ({ troubles: [faulty('frozen', 600)] }) }],
    // For longer than configured it may be calm: scenario 48.
    [
      'no request at all, for less than the configured time',
      { world: () => ({ arrivals: (s: number) => (s < 700 ? spike(s) : 0) }) },
    ],
  ])('%s: scaled out, and never scaled in', async (_, incident) => {
    const { report, sandbox } = await play({
      ...incident,
      // Calm would be waited for a whole day.
      change: ({ timing }) =>
        Object.assign(timing.calm, { deadlineSeconds: 1800, withoutRequestsSeconds: 3600 }),
    });

    expect(Number(report.peak?.desired)).toBeGreaterThanOrEqual(Number(report.before?.desired) + 2);
    expect(lowering(report)).toEqual([]);
    expect(report.outcome).toBe('held');
    expect(told(sandbox)).toContain('held');
  });
});

describe('scenario 35: DB pool exhausted', () => {
  it('the pool first: no task is added, and people get what the pools said, and when', async () => {
    const { report, sandbox } = await playBriefly({ scenario: 'pool-exhaustion' });

    expect(report.outcome).toBe('held');
    expect(ownWrites(report)).toEqual([]);
    expect(wordsOf(sandbox)).toContain(
      'What the pools said at 2026-10-02 17:08:04 UTC:\n- Leaked transactions',
    );
    expect(paged(sandbox)).toContain('trigger');
  });

  it('with room left: tasks only within the connection budget', async () => {
    // 0.9 × 1,000 less 740 of others leaves 160 connections, 20 for each task.
    const { report } = await playBriefly({
      change: ({ services }) => {
        for (const one of Object.values(services)) poolsOf(one).heldByOthers = 740;
      },
    });
    const counts = ownWrites(report).flatMap(({ who, to }) =>
      who === 'scale-out' ? [Number(to.desired)] : [],
    );

    expect(counts.length).toBeGreaterThan(0);
    expect(Math.max(...counts)).toBeLessThanOrEqual(8);
  });
});

it('scenario 36: PgBouncer unreachable: no blind scaling on that cause; page', async () => {
  const { report, sandbox } = await playBriefly({
    scenario: 'quiet',
    world: () => ({ troubles: [{ kind: 'database-down', from: 300, until: 2400 }] }),
  });

  expect(report.outcome).toBe('held');
  expect(ownWrites(report)).toEqual([]);
  expect(textsOf(report.reasons).join()).toMatch(/dependency has failed|database|pool/i);
  expect(told(sandbox)).toEqual(expect.arrayContaining(['escalated', 'held']));
  expect(paged(sandbox)).toContain('trigger');
});

it('scenario 37: Redis down: reported as cause; no flush', async () => {
  const { report, sandbox } = await playBriefly({ scenario: 'redis-down' });
  const reached = new Set(sandbox.aws.calls.map(({ service: name }) => name));

  expect(report.outcome).toBe('held');
  expect(wordsOf(sandbox)).toMatch(/redis down/i);
  expect(told(sandbox)).toContain('escalated');
  // Nothing but AWS is written to, and there only people are told; of Systems Manager secrets are read.
  expect(ownWrites(report)).toEqual([]);
  expect(
    [...reached].filter(
      (name) => !['ecs', 'application-autoscaling', 'cloudwatch', 'states', 'sns', 'ssm'].includes(name),
    ),
  ).toEqual([]);
  expect(sandbox.webhooks.every(({ url }) => /pagerduty|chat/.test(url))).toBe(true);
});

describe('scenario 38: SNS or SES down', () => {
  it('SNS: scaling goes on; the notice is kept, said in the next one, and sent later', async () => {
    let verifying = false;
    const { report, sandbox } = await playBriefly({
      faults: (call) => {
        verifying ||= call.caller === 'wait-verify';
        return call.service === 'sns' && !verifying ? refusal('ServiceUnavailableException', 503) : undefined;
      },
    });
    const sent = notices(sandbox);

    expect(report.outcome).toBe('restored');
    expect(sent.find(({ text }) => !text.startsWith('(Late'))?.text).toMatch(
      /The notice "started" did not reach sns/,
    );
    expect(sent.filter(({ text }) => text.startsWith('(Late')).map(({ subject }) => subject)).toEqual(
      expect.arrayContaining([expect.stringContaining('emergency run started')]),
    );
  });

  it.each([
    ['teams' as const, '"type":"AdaptiveCard"'],
    ['discord' as const, '"content":'],
    [undefined, '"text":"[production]'],
  ])('a chat of kind %s gets every notice in its shape', async (kind, shape) => {
    const { report, sandbox } = await playBriefly({
      change: ({ notices: { chat } }) => void Object.assign(chat, { kind }),
    });
    const posts = sandbox.webhooks
      .filter(({ url }) => url.includes('chat'))
      .map(({ body }) => JSON.stringify(body));

    expect(report.outcome).toBe('restored');
    expect(posts.length).toBe(notices(sandbox).length);
    expect(posts.filter((body) => !body.includes(shape))).toEqual([]);
    expect(posts.at(-1)).toContain('restored to normal');
  });

  it('a chat that has too much to do is not asked before its Retry-After is over, and then gets all', async () => {
    let asked: number[] = [];
    let began = 0;
    const { report, sandbox } = await playBriefly({
      hooks: {
        surroundings: (own) => ({
          ...own,
          httpPost: async (url, body, ...rest) => {
            if (!url.includes('chat')) return own.httpPost(url, body, ...rest);
            began ||= own.now();
            if (own.now() >= began + 1200_000) return own.httpPost(url, body, ...rest);
            asked = [...asked, own.now()];
            return { status: 429, latencyMilliseconds: 1, body: '', retryAfter: '1200' };
          },
        }),
      },
    });
    const chat = sandbox.webhooks.filter(({ url }) => url.includes('chat'));
    // One per notice, none by the watcher, which looks every five minutes.
    const inVain = sandbox.logs.filter(({ message }) => message === 'a notice did not reach every channel');

    expect(report.outcome).toBe('restored');
    expect(asked).toHaveLength(inVain.length);
    expect(chat.filter(({ body }) => JSON.stringify(body).includes('(Late'))).toHaveLength(inVain.length);
    expect(chat).toHaveLength(notices(sandbox).length);
  });

  it('SES: scaling out goes on; the links are mailed again', async () => {
    let refused = 0;
    const { report, sandbox } = await playBriefly({
      approve: 'never',
      // The SDK tries more than once before the function gives up.
      faults: ({ operation, input }) =>
        operation === 'SendEmail' && JSON.stringify(input).includes('bolt@buywhere.ai') && refused++ < 10
          ? refusal('ServiceUnavailableException', 503)
          : undefined,
    });
    const toBolt = mails(sandbox).filter(
      ({ to, subject }) => to.includes('bolt@buywhere.ai') && subject.startsWith('Scale in'),
    );

    expect(ownWrites(report).length).toBeGreaterThan(0);
    expect(toBolt).toHaveLength(1);
    expect(toBolt[0]?.at).toBeGreaterThan(mails(sandbox)[0]?.at ?? Number.NaN);
  });

  it('the notice of a held run cannot be sent at all: the watcher tells, with what was recorded', async () => {
    const { report, sandbox } = await playBriefly({
      scenario: 'tasks-cannot-start',
      hooks: {
        functions: ({ notify, ...own }) => ({
          ...own,
          notify: async (event, context) => {
            if (textAt(event, 'kind') === 'held') throw new Error('the function was not invoked');
            return notify?.(event, context);
          },
        }),
      },
    });
    const words = wordsOf(sandbox);

    expect(report.executions.map(({ error }) => error)).toContain('NobodyWasTold');
    expect(words).toContain('a run ended FAILED and did not say why');
    expect(words).toContain('It has recorded: held');
  });
});

it('scenario 39: the approval mail fails: second channel; never approved by default', async () => {
  const { report, sandbox } = await playBriefly({
    faults: ({ service: called }) => (called === 'ses' ? refusal('MessageRejected') : undefined),
  });

  expect(report.outcome).toBe('held');
  expect(mails(sandbox)).toEqual([]);
  expect(notices(sandbox).at(-1)?.text).toContain('2 approvers are needed, 0 could be asked');
  expect(JSON.stringify(sandbox.webhooks)).toContain('approval not sent: 2 approvers are needed');
  expect(calls(sandbox, 'SendTaskSuccess')).toEqual([]);
  expect(lowering(report)).toEqual([]);
});

it('scenario 40: an alarm during scale-in: stop at once, scale out', async () => {
  const again = 2100;
  const twice = (seconds: number) =>
    (seconds > 300 && seconds < 1300) || (seconds > again && seconds < again + 1200) ? 40 : 10;
  const { report, sandbox } = await play({ world: () => ({ arrivals: twice }) });
  const start = Date.parse('2026-10-02T17:00:00Z');
  const alarm = sandbox.alarmEvents.find(
    ({ time, detail }) => detail.state.value === 'ALARM' && Date.parse(time) > start + again * 1000,
  );
  const since = (at: string) => Date.parse(at) - Date.parse(alarm?.time ?? '');
  const first = ownWrites(report).find(({ at }) => since(at) > 0);

  expect(endsOf(sandbox, 'scale-in')).toContain('Superseded');
  expect(
    ownWrites(report).filter(({ who, at }) => who === 'scale-in' && since(at) < 0).length,
  ).toBeGreaterThan(0);
  expect(first?.who).not.toBe('scale-in');
  expect(
    ownWrites(report).some(
      ({ who, to, at }) => who === 'scale-out' && since(at) > 0 && Number(to.desired) > 0,
    ),
  ).toBe(true);
  expect(lowering(report).filter(({ at }) => since(at) > 0 && since(at) < 600_000)).toEqual([]);
  expect(report.outcome).toBe('restored');
  expect(notGivenBack(report)).toEqual([]);
});
