import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { requestPage } from '../../../shared/approval/request-page.ts';
import { because } from '../../../shared/format/reasons.ts';
import { approvalRequest, calmRequest, handleNumber } from '../../support/approvals.ts';
import { metrics, now, planBack, production } from '../../support/builders.ts';

const form = { handle: handleNumber(1), config: production, now: new Date(now) };
const pageOf = (request = approvalRequest(), rejected?: { problem: string; reason: string }) =>
  requestPage({ request, approver: 'Bolt' }, form, rejected).body;

describe('the page of a request', () => {
  it('reads like expected/approval-request.html', () => {
    const page = pageOf(calmRequest());
    expect(page.replace(/<style>.*<\/style>/s, '')).toBe(
      readFileSync(new URL('expected/approval-request.html', import.meta.url), 'utf8'),
    );
  });

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
      'Scheduled scaling | no | yes',
      'CPU target | 50 % | 70 %',
      'Scale-out cooldown | 30 s | 60 s',
      'Scale-in cooldown | 180 s | 300 s',
      'PgBouncer default pool size (by hand) | 150 if raised | 100',
      'PgBouncer reserve pool size (by hand) | 40 if raised | 30',
      'PgBouncer client connections (by hand) | 2,000 if raised | 1,000',
    ]);
  });

  it('shows a metric that is unknown as unknown', () => {
    const page = pageOf(approvalRequest({ metrics: metrics({ cpuPercent: 'unknown' }) }));
    expect(page).toContain('<th scope="row">CPU</th><td class="now">unknown</td>');
    expect(page).toContain('<td class="unknown">unknown</td>');
  });

  it('lets the metrics speak where the plan has no other reason, and has no pool for an unknown service', () => {
    const reasons = [
      because('metric-judged', { metric: 'latencyP99Seconds', value: 0.5, level: 'ok', warning: 1.5 }),
    ];
    const page = pageOf(approvalRequest({ service: 'gone', plan: planBack({ reasons }) }));
    expect(page).toContain('<h2>Why it is safe now</h2>\n\n<table>');
    expect(page).not.toContain('PgBouncer default pool size');
  });

  it.each([
    [[], 'Nobody has answered yet.'],
    [['Ada'], 'Ada approved already.'],
    [['Ada', 'D&apos;Arcy <CTO>'], 'Ada, D&amp;apos;Arcy &lt;CTO&gt; approved already.'],
  ])('tells where several have to approve who has: %j', (names, said) => {
    const decisions = names.map((by) => ({
      by,
      decision: 'approved' as const,
      at: now,
      reason: 'calm',
      requestId: by,
    }));
    expect(pageOf(approvalRequest({ needed: 3, decisions }))).toContain(
      `<p>3 different people have to approve. ${said} One rejection is enough to stay scaled out.</p>`,
    );
  });

  it('keeps what was typed when the answer could not be taken', () => {
    const page = pageOf(approvalRequest(), { problem: 'Too long', reason: '\n</textarea><script>' });
    expect(page).toContain('role="alert" id="problem">Too long<');
    expect(page).toContain(
      'autocomplete="off" aria-invalid="true" aria-describedby="problem">\n\n&lt;/textarea&gt;&lt;script&gt;</textarea>',
    );
  });
});
