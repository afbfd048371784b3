import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { approvalMail } from '../../../shared/approval/mail.ts';
import { pageHeaders } from '../../../shared/approval/page.ts';
import { thanksPage, troublePage } from '../../../shared/approval/pages.ts';
import { antiForgery } from '../../../shared/approval/secrets.ts';
import { gallery } from '../../../tools/gallery.ts';
import { approvalDesk, approvalRequest } from '../../support/approvals.ts';
import { now, planBack, production } from '../../support/builders.ts';
import { character } from '../../support/character.ts';

/** Generated cases; fewer in a mutation test, which repeats them for each mutant. */
const cases = fc.readConfigureGlobal()?.numRuns ?? 300;

/** The names of a page's tags in order: what a text could change only by becoming markup. */
const tags = (html: string) => [...html.matchAll(/<\/?([!a-z][a-z0-9]*)/gi)].map(([tag]) => tag);
const nasty = fc.oneof(
  fc.string({ unit: character, minLength: 1 }),
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
      plan: planBack({ reasons: [{ code: 'asked', text: reason ?? '' }] }),
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

describe('the pages on which nothing can be decided', () => {
  it('say who has answered, one after the other, and how many answers are missing', () => {
    const decisions = ['Ada', 'Bolt'].map((by) => ({
      by,
      decision: 'approved' as const,
      at: now,
      reason: `${by} agrees`,
      requestId: by,
    }));
    const { body } = thanksPage(approvalRequest({ needed: 3, decisions }), true);
    const note = (by: string) =>
      `<div class="note"><p><strong>${by}</strong> approved this on <time datetime="${now}">2026-10-02 17:10:00 UTC</time>:</p>
<p class="typed">${by} agrees</p></div>`;
    expect(body).toContain(`
<p>Scale-in of <strong>buywhere-api</strong> in <strong>production</strong>.</p>
${note('Ada')}
${note('Bolt')}
<p>1 more approval is needed, from somebody else, before 2026-10-02 18:10:00 UTC. Until then nothing changes.</p>
`);
  });

  it('say that AWS does not answer', () => {
    expect(troublePage().body).toContain('<h1>This cannot be answered right now</h1>');
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
    desk.context.store = {
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
