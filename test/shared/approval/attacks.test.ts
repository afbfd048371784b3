import { beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { storeLinks } from '../../../shared/approval/links.ts';
import { pageHeaders } from '../../../shared/approval/page.ts';
import { refusedPage } from '../../../shared/approval/pages.ts';
import { antiForgery } from '../../../shared/approval/secrets.ts';
import { readApproval, storeApproval } from '../../../shared/approval/store.ts';
import { memoryRecordStore } from '../../../shared/store/memory.ts';
import type { RecordStore } from '../../../shared/store/record-store.ts';
import {
  type ApprovalDesk,
  approvalDesk,
  approvalRequest,
  approvers,
  type HttpAnswer,
  handleNumber,
  type Sent,
  taskToken,
} from '../../support/approvals.ts';
import { production, secondsLater } from '../../support/builders.ts';
import { character } from '../../support/character.ts';

/** An attack, and what it gets at best: the one refusal, the page that only shows, or the form with a complaint. */
interface Attack {
  sent: Sent;
  gets: 'refused' | 'shown' | 'complaint';
}

const [mine, other, foreign] = [1, 2, 3].map(handleNumber).map(String) as [string, string, string];
const [myRequest, foreignRequest] = ['incident-1-2-1', 'incident-9-1-1'];
const check = antiForgery(mine, myRequest);
const form = { check, decision: 'approved', reason: 'calm again' };
const handles = fc.constantFrom(mine, other);
const formOf = (handle: string) => ({ ...form, check: antiForgery(handle, myRequest) });

const altered = handles.chain((handle) =>
  fc
    .record({
      at: fc.nat({ max: handle.length - 1 }),
      way: fc.constantFrom('replace', 'insert', 'cut', 'case', 'double', 'blank'),
      with: fc.string({ minLength: 1, maxLength: 3, unit: character }),
    })
    .map(({ at, way, with: text }) => {
      const [before, character, after] = [handle.slice(0, at), handle.charAt(at), handle.slice(at + 1)];
      if (way === 'replace') return before + text + after;
      if (way === 'insert') return before + text + character + after;
      if (way === 'cut') return before;
      if (way === 'case') return before + swapCase(character) + after;
      return way === 'double' ? handle + handle : `${handle} `;
    })
    .filter((guess) => guess !== mine && guess !== other),
);
const swapCase = (character: string) =>
  character === character.toLowerCase() ? character.toUpperCase() : character.toLowerCase();
const guessed = fc.oneof(
  fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => Buffer.from(bytes).toString('base64url')),
  fc.string({ maxLength: 60, unit: character }),
  fc.constantFrom(
    '',
    '.',
    '..',
    'none',
    'current/incident-1',
    myRequest,
    '\r\nset-cookie: a=b',
    '*',
    taskToken,
  ),
);

const unknownHandle = fc
  .record({ handle: fc.oneof(altered, guessed), posts: fc.boolean(), head: fc.boolean() })
  .map(({ handle, posts, head }): Attack => {
    const method = head ? 'HEAD' : 'GET';
    return { sent: posts ? { handle, form } : { handle, method }, gets: 'refused' };
  });

const wrongMethod = fc
  .record({
    handle: handles,
    method: fc.constantFrom('PUT', 'DELETE', 'PATCH', 'OPTIONS', 'TRACE', 'post', 'Get', 'POST ', '\r\nPOST'),
  })
  .map(({ handle, method }): Attack => ({ sent: { handle, method, form: formOf(handle) }, gets: 'refused' }));

const showingMethod = fc
  .record({ handle: handles, method: fc.constantFrom('GET', 'HEAD') })
  .map(({ handle, method }): Attack => ({ sent: { handle, method, form: formOf(handle) }, gets: 'shown' }));

const otherSite = fc
  .record({
    handle: handles,
    headers: fc.oneof(
      fc.constantFrom('cross-site', 'same-site', 'none', '').map((site) => ({ 'sec-fetch-site': site })),
      fc
        .tuple(fc.constantFrom('http', 'https'), fc.domain())
        .map(([scheme, domain]) => ({ origin: new URL(`${scheme}://${domain}`).origin })),
      fc.constantFrom(
        { origin: 'https://approve.example.attacker.example' },
        { origin: 'https://attacker.example', host: 'approve.example' },
        { origin: 'file://' },
        { origin: 'approve.example' },
        { origin: 'null', 'sec-fetch-site': 'cross-site' },
      ),
    ),
  })
  .map(
    ({ handle, headers }): Attack => ({ sent: { handle, headers, form: formOf(handle) }, gets: 'refused' }),
  );

const wrongType = fc
  .constantFrom(
    '',
    'text/plain',
    'application/json',
    'multipart/form-data; boundary=x',
    'application/x-www-form',
  )
  .map((type): Attack => ({ sent: { form, headers: { 'content-type': type } }, gets: 'refused' }));

const oversized = fc.integer({ min: 17_000, max: 60_000 }).map(
  (length): Attack => ({
    sent: { form: { ...form, reason: 'x'.repeat(length) }, base64: length % 2 === 0 },
    gets: 'refused',
  }),
);

const wrongCheck = fc
  .oneof(
    fc.string({ maxLength: 60, unit: character }),
    fc.nat({ max: 42 }).map((length) => check.slice(0, length)),
    fc.constantFrom(
      antiForgery(other, myRequest),
      antiForgery(foreign, foreignRequest),
      antiForgery(mine, foreignRequest),
      `${check}=`,
      check.toLowerCase(),
      mine,
      taskToken,
    ),
  )
  .map((value): Attack => ({ sent: { form: { ...form, check: value } }, gets: 'refused' }));

/** A handle of one run with the page values of another. */
const swapped = fc
  .constantFrom(
    { handle: foreign, form },
    { handle: mine, form: { ...form, check: antiForgery(foreign, foreignRequest) } },
  )
  .map((sent): Attack => ({ sent, gets: 'refused' }));

const malformedForm = fc
  .oneof(
    fc.constantFrom(
      `${new URLSearchParams(form)}&decision=rejected`,
      `${new URLSearchParams(form)}&check=${check}`,
      `${new URLSearchParams(form)}&reason=again`,
      `check=${check}&reason=calm`,
      '',
      JSON.stringify(form),
    ),
    fc
      .string({ maxLength: 20, unit: character })
      .filter((decision) => decision !== 'approved' && decision !== 'rejected')
      .map((decision) => new URLSearchParams({ ...form, decision }).toString()),
  )
  .map((text): Attack => ({ sent: { form: text }, gets: 'refused' }));

const noReason = fc
  .oneof(
    fc.string({ unit: fc.constantFrom(' ', '\r', '\n', '\t', '\u00a0', '\u0000', '\u200b', '\ufeff') }),
    fc.integer({ min: 1001, max: 1300 }).map((length) => 'é'.repeat(length)),
  )
  .map((reason): Attack => ({ sent: { form: { ...form, reason } }, gets: 'complaint' }));

const attacks: fc.Arbitrary<Attack> = fc.oneof(
  { arbitrary: unknownHandle, weight: 3 },
  { arbitrary: wrongCheck, weight: 2 },
  wrongMethod,
  showingMethod,
  otherSite,
  wrongType,
  oversized,
  swapped,
  malformedForm,
  noReason,
);

/** Counts what a request asks of the store; the time of an answer is made of that. */
function counting(store: RecordStore) {
  const count = { calls: 0 };
  const counted: RecordStore = {
    read: (key) => {
      count.calls++;
      return store.read(key);
    },
    write: (key, body, options) => {
      count.calls++;
      return store.write(key, body, options);
    },
  };
  return { count, store: counted };
}

const runs = fc.readConfigureGlobal()?.numRuns ?? 10_000;
const statusOf = { refused: 404, shown: 200, complaint: 422 };

describe('of 10,000 generated attacks', () => {
  let desk: ApprovalDesk;
  let count: { calls: number };

  beforeAll(async () => {
    desk = await approvalDesk({
      request: { id: myRequest, expiresAt: secondsLater(10_000_000) },
      store: (clock) => {
        const counted = counting(memoryRecordStore({ now: clock }));
        count = counted.count;
        return counted.store;
      },
    });
    const elsewhere = approvalRequest({ id: foreignRequest, incidentId: 'incident-9' });
    await storeApproval(elsewhere, 'another token', desk.store);
    const [somebody = { name: '', email: '' }] = approvers;
    await storeLinks(elsewhere, [{ ...somebody, handle: foreign }], desk.store);
  });

  it('none decides anything, and every refusal is the same to the byte and to the call', async () => {
    let number = 0;
    const refused = { statusCode: 404, headers: pageHeaders, body: refusedPage().body };
    await fc.assert(
      fc.asyncProperty(attacks, async ({ sent, gets }) => {
        // Slow enough for the rate limits, so that they are not what refuses.
        desk.later(3);
        count.calls = 0;
        const answer = await desk.send({ ...sent, address: `2001:db8::${(++number).toString(16)}` });
        expect(answer.statusCode).toBe(statusOf[gets]);
        expect(answer.headers).toBe(pageHeaders);
        if (gets === 'refused') {
          expect(count.calls).toBe(4);
          expect(answer).toEqual(sent.method === 'HEAD' ? { ...refused, body: '' } : refused);
        }
      }),
      { numRuns: runs, seed: 4, endOnFailure: true },
    );
    for (const id of [myRequest, foreignRequest])
      expect((await readApproval(id, desk.store))?.request.decisions).toEqual([]);
    expect(desk.answered()).toEqual([]);
    const lines = JSON.stringify(desk.logs);
    expect(desk.logs.length).toBeGreaterThan(runs / 2);
    expect(lines).not.toContain('too many requests');
    for (const secret of [mine, other, foreign, check, taskToken]) expect(lines).not.toContain(secret);
  }, 120_000);

  it('the real approver is still let in afterwards', async () => {
    expect((await desk.decide('approved')).statusCode).toBe(200);
    expect(desk.answered()).toEqual(['SendTaskSuccessCommand']);
  });
});

describe('a decision that is sent again', () => {
  it.each(['approved', 'rejected'] as const)(
    'as %s changes nothing and is told what was decided',
    async (again) => {
      const desk = await approvalDesk();
      await desk.decide('rejected', 'sale tonight');
      for (let i = 0; i < 10; i++) {
        desk.later(60);
        const answer = await desk.decide(again, 'replayed');
        expect([answer.statusCode, answer.body]).toEqual([409, expect.stringContaining('sale tonight')]);
      }
      expect(desk.answered()).toEqual(['SendTaskFailureCommand']);
      expect((await readApproval(desk.request.id, desk.store))?.request.decisions).toHaveLength(1);
    },
  );
});

describe('many decisions at the same moment', () => {
  const won = (answers: HttpAnswer[]) => answers.filter(({ statusCode }) => statusCode === 200);
  const racers = fc.array(
    fc.record({
      link: fc.nat({ max: 2 }),
      decision: fc.constantFrom('approved' as const, 'rejected' as const),
    }),
    { minLength: 2, maxLength: 8 },
  );

  it('have exactly one winner and one call, in whatever order their reads and writes come', async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), racers, async (scheduler, race) => {
        let started = false;
        const turn = () => (started ? scheduler.schedule(Promise.resolve()) : Promise.resolve());
        const desk = await approvalDesk({
          links: 3,
          store: (clock) => slowly(memoryRecordStore({ now: clock }), turn),
        });
        started = true;
        const racing = race.map(({ link, decision }, i) =>
          desk.decide(decision, 'the same reason', link, `192.0.2.${i}`),
        );
        await scheduler.waitFor(Promise.all(racing));
        started = false;
        const answers = await Promise.all(racing);
        const { request } = (await readApproval(desk.request.id, desk.store)) ?? {};
        expect(won(answers)).toHaveLength(1);
        expect(answers.every(({ statusCode }) => [200, 404, 409].includes(statusCode))).toBe(true);
        expect(request?.decisions).toHaveLength(1);
        expect(request?.delivered).toBe(true);
        expect(desk.answered()).toHaveLength(1);
      }),
      { numRuns: Math.min(runs, 150), seed: 4, endOnFailure: true },
    );
  }, 60_000);

  it('of a hundred clicks on one link, one decides', async () => {
    const desk = await approvalDesk();
    const answers = await Promise.all(Array.from({ length: 100 }, () => desk.decide('approved')));
    expect(won(answers)).toHaveLength(1);
    expect(desk.answered()).toEqual(['SendTaskSuccessCommand']);
  });
});

function slowly(store: RecordStore, turn: () => Promise<unknown>): RecordStore {
  return {
    read: async (key) => {
      await turn();
      return store.read(key);
    },
    write: async (key, body, options) => {
      await turn();
      return store.write(key, body, options);
    },
  };
}

describe('the rate limit', () => {
  const guesses = (desk: ApprovalDesk, count: number) =>
    Promise.all(Array.from({ length: count }, (_, i) => desk.send({ handle: handleNumber(10 + i) })));

  it('tells an address that guesses to slow down, for a minute', async () => {
    const desk = await approvalDesk();
    for (let i = 10; i < 70; i++) await desk.send({ handle: handleNumber(i) });
    const slow = await desk.send({ handle: handleNumber(70) });
    expect([slow.statusCode, slow.body]).toEqual([429, expect.stringContaining('slow down')]);
    desk.later(60);
    expect((await desk.send({ handle: handleNumber(70) })).statusCode).toBe(404);
  });

  it('locks nobody out whose address others guess from', async () => {
    const desk = await approvalDesk();
    await guesses(desk, 200);
    expect((await desk.send()).statusCode).toBe(200);
    expect((await desk.decide('approved')).statusCode).toBe(200);
  });

  it('serves forty approvers behind one address, each of whom looks and decides', async () => {
    const many = Array.from({ length: 40 }, (_, i) => ({
      name: `Approver ${i}`,
      email: `a${i}@example.org`,
      handle: handleNumber(100 + i),
    }));
    const approval = { ...production.approval, approvers: many.map(({ name, email }) => ({ name, email })) };
    const desk = await approvalDesk({ config: { ...production, approval }, request: { needed: 40 } });
    await storeLinks(desk.request, many, desk.store);
    for (const { handle } of many) {
      expect((await desk.send({ handle })).statusCode).toBe(200);
      const answer = { check: antiForgery(handle, desk.request.id), decision: 'approved', reason: 'calm' };
      expect((await desk.send({ handle, form: answer })).statusCode).toBe(200);
    }
    expect(desk.answered()).toEqual(['SendTaskSuccessCommand']);
  });

  it('tells whoever asks for one link too often, from many addresses, to slow down', async () => {
    const desk = await approvalDesk();
    for (let i = 0; i < 30; i++) await desk.send({ address: `192.0.2.${i}` });
    expect((await desk.decide('approved', 'calm', 0, '192.0.2.200')).statusCode).toBe(429);
    expect((await desk.decide('approved', 'calm', 1, '192.0.2.200')).statusCode).toBe(200);
  });
});
