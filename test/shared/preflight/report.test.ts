import { describe, expect, it } from '@jest/globals';
import type { PreflightRow } from '../../../shared/document/preflight.ts';
import { asksOf } from '../../../shared/preflight/ask.ts';
import { claimMails, releaseMails } from '../../../shared/preflight/mail-claim.ts';
import { failedRows, reportOf, shortened } from '../../../shared/preflight/report.ts';
import { memoryRecordStore } from '../../../shared/store/memory.ts';
import { configWith, now, production } from '../../support/builders.ts';
import { withShop } from '../../support/other-account.ts';

const start = { environment: 'production', testMail: false, testNotice: false, testRun: false };
const execution = 'arn:run';

describe('what the functions are asked for', () => {
  const many = configWith((draft, service) => {
    for (let index = 0; index < 23; index += 1) draft.services[`service-${index}`] = service;
  });

  it('is every service, in shares of ten; what is about none once', () => {
    const asks = asksOf({ ...start, testNotice: true, testRun: true }, many, { execution });
    expect(asks.map(({ services }) => services.length)).toEqual([10, 10, 4]);
    expect(asks.flatMap(({ services }) => services)).toEqual(Object.keys(many.services));
    expect(
      asks.map(({ once, testNotice, testRun, short, writes }) => [once, testNotice, testRun, short, writes]),
    ).toEqual([
      [true, true, true, true, true],
      [false, false, false, true, true],
      [false, false, false, true, true],
    ]);
  });

  it('is never services of two accounts in one share: a function has the clients of one place', () => {
    const two = withShop();
    expect(asksOf(start, two, { execution }).map(({ services, once }) => [services, once])).toEqual([
      [Object.keys(production.services), true],
      [['checkout'], false],
    ]);
  });

  it('is one service where it is named, with a whole table', () => {
    expect(asksOf({ ...start, service: 'service-3' }, many, { execution })).toEqual([
      {
        services: ['service-3'],
        execution,
        once: true,
        writes: true,
        testMail: false,
        testNotice: false,
        testRun: false,
      },
    ]);
  });

  it('is nothing for another environment', () => {
    expect(() => asksOf({ ...start, environment: 'staging' }, production, { execution })).toThrow(
      'environment: "staging" is not handled here; allowed: production',
    );
  });

  it('is one share of mails, and none unless it is asked', () => {
    const mails = (testMail: boolean) =>
      asksOf({ ...start, testMail }, many, { execution, mayMail: true }).map((one) => one.testMail);
    expect(mails(true)).toEqual([true, false, false]);
    expect(mails(false)).toEqual([false, false, false]);
  });

  it.each([
    [true, true, { testMail: true }],
    [true, false, { testMail: false, mailedBefore: true }],
    [false, false, { testMail: false }],
    [true, undefined, { testMail: false }],
  ] as const)('are mails: asked %s, allowed %s', (testMail, mayMail, expected) => {
    const [ask] = asksOf({ ...start, testMail }, production, {
      execution,
      ...(mayMail === undefined ? {} : { mayMail }),
    });
    expect(ask).toMatchObject(expected);
    expect(ask?.mailedBefore).toBe('mailedBefore' in expected ? true : undefined);
  });
});

describe('the test mails of a deployment', () => {
  const at = new Date(now);
  const store = () => memoryRecordStore({ now: () => at });
  it('belong to the execution that asks first, also when it asks twice', async () => {
    const records = store();
    expect(await claimMails(records, '7', 'a', at)).toBe(true);
    expect(await claimMails(records, '7', 'a', at)).toBe(true);
    expect(await claimMails(records, '7', 'b', at)).toBe(false);
    expect(await claimMails(records, '8', 'b', at)).toBe(true);
  });

  it('are given back by the one that has them, and by no other', async () => {
    const records = store();
    await claimMails(records, '7', 'a', at);
    await releaseMails(records, '7', 'b', at);
    expect(await claimMails(records, '7', 'b', at)).toBe(false);
    await releaseMails(records, '7', 'a', at);
    expect(await claimMails(records, '7', 'b', at)).toBe(true);
  });
});

describe('the end', () => {
  const about = { environment: 'production', execution, at: now };
  const ok: PreflightRow = { by: 'assess', check: 'ecs:ListTasks', services: ['a'], result: 'ok' };
  const left: PreflightRow = {
    by: 'rollback',
    check: 'iam:PassRole',
    result: 'not-tried',
    why: 'would-deploy',
  };
  const refused: PreflightRow = {
    by: 'scale-out',
    check: 'ecs:UpdateService',
    services: ['a'],
    result: 'missing',
    right: 'ecs:UpdateService',
  };

  it('is ready where nothing is missing, failed or different', () => {
    expect(reportOf([{ rows: [ok, left] }], about)).toEqual({
      ...about,
      ready: true,
      rows: [ok, left],
      summary: '1 ok, 1 not tried',
    });
    for (const result of ['missing', 'failed', 'differs'] as const)
      expect(reportOf([{ rows: [{ ...ok, result }] }], about).ready).toBe(false);
  });

  it('has the faults of all shares first, and one row for equal ones', () => {
    const { rows, summary } = reportOf(
      [
        { rows: [ok, refused] },
        {
          rows: [
            { ...refused, services: ['b'] },
            { ...ok, services: ['b'] },
          ],
        },
      ],
      about,
    );
    expect(rows).toEqual([
      { ...refused, services: ['a', 'b'] },
      { ...ok, services: ['a', 'b'] },
    ]);
    expect(summary).toBe(
      '1 ok, 1 right missing, 0 not tried; scale-out: ecs:UpdateService (a, b): Missing: ecs:UpdateService',
    );
  });

  it('says of a function that failed which it was, and of the token whose', () => {
    const failure = { Error: 'Lambda.Unknown', Cause: 'x'.repeat(300) };
    expect(failedRows({ scale_out: failure, token: { ...failure, Error: 'States.Timeout' } })).toMatchObject([
      {
        by: 'scale-out',
        check: 'function',
        result: 'failed',
        unknown: { error: 'Lambda.Unknown', message: 'x'.repeat(200) },
      },
      { by: 'approval', check: 'token', result: 'failed', unknown: { error: 'States.Timeout' } },
    ]);
    expect(failedRows(undefined)).toEqual([]);
  });

  it('is short where there are several shares: a row for each function that is well', () => {
    expect(shortened([ok, { ...ok, check: 'ecs:DescribeTasks', services: ['b'] }, left, refused])).toEqual([
      { by: 'assess', check: 'function', services: ['a', 'b'], result: 'ok' },
      left,
      refused,
    ]);
  });
});
