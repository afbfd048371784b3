import { describe, expect, it } from '@jest/globals';
import type { Plan } from '../../../shared/document/plan.ts';
import type { Verification } from '../../../shared/document/verification.ts';
import { because } from '../../../shared/format/reasons.ts';
import {
  type NoticeDocument,
  type NoticeKind,
  noticeKinds,
  noticeOf,
} from '../../../shared/notices/wording.ts';
import {
  assessment,
  configWith,
  incident,
  now,
  plan,
  production,
  request,
  said,
} from '../../support/builders.ts';

const notice = (kind: NoticeKind, part: Partial<NoticeDocument> = {}) =>
  noticeOf(kind, { request: request(), incident: incident(), ...part }, production);
const execution = request().execution.arn;
const verification: Verification = {
  goal: 'recovered',
  state: 'reached',
  since: now,
  mention: false,
  nextCheckSeconds: 15,
  reasons: [because('tasks-run', { running: 9, wanted: 9 })],
};
const outcome = {
  outcome: 'held' as const,
  reasons: [said('new tasks cannot start')],
  summary: 's',
  at: now,
};

describe('a notice reads like this', () => {
  it('when a run starts', () => {
    expect(notice('started')).toEqual({
      subject: '[production] buywhere-api: HighLatencyP99: emergency run started',
      text: `buywhere-api in production: HighLatencyP99: emergency run started.
Asked for by CloudWatch alarm buywhere-api-HighLatencyP99 (HighLatencyP99).
- buywhere-api-HighLatencyP99 is in ALARM

Incident incident-1; execution ${execution}`,
    });
  });

  it('when it is about to scale out, with the cause', () => {
    const seen = assessment({
      cause: {
        name: 'traffic-spike',
        confidence: 'high',
        evidence: [
          because('metric-critical', { metric: 'requestRatePerMinute', value: 1200 }),
          because('cpu-rose', { cpu: 90 }),
        ],
        against: [],
      },
    });
    expect(notice('planned', { plan: plan(), assessment: seen })).toEqual({
      subject: '[production] buywhere-api: scaling out from 3 to 9 tasks',
      text: `buywhere-api in production: scaling out from 3 to 9 tasks.
Asked for by CloudWatch alarm buywhere-api-HighLatencyP99 (HighLatencyP99).
- P99 latency 5 s is critical
Most probable cause: traffic-spike (Request rate 1,200/min is critical; CPU rose with it (90 %))

Setting                   before  after
Desired tasks             3       9
Minimum tasks             1       2
Maximum tasks             10      20
Autoscaling may scale in  yes     no
Scheduled scaling         yes     no
CPU target                70 %    50 %
Scale-out cooldown        60 s    30 s
Scale-in cooldown         300 s   180 s

Incident incident-1; execution ${execution}`,
    });
  });

  it('when it holds', () => {
    const { alert: _, ...console } = request({ source: 'console', requestedBy: 'Ada' });
    expect(notice('held', { request: console, outcome })).toEqual({
      subject: '[production] buywhere-api: HELD: needs a person',
      text: `buywhere-api in production: HELD: needs a person.
Asked for by Ada.
- new tasks cannot start

Primary on-call: ${production.contacts.primaryOnCall}. DevOps lead: ${production.contacts.devOpsLead}. ${production.contacts.infrastructure}
Capacity stays as it is. To go back to normal later: start scale-in with {"environment": "production", "service": "buywhere-api"}.
Incident incident-1; execution ${execution}`,
    });
  });

  it('when the pool has to be relieved by hand', () => {
    const relief: Plan = plan({
      action: 'relieve-pool',
      reasons: [because('metric-critical', { metric: 'dbPoolPercent', value: 95 })],
    });
    const { desired: _d, bounds: _b, cpuPolicy: _c, ...unchanged } = relief;
    expect(notice('escalated', { plan: unchanged }).text).toBe(
      `buywhere-api in production: ESCALATED: needs a person now.
Asked for by CloudWatch alarm buywhere-api-HighLatencyP99 (HighLatencyP99).
- DB pool 95 % is critical

Primary on-call: ${production.contacts.primaryOnCall}. DevOps lead: ${production.contacts.devOpsLead}. ${production.contacts.infrastructure}
The pools were not asked. Where PostgreSQL has free slots and no transaction hangs, relieve the pool in the PgBouncer admin console (no restart, so no client is dropped):
  SET default_pool_size = 150; SET reserve_pool_size = 40; SET max_client_conn = 2000;
Incident incident-1; execution ${execution}`,
    );
  });

  it('when the pools say themselves what is wrong: that, and no size that they would not help', () => {
    const pools = {
      at: '2026-10-02T17:08:04.123Z',
      findings: [
        {
          code: 'leaked',
          text: 'Leaked transactions: 53 clients wait.',
          lines: [{ say: 'batch: idle for 3 min' }, { type: 'SELECT 1;' }],
        },
      ],
    };
    const { text } = notice('escalated', { plan: plan({ action: 'relieve-pool' }), pools });
    expect(text).toContain(`
What the pools said at 2026-10-02 17:08:04 UTC:
- Leaked transactions: 53 clients wait.
  batch: idle for 3 min
    SELECT 1;
Incident`);
    expect(text).not.toContain('default_pool_size');
  });

  it('when autoscaling is configured', () => {
    const changes = [{ label: 'Maximum tasks', from: '8', to: '10' }];
    const autoscaling = { action: 'configure' as const, policies: {}, changes, drift: [], reasons: [] };
    const { text } = notice('configured', {
      request: request({ machine: 'configure-autoscaling' }),
      autoscaling,
    });
    expect(text).toContain('\n\nSetting        before  after\nMaximum tasks  8       10\n\n');
  });
});

describe('whom and what a notice names', () => {
  const kindsWith = (text: string) => noticeKinds.filter((kind) => notice(kind).text.includes(text));

  it('the people to call where one is needed', () => {
    expect(kindsWith(production.contacts.primaryOnCall)).toEqual(['expired', 'held', 'failed', 'escalated']);
  });

  it('the way on where a run ended scaled out', () => {
    expect(kindsWith('Capacity stays as it is. To go back to normal later')).toEqual([
      'rejected',
      'expired',
      'held',
    ]);
  });

  it('the way on of a configuration that stopped', () => {
    const stopped = request({ machine: 'configure-autoscaling', environment: 'staging' });
    expect(notice('held', { request: stopped }).text).toContain(
      'Capacity stays as it is. To go on: start configure-autoscaling again with {"environment": "staging", "service": "buywhere-api"}; it writes only what still differs.',
    );
  });

  it('the way on of a run for the pools that stopped', () => {
    const cache = request({ machine: 'redis-emergency' });
    expect(notice('held', { request: cache }).text).toContain('start redis-emergency again with');
    expect(notice('expired', { request: cache }).subject).toContain('THE CACHE IS NOT RELIEVED');
    const stopped = request({ machine: 'pgbouncer-emergency' });
    expect(notice('held', { request: stopped }).text).toContain(
      'What was set in PgBouncer stays until scale-in gives it back. To have the pools looked at again: start pgbouncer-emergency with {"environment": "production", "service": "buywhere-api"}.',
    );
  });

  it('of a run for the pools what was set, and what nobody could be asked', () => {
    const asked = { request: request({ machine: 'pgbouncer-emergency' }) };
    const outcome = {
      instance: 'a:6432',
      setting: 'default_pool_size',
      from: 20,
      to: 150,
      code: 'set',
      text: 't',
    } as const;
    const pools = { at: now, mode: 'raise', changed: true, outcomes: [outcome] } as const;
    const raised = notice('pools-raised', { ...asked, change: { pools: { ...pools, outcomes: [outcome] } } });
    expect(raised.text).toMatch(/PgBouncer default pool size, a:6432 +20 +150/);
    expect(notice('escalated', asked).text).toContain('The pools were not asked.');
  });

  it('how a full cache is relieved by a run, where one may, and not to that run itself', () => {
    const config = configWith((_, service) => {
      Object.assign(service, { cache: { host: 'cache.internal', reliefSecret: '/cache/reliever' } });
    });
    const cache = { at: now, findings: [{ code: 'full', text: 'Full.', lines: [] }] };
    const failed = plan({ reasons: [{ code: 'dependency-failed', text: 'down' }] });
    const told = (part: Partial<NoticeDocument>, used = config) =>
      noticeOf('held', { request: request(), plan: failed, cache, ...part }, used).text;
    const line =
      'Or start redis-emergency with {"environment":"production","service":"buywhere-api"}: it asks for an approval first, and waits for no other run.';
    expect(told({})).toContain(line);
    expect(told({}, production)).not.toContain('redis-emergency');
    expect(told({ request: request({ machine: 'redis-emergency' }) })).not.toContain(line);
    const slow = { at: now, findings: [{ code: 'slow', text: 'Slow.', lines: [] }] };
    expect(told({ cache: slow })).not.toContain(line);
  });

  it('the pool only where it is to be relieved, and of a known service', () => {
    expect(notice('escalated', { plan: plan() }).text).not.toContain('SET default_pool_size');
    const unknown = { request: request({ service: 'gone' }), plan: plan({ action: 'relieve-pool' }) };
    expect(notice('escalated', unknown).text).not.toContain('default_pool_size');
  });

  it('a cause without evidence by its name alone', () => {
    const cause = { name: 'deployment' as const, confidence: 'low' as const, evidence: [], against: [] };
    expect(notice('started', { assessment: assessment({ cause }) }).text).toContain(
      '\nMost probable cause: deployment\n',
    );
  });

  it('nobody who did not ask: a run of a person names no alert', () => {
    const { alert: _, ...asked } = request({ requestedBy: 'Ada' });
    expect(notice('started', { request: asked })).toMatchObject({
      subject: '[production] buywhere-api: emergency run started',
      text: expect.stringContaining('\nAsked for by Ada.\n'),
    });
  });

  it('no numbers in the headline of a plan that has none', () => {
    expect(notice('planned').subject).toBe('[production] buywhere-api: about to scale out');
  });
});

describe('why, in a notice', () => {
  const reasonsOf = (kind: NoticeKind, part: Partial<NoticeDocument>) =>
    notice(kind, part)
      .text.split('\n')
      .filter((line) => line.startsWith('- '));
  const holder = { machine: 'rollback', owner: 'arn:aws:states:x:1:execution:m:run-7' };
  const stillRuns = 'rollback run-7 is still running for this service';
  const capped = (status: 'busy' | 'capped' | 'opened') =>
    incident({ status, reasons: [because('lock-busy', holder)] });

  it.each<[string, NoticeKind, Partial<NoticeDocument>, string]>([
    ['a failure', 'held', { failure: { Error: 'GuardError', Cause: 'x' }, outcome }, 'guard: x'],
    ['the outcome', 'held', { outcome, incident: capped('busy') }, 'new tasks cannot start'],
    ['a busy service', 'held', { incident: capped('busy'), plan: plan() }, stillRuns],
    ['the hourly cap', 'held', { incident: capped('capped'), plan: plan() }, stillRuns],
    ['the plan', 'held', { incident: capped('opened'), plan: plan() }, 'P99 latency 5 s is critical'],
    ['the check', 'verified', { verification, plan: plan() }, '9 of 9 tasks run'],
    ['the check', 'restored', { verification, plan: plan() }, '9 of 9 tasks run'],
    ['the check', 'still-scaled-out', { verification }, '9 of 9 tasks run'],
    [
      'what comes next',
      'scaled',
      { plan: plan(), verification },
      'everything below is written; the next notice tells when 9 tasks run, or why not',
    ],
    ['the request', 'started', {}, 'buywhere-api-HighLatencyP99 is in ALARM'],
  ])('is %s', (_, kind, part, reason) => {
    expect(reasonsOf(kind, part)).toEqual([`- ${reason}`]);
  });

  it('may be missing where nothing was checked yet', () => {
    expect(reasonsOf('verified', { plan: plan() })).toEqual([]);
  });
});

describe('earlier notices that did not arrive', () => {
  it('are told of, each with its channel or its failure', () => {
    const notices = {
      started: { sent: ['sns'], failed: [{ channel: 'chat', error: 'chat answered 500' }] },
      planned: { Error: 'States.Timeout', Cause: '' },
      scaled: { sent: ['sns'], failed: [] },
      verified: 'something else',
    };
    const lines = notice('held', { notices }).text.split('\n');
    expect(lines.filter((line) => line.startsWith('The notice'))).toEqual([
      'The notice "started" did not reach chat: chat answered 500.',
      'The notice "planned" could not be sent: States.Timeout.',
    ]);
  });
});
