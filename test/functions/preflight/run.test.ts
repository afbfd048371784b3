import { describe, expect, it } from '@jest/globals';
import { preflight } from '../../../functions/preflight.ts';
import { parse } from '../../../shared/core/schema.ts';
import type { PreflightAsk, PreflightRow } from '../../../shared/document/preflight.ts';
import { memoryRecordStore } from '../../../shared/store/memory.ts';
import type { RecordStore } from '../../../shared/store/record-store.ts';
import { ask } from '../../shared/preflight/support.ts';
import { arn, configWith, now, production } from '../../support/builders.ts';
import { late } from '../../support/late-store.ts';

import { context as harness, listening } from '../harness.ts';

const execution = arn('preflight', 'run-1');
const other = arn('preflight', 'run-2');
const memory = () => memoryRecordStore({ now: () => new Date(now) });
const refusing: RecordStore = {
  read: () => Promise.reject(new Error('no table')),
  write: () => Promise.reject(new Error('no table')),
};

/** What the function answers, and what it logs. */
async function answered(input: unknown, store: RecordStore, config = production) {
  const { log, lines } = listening();
  const none = undefined as never;
  const tools = { cloudwatch: none, mail: none, functions: none, version: { name: '7' } };
  const said = await preflight.run(parse(preflight.input, input), {
    ...harness(late(store), { config }),
    ...tools,
    log,
  });
  return { said, lines };
}

describe('the begin of a preflight', () => {
  const begun = async (asked: object, store = memory(), by = execution) =>
    (await answered({ begin: { environment: 'production', ...asked }, execution: by }, store)).said;
  const share = (part: Partial<PreflightAsk> = {}) => ({
    shares: [{ ask: { ...ask, execution, ...part } }],
  });

  it('asks for every call of every service, and for nothing that anybody would notice', async () => {
    const store = memory();
    expect(await begun({}, store)).toEqual(share());
    expect(await store.read('preflight/mails/7')).toBeUndefined();
  });

  it('asks for test mails once for each deployment', async () => {
    const store = memory();
    expect(await begun({ testMail: true }, store)).toEqual(share({ testMail: true }));
    expect(await begun({ testMail: true }, store)).toEqual(share({ testMail: true }));
    expect(await begun({ testMail: true }, store, other)).toEqual(
      share({ execution: other, mailedBefore: true }),
    );
  });

  it('mails nobody where the table does not say whether they were mailed', async () => {
    expect(await begun({ testMail: true }, refusing)).toEqual(share());
  });

  it('claims no mail for an input that is refused', async () => {
    const store = memory();
    await expect(begun({ testMail: true, service: 'checkout' }, store)).rejects.toMatchObject({
      name: 'InvalidInputError',
    });
    expect(await store.read('preflight/mails/7')).toBeUndefined();
  });

  it('asks in shares of ten services', async () => {
    const many = configWith((config, service) => {
      config.services = Object.fromEntries(Array.from({ length: 12 }, (_, i) => [`s${i}`, service]));
    });
    const { said } = await answered({ begin: { environment: 'production' }, execution }, memory(), many);
    expect(said).toMatchObject({
      shares: [
        { ask: { services: { length: 10 }, once: true, short: true } },
        { ask: { services: ['s10', 's11'], once: false, short: true } },
      ],
    });
  });
});

describe('the table of a preflight', () => {
  const mail = (result: PreflightRow['result']): PreflightRow => ({
    by: 'request-approval',
    check: 'ses:SendEmail',
    on: 'Infrastructure',
    result,
  });
  const count: PreflightRow = { by: 'scale-out', check: 'ecs:UpdateService', result: 'ok' };
  const table = async (collected: object, part: Partial<PreflightAsk> = {}, store = memory()) =>
    answered({ ask: { ...ask, execution, ...part }, collected }, store);

  it('holds every row, what failed, and the token where it came back', async () => {
    const { said } = await table({
      tried: { scale_out: { rows: [count] }, notify: { rows: [] } },
      failed: { put_policy: { Error: 'States.Timeout', Cause: 'late' } },
      token: { answered: true },
    });
    expect(said).toEqual({
      rows: [
        count,
        expect.objectContaining({ by: 'put-policy', check: 'function', result: 'failed' }),
        { by: 'approval', check: 'token', result: 'ok' },
      ],
    });
  });

  it('has no row of a token that did not come back', async () => {
    expect((await table({ tried: { scale_out: { rows: [count] } } })).said).toEqual({ rows: [count] });
  });

  it('is short where it is one of several', async () => {
    const { said } = await table({ tried: { scale_out: { rows: [count] } } }, { short: true });
    expect(said).toEqual({ rows: [{ by: 'scale-out', check: 'function', result: 'ok' }] });
  });

  const claimed = async () => {
    const store = memory();
    const begin = { environment: 'production', testMail: true };
    await answered({ begin, execution }, store);
    return store;
  };
  const holder = async (store: RecordStore) => Object((await store.read('preflight/mails/7'))?.body);
  it.each([
    ['one mail was sent', true, [mail('failed'), mail('ok')], execution],
    ['none was sent', true, [mail('failed'), mail('missing'), count], undefined],
    ['none was tried', true, [count], undefined],
    ['none was asked for', false, [count], execution],
  ])('keeps the claim of the mails, or gives it back, where %s', async (_, testMail, rows, by) => {
    const store = await claimed();
    const { lines } = await table({ tried: { request_approval: { rows } } }, { testMail }, store);
    expect((await holder(store)).execution).toBe(by);
    expect(lines).toEqual([]);
  });

  it('is made also where the claim cannot be given back', async () => {
    const { said, lines } = await table(
      { tried: { scale_out: { rows: [count] } } },
      { testMail: true },
      refusing as ReturnType<typeof memory>,
    );
    expect(said).toEqual({ rows: [count] });
    expect(lines).toEqual([['warn', 'test mails stay claimed', { error: 'Error: no table' }]]);
  });
});

it('the end of a preflight is a report of all tables', async () => {
  const rows: PreflightRow[] = [{ by: 'scale-out', check: 'ecs:UpdateService', result: 'ok' }];
  const { said, lines } = await answered({ tables: [{ rows }], execution }, memory());
  expect(said).toEqual({
    environment: 'production',
    execution,
    at: now,
    ready: true,
    rows,
    summary: expect.any(String),
  });
  expect(lines).toEqual([['info', 'preflight ended', { ready: true, summary: Object(said).summary }]]);
});
