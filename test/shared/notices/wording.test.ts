import { describe, expect, it } from '@jest/globals';
import { because } from '../../../shared/format/reasons.ts';
import { type NoticeDocument, noticeKinds, noticeOf } from '../../../shared/notices/wording.ts';
import {
  assessment,
  incident,
  now,
  plan,
  production,
  request,
  said,
  withoutAlert,
} from '../../support/builders.ts';

const notice = (kind: (typeof noticeKinds)[number], part: Partial<NoticeDocument> = {}) =>
  noticeOf(kind, { request: request(), ...part }, production);
const outcome: NoticeDocument['outcome'] = {
  outcome: 'held',
  reasons: [said('new tasks cannot start')],
  summary: 'new tasks cannot start',
  at: now,
};

describe('a notice', () => {
  it.each(noticeKinds)('%s has a subject that SNS accepts, and says who, why and where', (kind) => {
    const { subject, text } = notice(kind, { incident: incident(), plan: plan(), assessment: assessment() });

    expect(subject).toMatch(/^[\x20-\x7e]{10,99}$/);
    expect(subject).toContain('[production] buywhere-api: ');
    expect(text).toContain('CloudWatch alarm buywhere-api-HighLatencyP99');
    expect(text).toContain(`Incident incident-1; execution ${request().execution.arn}`);
  });

  it('keeps its subject to one line of ASCII whatever the service is called', () => {
    const { subject } = notice('held', { request: request({ service: `bücher\n${'x'.repeat(200)}` }) });
    expect(subject).toBe(`[production] b?cher?${'x'.repeat(79)}`);
  });

  it('lists what changes, before and after', () => {
    expect(notice('scaled', { plan: plan() }).text).toMatch(/Setting +before +after\nDesired tasks +3 +9/);
  });

  it('of a held run names the contacts, the reasons and the way on', () => {
    const { text } = notice('held', { outcome });

    expect(text).toContain('new tasks cannot start');
    expect(text).toContain(production.contacts.primaryOnCall);
    expect(text).toContain('start scale-in with {"environment": "production", "service": "buywhere-api"}');
  });

  it('of a failure tells the failure rather than the plan', () => {
    const { text } = notice('held', {
      plan: plan(),
      failure: { Error: 'UnknownStateError', Cause: '{"errorMessage":"no \\"service\\""}' },
    });

    expect(text).toContain('unknown state: no "service"');
    expect(text).not.toContain('latencyP99Seconds 5 is critical');
  });

  it('about an exhausted pool gives the commands for PgBouncer', () => {
    const { text } = notice('escalated', { plan: plan({ action: 'relieve-pool' }) });
    expect(text).toContain(
      'SET default_pool_size = 150; SET reserve_pool_size = 40; SET max_client_conn = 2000;',
    );
  });

  it('needs nothing but the request', () => {
    expect(notice('held').text).toContain('Incident none;');
  });
});

describe('an alert that asks for a person at once', () => {
  const busy = because('lock-busy', { machine: 'rollback', owner: request().execution.arn });
  const joined = incident({ status: 'joined', escalate: true, reasons: [busy] });

  it('is said first, also where another run handles the service', () => {
    const lines = (of: NoticeDocument['request']) =>
      notice('escalated', { request: of, incident: joined })
        .text.split('\n')
        .filter((line) => line.startsWith('- '));
    expect(lines(request({ alert: 'APIDown' }))).toEqual([
      '- APIDown asks for a person at once',
      `- ${busy.text}`,
    ]);
    expect(lines(withoutAlert()).join()).not.toContain('asks for a person');
  });
});

describe('what a notice leaves out', () => {
  const reason = because('metric-critical', { metric: 'latencyP99Seconds', value: 23.3 });

  it('metrics go by the names that people use', () => {
    expect(notice('planned', { plan: plan({ reasons: [reason] }) }).text).toContain(
      '- P99 latency 23.3 s is critical',
    );
  });

  it('the reasons of a plan are not told twice', () => {
    const { text } = notice('scaled', { plan: plan({ reasons: [reason] }) });
    expect(text).not.toContain('is critical');
    expect(text).toMatch(/the next notice tells when \d+ tasks run/);
  });

  it('a cause that is unclear', () => {
    expect(notice('restored', { assessment: assessment() }).text).not.toContain('Most probable cause');
  });
});
