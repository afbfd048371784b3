import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { gallery } from '../../local/gallery.ts';
import { approvalMail } from '../../shared/approval-mail.ts';
import { requestPage } from '../../shared/approval-request-page.ts';
import { antiForgery } from '../../shared/approval-secrets.ts';
import { pageHeaders } from '../../shared/page.ts';
import { approvalDesk, approvalRequest, handleNumber } from '../support/approvals.ts';
import { metrics, now, planBack, production } from '../support/builders.ts';

/** Generated cases; fewer in a mutation test, which repeats them for each mutant. */
const cases = fc.readConfigureGlobal()?.numRuns ?? 300;
const form = { handle: handleNumber(1), config: production, now: new Date(now) };
const pageOf = (request = approvalRequest(), rejected?: { problem: string; reason: string }) =>
  requestPage({ request, approver: 'Bolt' }, form, rejected).body;

describe('the page of a request', () => {
  it('tells in this order: what, changes, why safe, risk, undo, who, until when, and asks last', () => {
    const parts = [
      'Scale in buywhere-api in production?',
      '>What changes<',
      '>Why it is safe now<',
      '>Risk<',
      '>How it is undone<',
      'Asked for by CloudWatch alarm',
      'Expires <time datetime="2026-10-02T18:10:00.000Z">2026-10-02 18:10:00 UTC</time>, in 60 min',
      '<textarea',
      'Approve scale-in',
      'Reject, stay scaled out',
    ];
    const page = pageOf();
    const places = parts.map((part) => page.indexOf(part));
    expect(places).not.toContain(-1);
    expect(places).toEqual([...places].sort((a, b) => a - b));
  });

  it('lists desired, bounds, suspension, CPU target and cooldowns, and pool sizes as work by hand, before and after', () => {
    const rows = [
      ...pageOf().matchAll(/<th scope="row">([^<]*)<\/th><td>([^<]*)<\/td><td class="to">([^<]*)</g),
    ];
    expect(rows.map(([, ...cells]) => cells.join(' | '))).toEqual([
      'Desired tasks | 9 | 3',
      'Minimum tasks | 2 | 1',
      'Maximum tasks | 20 | 10',
      'Autoscaling may scale in | no | yes',
      'CPU target | 50 % | 70 %',
      'Scale-out cooldown | 30 s | 60 s',
      'Scale-in cooldown | 180 s | 300 s',
      'PgBouncer default pool size (by hand) | 150 if raised | 100',
      'PgBouncer reserve pool size (by hand) | 40 if raised | 30',
      'PgBouncer client connections (by hand) | 2000 if raised | 1000',
    ]);
  });

  it('shows a metric that is unknown as unknown', () => {
    const page = pageOf(approvalRequest({ metrics: metrics({ cpuPercent: 'unknown' }) }));
    expect(page).toContain('<th scope="row">CPU</th><td class="now">unknown</td>');
    expect(page).toContain('<td class="unknown">unknown</td>');
  });

  it('keeps what was typed when the answer could not be taken', () => {
    const page = pageOf(approvalRequest(), { problem: 'Too long', reason: '\n</textarea><script>' });
    expect(page).toContain('role="alert" id="problem">Too long<');
    expect(page).toContain('>\n\n&lt;/textarea&gt;&lt;script&gt;</textarea>');
  });
});

/** The names of a page's tags in order: what a text could change only by becoming markup. */
const tags = (html: string) => [...html.matchAll(/<\/?([!a-z][a-z0-9]*)/gi)].map(([tag]) => tag);
const nasty = fc.oneof(
  fc.string({ unit: 'binary', minLength: 1 }),
  fc.constantFrom(
    '<script>alert(1)</script>',
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='x",
    '</title></main><form action=//x>',
    '<!--',
    '&lt;b&gt;&#60;',
    '</textarea><input name=reason>',
    'a\r\nBcc: all@example.org\r\n\r\nnew body',
  ),
);

describe('whatever people or AWS wrote', () => {
  const fields = fc.record({ by: nasty, asked: nasty, reason: nasty, incident: nasty, service: nasty });
  const written = ({ by, asked, reason, incident, service }: Record<string, string>) => {
    const config = structuredClone(production);
    for (const approver of config.approval.approvers) approver.name = by ?? '';
    const request = approvalRequest({
      requestedBy: asked ?? '',
      incidentId: incident ?? '',
      service: service ?? '',
      plan: planBack({ reasons: [reason ?? ''] }),
    });
    return { config, request };
  };
  const plain = written({ by: 'Bolt', asked: 'Ada', reason: 'calm', incident: 'i', service: 's' });
  const expected = Object.entries(gallery(plain.request, plain.config)).map(([name, html]) => [
    name,
    tags(html),
  ]);

  it('stays text on every page and in every mail', () => {
    fc.assert(
      fc.property(fields, (texts) => {
        const { request, config } = written(texts);
        const actual = Object.entries(gallery(request, config)).map(([name, html]) => [name, tags(html)]);
        expect(actual).toEqual(expected);
      }),
      { numRuns: cases, seed: 4 },
    );
  });

  it('adds no line to a mail and none to its subject', () => {
    const lines = (text: string) => text.split(/[\r\n\u2028\u2029]/);
    fc.assert(
      fc.property(nasty, (text) => {
        const asked = `Ada ${text.slice(0, 20)}`;
        const mail = approvalMail(
          approvalRequest({ requestedBy: asked, service: text }),
          'Bolt',
          'https://approve.example/approvals/x',
          'request',
          production,
        );
        expect(lines(mail.subject)).toHaveLength(1);
        expect(lines(mail.text).filter((line) => /^(Bcc|new body)/.test(line))).toEqual([]);
        expect(lines(mail.text).filter((line) => line.startsWith('https://'))).toHaveLength(1);
      }),
      { numRuns: cases, seed: 4 },
    );
  });
});

describe('the mail', () => {
  const link = `https://approve.example/approvals/${handleNumber(1)}`;
  const { text, html } = approvalMail(approvalRequest(), 'Bolt', link, 'request', production);

  it('fits a terminal, and its link stands on one line', () => {
    const wide = text.split('\n').filter((line) => line.length > 76);
    expect(wide).toEqual([link]);
    expect(text).toMatch(/Desired tasks +9 +3\n/);
  });

  it('holds the link once in HTML, nothing to load, and no task token', () => {
    expect(html.match(/https?:[^"<]*/g)).toEqual([link]);
    expect(html).not.toMatch(/<(img|link|script|form)/);
  });
});

describe('every answer', () => {
  it('carries the headers and no script, whether it shows, decides, refuses or fails', async () => {
    const desk = await approvalDesk();
    const check = antiForgery(desk.handles[0] ?? '', desk.request.id);
    const answers = [
      await desk.send(),
      await desk.send({ method: 'HEAD' }),
      await desk.send({ form: { check, decision: 'approved', reason: '' } }),
      await desk.send({ handle: 'unknown' }),
      await desk.send({ method: 'DELETE' }),
      await desk.decide('approved'),
      await desk.decide('approved'),
    ];
    expect(answers.map(({ statusCode }) => statusCode)).toEqual([200, 200, 422, 404, 404, 200, 409]);
    for (const { headers, body } of answers) {
      expect(headers).toEqual(pageHeaders);
      expect(body).not.toContain('<script');
    }
  });

  it('says so when the store does not answer, with the headers', async () => {
    const desk = await approvalDesk();
    desk.tools.store = {
      read: () => Promise.reject(new Error('secret detail')),
      write: () => Promise.reject(new Error('secret detail')),
    };
    const answer = await desk.send();
    expect([answer.statusCode, answer.headers]).toEqual([503, pageHeaders]);
    expect(JSON.stringify([answer, desk.logs])).not.toContain('secret detail');
  });

  it.each([
    ['content-security-policy', /default-src 'none'.*form-action 'self'.*frame-ancestors 'none'/],
    ['referrer-policy', /^no-referrer$/],
    ['strict-transport-security', /max-age=\d{8}/],
    ['x-content-type-options', /^nosniff$/],
    ['cache-control', /^no-store$/],
    ['content-type', /^text\/html; charset=utf-8$/],
  ])('has %s', (name, value) => {
    expect(pageHeaders[name]).toMatch(value);
    expect(pageHeaders['content-security-policy']).not.toContain('unsafe');
  });
});
