import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { approvalMail } from '../../../shared/approval/mail.ts';
import type { ApprovalRequest } from '../../../shared/approval/request.ts';
import { because } from '../../../shared/format/reasons.ts';
import { calmRequest, handleNumber } from '../../support/approvals.ts';
import { planBack, production } from '../../support/builders.ts';

const link = `https://approve.example/approvals/${handleNumber(1)}`;
const mail = (part: Partial<ApprovalRequest> = {}, approver = 'Bolt') =>
  approvalMail(calmRequest(part), approver, link, 'request', production);

describe('the mail that asks for an approval', () => {
  it('has no line over 72 columns but tables and the link, whatever its words are', () => {
    const lengths = Array.from({ length: 12 }, (_, length) => {
      const reasons = [because('said', { said: `${'word '.repeat(12)}${'x'.repeat(length + 1)} end` })];
      const { text } = mail({ plan: planBack({ reasons }) });
      const lines = text.split('\n').filter((line) => /^(- )?word|^x/.test(line));
      return Math.max(...lines.map((line) => line.length));
    });
    expect(Math.max(...lengths)).toBe(72);
  });

  it('reads like this in a terminal', () => {
    const { subject, text } = mail();

    expect(subject).toBe('Scale in buywhere-api in production?');
    expect(text).toBe(`Bolt, buywhere-api in production can go back to its normal settings.
Nothing is scaled in before a person approves it.

WHAT CHANGES

Setting                                 before           after
Desired tasks                           9                3
Minimum tasks                           2                1
Maximum tasks                           20               10
Autoscaling may scale in                no               yes
Scheduled scaling                       no               yes
CPU target                              50 %             70 %
Scale-out cooldown                      30 s             60 s
Scale-in cooldown                       180 s            300 s
PgBouncer default pool size (by hand)   150 if raised    100
PgBouncer reserve pool size (by hand)   40 if raised     30
PgBouncer client connections (by hand)  2,000 if raised  1,000

WHY IT IS SAFE NOW

- current load needs 2 tasks: no step goes below that
- back to the snapshot of 2026-10-02 17:10:00 UTC: desired count 9 → 3
- task definition buywhere-api:41 → buywhere-api:42: it stays

Metric          now      warning above  level
CPU             40 %     60 %           ok
P95 latency     0.3 s    1 s            ok
P99 latency     0.5 s    1.5 s          ok
5xx error rate  0.1 %    0.5 %          ok
DB pool         40 %     70 %           ok
PgBouncer pool  40 %     70 %           ok
PgBouncer wait  5 ms     50 ms          ok
Request rate    600/min  800/min        ok

LOOK AT IT AND DECIDE

${link}

Settings and metrics are as of 2026-10-02 17:10:00 UTC. Both are read
again after the approval; where they ask for another plan by then, that
one is asked for anew.
The link is for you alone and expires 2026-10-02 18:10:00 UTC, 60 min
after it was asked for. Without a decision it stays scaled out.
Asked for by CloudWatch alarm buywhere-api-HighLatencyP99 on 2026-10-02
17:10:00 UTC. Incident incident-1.`);
  });

  it('is the same in HTML', () => {
    expect(mail().html).toBe(
      readFileSync(new URL('expected/approval-mail.html', import.meta.url), 'utf8').replace('LINK', link),
    );
  });

  it('breaks its lines at 72 columns, where one of exactly 72 still fits; the link is never broken', () => {
    const lines = mail({}, 'Isambard').text.split('\n');

    expect(lines[0]).toBe('Isambard, buywhere-api in production can go back to its normal settings.');
    expect(lines[0]).toHaveLength(72);
    expect(lines.filter((line) => line.length > 72)).toEqual([link]);
  });

  it('holds the link once in HTML, nothing to load, and no task token', () => {
    const { html } = mail();
    expect(html.match(/https?:[^"<]*/g)).toEqual([link]);
    expect(html).not.toMatch(/<(img|link|script|form)/);
  });

  it('says how many people have to approve', () => {
    const text = mail({ needed: 2 }).text.replaceAll('\n', ' ');
    expect(text).toContain('Nothing is scaled in before 2 different people approve it.');
  });

  it('calls a reminder one, and asks the same', () => {
    const { subject, text, html } = approvalMail(calmRequest(), 'Bolt', link, 'reminder', production);

    expect(subject).toBe('Reminder: Scale in buywhere-api in production?');
    expect({ text, html }).toEqual({ text: mail().text, html: mail().html });
  });

  it('lets the metrics speak where the plan has no other reason', () => {
    const { text, html } = mail({
      plan: planBack({
        reasons: [
          because('metric-judged', { metric: 'latencyP99Seconds', value: 0.5, level: 'ok', warning: 1.5 }),
        ],
      }),
    });

    expect(text).toContain('WHY IT IS SAFE NOW\n\n\nMetric ');
    expect(html).toContain('>Why it is safe now</h2>\n\n<table');
  });

  it('has no rows of a pool for a service that has left the configuration', () => {
    expect(mail({ service: 'gone' }).text).not.toContain('PgBouncer default pool size');
  });
});
