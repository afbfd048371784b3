import { describe, expect, it } from '@jest/globals';
import { approvalMail } from '../../../shared/approval/mail.ts';
import {
  decidedPage,
  endedPage,
  expiredPage,
  replacedPage,
  withdrawnPage,
} from '../../../shared/approval/pages.ts';
import { approvalSubject, reminderNotice } from '../../../shared/approval/reminder.ts';
import { ApprovalRequest, decidersOf } from '../../../shared/approval/request.ts';
import { requestPage } from '../../../shared/approval/request-page.ts';
import { parse } from '../../../shared/core/schema.ts';
import type { CacheRelief, CacheReliefPlan } from '../../../shared/document/cache-relief.ts';
import { approvalRequest, handleNumber } from '../../support/approvals.ts';
import { arn, now, production } from '../../support/builders.ts';

const stakes = {
  keys: 14_200,
  of: { keys: 48_200, expiring: 40_000 },
  memory: { used: 209_715_200, counted: 209_715_200, limit: 209_715_200, policy: 'noeviction' },
  hitRate: { hits: 94, reads: 100, since: 'looks' as const },
  cluster: false,
};
const prefixes = [
  { prefix: 'page:', keys: 14_000, finished: true },
  { prefix: 'api:', keys: 200, finished: false },
];
const reliefs: Record<CacheRelief['code'], CacheRelief> = {
  policy: { code: 'policy', from: 'noeviction', to: 'allkeys-lru', ...stakes },
  unlink: { code: 'unlink', prefixes, ...stakes },
  flush: { code: 'flush', ...stakes },
  restore: { code: 'restore', from: 'allkeys-lru', to: 'noeviction', ...stakes },
};

/** An open request for this relief. */
function asked(relief: CacheRelief, part: Partial<CacheReliefPlan> = {}): ApprovalRequest {
  const plan: CacheReliefPlan = {
    ...{ action: 'relieve', at: now, place: 'cache.internal:6379', relief, needed: 1, round: 1 },
    ...{ approvalSeconds: 3600, reasons: [], hash: 'b'.repeat(64), database: { sessions: 12, limit: 40 } },
    ...part,
  };
  return approvalRequest({ plan, execution: arn('redis-emergency', 'run-2') });
}

const pageOf = (request: ApprovalRequest) =>
  requestPage(
    { request, approver: 'Bolt' },
    { handle: handleNumber(1), config: production, now: new Date(now) },
  ).body;
const rowsIn = (page: string) =>
  [...page.matchAll(/<th scope="row">([^<]*)<\/th><td>([^<]*)<\/td><td class="to">([^<]*)</g)].map(
    ([, ...cells]) => cells.join(' | '),
  );

describe('a relief of the cache that people are asked about', () => {
  it.each<[CacheRelief['code'], string, string[], string]>([
    [
      'policy',
      'Let the cache of buywhere-api in production evict keys?',
      ['maxmemory-policy | noeviction | allkeys-lru'],
      'Approve eviction',
    ],
    [
      'unlink',
      'Remove keys from the cache of buywhere-api in production?',
      [
        'Keys page:* | 14,000 | removed until there is room',
        'Keys api:* | at least 200 | removed until there is room',
      ],
      'Approve removal',
    ],
    [
      'flush',
      'FLUSH the whole cache of buywhere-api in production?',
      ['Keys | 48,200 | 0'],
      'Approve FLUSHALL',
    ],
    [
      'restore',
      'Give the cache of buywhere-api in production its policy back?',
      ['maxmemory-policy | allkeys-lru | noeviction'],
      'Approve the way back',
    ],
  ])('%s: says what it is, what changes, and what is pressed', (code, question, rows, button) => {
    const page = pageOf(asked(reliefs[code]));
    expect(page).toContain(`<h1>${question}</h1>`);
    expect(rowsIn(page)).toEqual(rows);
    expect(page).toContain(`>${button}</button>`);
    expect(page).toContain('>Reject, change nothing</button>');
    expect(page).not.toMatch(/scaled|scale.in|tasks/i);
  });

  it('shows what is at stake, and what the database does, also where that is unknown', () => {
    const page = pageOf(asked(reliefs.unlink));
    expect(page).toContain('<h2>What is at stake</h2>');
    expect(page).toContain(
      'cache.internal:6379: 200 MB of 200 MB in use (100 %), policy noeviction; 48,200 keys, 40,000 with a time to live',
    );
    expect(page).toContain('hit rate 94 %: that share of the reads is answered without the database now');
    expect(page).toContain('PostgreSQL: 12 active sessions; nothing is removed above 40');
    const blind = pageOf(asked({ ...reliefs.flush, cluster: true }, { database: { limit: 40 } }));
    expect(blind).toContain('PostgreSQL’s active sessions are unknown');
    expect(blind).toContain('One node of a cluster');
  });

  it('says how the policy is given back, and that keys are not', () => {
    expect(pageOf(asked(reliefs.policy))).toContain('"restore": true');
    expect(pageOf(asked(reliefs.flush))).toContain('Not at all: what is gone is made again');
  });

  it('comes by a mail with the same, in a terminal too', () => {
    const mail = approvalMail(asked(reliefs.unlink), 'Bolt', 'https://x/approvals/1', 'request', production);
    expect(mail.subject).toBe('Remove keys from the cache of buywhere-api in production?');
    expect(mail.text).toMatch(/Keys page:\* +14,000 +removed until there is room/);
    expect(mail.text).toContain('WHAT IS AT STAKE');
    expect(mail.text).toContain('Without a decision the cache stays as it is.');
    for (const text of [mail.text, mail.html]) expect(text).not.toMatch(/scaled|scale.in/i);
  });

  it('has pages that speak of the cache when it is closed, and a reminder', () => {
    const request = asked(reliefs.policy);
    const decision = { decision: 'approved', by: 'Bolt', at: now, reason: 'yes', requestId: '1' } as const;
    const approved = { ...request, decisions: [decision] };
    const pages = [
      decidedPage({ ...approved, delivered: true }, true),
      decidedPage({ ...approved, late: true }, false),
      expiredPage(request),
      endedPage(request),
      withdrawnPage({ ...request, withdrawn: 'superseded' }),
      replacedPage(request),
    ].map(({ body }) => body.replace(/<style>.*<\/style>/s, ''));
    expect(pages[0]).toContain('<h1>Eviction approved</h1>');
    for (const page of pages) expect(page).not.toMatch(/scaled|scale.in|capacity/i);
    const { text } = reminderNotice(request, new Date(now), production);
    expect(text).toContain('The cache of buywhere-api in production waits for an approval: Eviction.');
    expect(text).not.toMatch(/scaled|scale.in/i);
    expect(approvalSubject(request).occasion).toBe('redis-emergency');
  });

  it('is stored beside ways back, and each is read as what it is', () => {
    for (const request of [asked(reliefs.flush), approvalRequest()])
      expect(parse(ApprovalRequest, JSON.parse(JSON.stringify(request)))).toEqual(request);
  });

  it('takes as many people as it needs, or more where the configuration says so', () => {
    const { approval } = production;
    const one = { ...approval, approvalsNeeded: 1, requesterMayApprove: true };
    expect(decidersOf({ claimed: true }, one, 2).needed).toBe(2);
    expect(decidersOf({}, { ...approval, approvalsNeeded: 3 }, 2).needed).toBe(3);
    expect(decidersOf({ claimed: true }, { ...one, requesterMayApprove: false }, 2).needed).toBe(2);
  });
});
