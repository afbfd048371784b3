import { describe, expect, it } from '@jest/globals';
import { because } from '../../../shared/format/reasons.ts';
import { ascii, type NoticeDocument, noticeKinds, noticeOf } from '../../../shared/notices/wording.ts';
import {
  assessment,
  bounds as boundsWith,
  configWith,
  incident,
  now,
  plan,
  planBack,
  production,
  raisedBounds,
  request,
  said,
  withoutAlert,
} from '../../support/builders.ts';

const notice = (kind: (typeof noticeKinds)[number], part: Partial<NoticeDocument> = {}) =>
  noticeOf(kind, { request: request(), ...part }, production);
const normal = boundsWith();
const bounds = { changed: true, from: normal, to: { ...raisedBounds, min: 1 } };
const suspends = ['Autoscaling may scale in yes no', 'Scheduled scaling yes no'];
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

  it('spells signs in its subject, and says where it was cut', () => {
    expect(ascii('desired 2 → 4, 1–10, 3 × …')).toBe('desired 2 to 4, 1-10, 3 x ...');
    expect(ascii('é')).toBe('?');
    expect(ascii('x'.repeat(99))).toBe('x'.repeat(99));
    expect(ascii('x'.repeat(100))).toBe(`${'x'.repeat(96)}...`);
  });

  it('keeps its subject to one line of ASCII whatever the service is called', () => {
    const { subject } = notice('held', { request: request({ service: `bücher\n${'x'.repeat(200)}` }) });
    expect(subject).toBe(`[production] b?cher?${'x'.repeat(76)}...`);
  });

  it('lists what is going to change, before and after', () => {
    expect(notice('planned', { plan: plan() }).text).toMatch(/Setting +before +after\nDesired tasks +3 +9/);
  });

  it.each<[string, Partial<NoticeDocument>, string[]]>([
    ['nothing where the first write was refused', {}, []],
    ['what the answers confirm', { change: { bounds } }, ['Maximum tasks 10 20', ...suspends]],
    [
      'a repeated write from where its plan started',
      { change: { bounds, desired: { changed: false, from: 9, to: 9 } } },
      ['Desired tasks 3 9', 'Maximum tasks 10 20', ...suspends],
    ],
    ['a step down', { step: { to: 7 }, plan: planBack() }, ['Desired tasks 9 7']],
    [
      'the bounds as the last write of a way back left them',
      {
        plan: planBack(),
        change: {
          bounds: { changed: true, from: raisedBounds, to: { ...normal, suspended: raisedBounds.suspended } },
          suspended: { changed: true, from: null, to: normal },
        },
      },
      [
        'Minimum tasks 2 1',
        'Maximum tasks 20 10',
        ...suspends.map((row) => row.replace(/(yes) (no)/, '$2 $1')),
      ],
    ],
  ])('of a held run shows what was written: %s', (_, part, rows) => {
    const { text } = notice('held', { plan: plan(), ...part });
    const table = text.split('\n\n')[1] ?? '';
    const shown = table.startsWith('Setting') ? table.split('\n').slice(1) : [];
    expect(shown.map((row) => row.trim().replaceAll(/ +/g, ' '))).toEqual(rows);
  });

  it('of a restore names what stays in its subject, and of a failed check says that the settings are back', () => {
    const stays = 'desired tasks 3 -> 8: a person changed it';
    const difference = {
      setting: 'desired',
      before: 3,
      after: 8,
      by: 'person' as const,
      reason: because('left-as-a-person-set-it'),
      text: stays,
    };
    const restored = {
      ...outcome,
      outcome: 'restored' as const,
      reasons: [],
      summary: '',
      at: now,
      differences: [difference],
    };
    expect(notice('restored', { outcome: restored }).subject).toContain(`restored, except ${stays}`);
    const wayBack = request({ machine: 'scale-in' });
    const given = { suspended: { changed: true, from: raisedBounds, to: normal } };
    const { text } = notice('held', { request: wayBack, plan: planBack(), change: given });
    expect(text).toContain('The settings were given back as shown.');
    expect(text).not.toContain('Capacity stays');
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

  it('about an exhausted pool beside each task gives no command that would last as long as the task', () => {
    const config = configWith((_, { pgbouncer }) => Object.assign(pgbouncer ?? {}, { topology: 'sidecar' }));
    const document = { request: request(), plan: plan({ action: 'relieve-pool' }) };
    const { text } = noticeOf('escalated', document, config);
    expect(text).toContain('a larger pool belongs into pgbouncer.ini of the task definition');
    expect(text).not.toContain('SET default_pool_size');
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
