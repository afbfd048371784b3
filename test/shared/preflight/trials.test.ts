import { describe, expect, it } from '@jest/globals';
import { ThrottledError } from '../../../shared/core/errors.ts';
import type { PreflightRow } from '../../../shared/document/preflight.ts';
import { timer } from '../../../shared/lambda/step.ts';
import {
  forEach,
  given,
  mergedRows,
  notTried,
  once,
  type Trial,
  tried,
  unlessMissing,
} from '../../../shared/preflight/trials.ts';
import { quietLog } from '../../functions/harness.ts';
import { configWith } from '../../support/builders.ts';
import { ask } from './support.ts';

const error = (name: string, message = '') => Object.assign(new Error(message), { name });
const trial = (attempt: Trial['try'], part: Partial<Trial> = {}): Trial => ({
  check: 'ecs:ListTasks',
  try: attempt,
  ...part,
});
const never = () => new Promise<undefined>(() => {});
const tools = { after: timer, log: quietLog };
const rowOf = async (one: Trial) => (await tried('assess', [one], tools)).rows[0];

describe('a trial', () => {
  it.each<[string, Trial['try'], Partial<PreflightRow>]>([
    ['that is answered is ok', async () => undefined, { result: 'ok' }],
    [
      'that is not made says why',
      async () => ({ notTried: 'unread' }),
      { result: 'not-tried', why: 'unread' },
    ],
    [
      'that finds a difference says both',
      async () => ({ configured: 'a', found: 'b' }),
      { result: 'differs', configured: 'a', found: 'b' },
    ],
    [
      'that is refused names the right',
      () => Promise.reject(error('AccessDeniedException')),
      { result: 'missing', right: 'ecs:ListTasks' },
    ],
    [
      'that finds nothing says so',
      () => Promise.reject(error('ParameterNotFound')),
      {
        result: 'failed',
        unknown: { cause: 'missing', error: 'ParameterNotFound', message: '', text: 'not found' },
      },
    ],
    [
      'that is late says so',
      () => Promise.reject(error('TimeoutError')),
      { result: 'failed', unknown: { cause: 'late', text: 'no answer in time' } },
    ],
    [
      'that fails in another way says how',
      async () => ({ unknown: { cause: 'http-status', status: 401 } }),
      { result: 'failed', unknown: { cause: 'http-status', status: 401, text: 'HTTP status 401' } },
    ],
  ])('%s', async (_, attempt, row) => {
    expect(await rowOf(trial(attempt))).toEqual({ by: 'assess', check: 'ecs:ListTasks', ...row });
  });

  it.each([error('ThrottlingException'), new ThrottledError('again')])(
    'that is throttled (%s) is no row: all is asked again later',
    async (thrown) => {
      await expect(rowOf(trial(() => Promise.reject(thrown)))).rejects.toMatchObject({
        name: 'ThrottledError',
      });
    },
  );

  it('that does not come back is late, and what follows as well', async () => {
    const instantly = { ...tools, after: () => ({ passed: Promise.resolve(), cancel: () => {} }) };
    const { rows } = await tried('assess', [trial(never), trial(never, { on: 'x' })], instantly);
    expect(rows.map(({ unknown }) => unknown)).toEqual([
      { cause: 'late', seconds: 40, text: 'no answer within 40 s' },
      { cause: 'late', seconds: 40, text: 'no answer within 40 s' },
    ]);
  });

  it('is made for each service that is asked for and configured', async () => {
    const config = configWith((draft, service) => {
      draft.services.other = { ...service, service: 'other' };
    });
    const asked = { ...ask, services: ['buywhere-api', 'other', 'gone'] };
    const trials = forEach(asked, config, ({ service }) => [
      trial(async () => (service === 'other' ? { notTried: 'no-target' } : undefined)),
      notTried('iam:PassRole', 'would-deploy'),
    ]);
    expect((await tried('rollback', trials, tools)).rows).toEqual([
      { by: 'rollback', check: 'ecs:ListTasks', services: ['buywhere-api'], result: 'ok' },
      {
        by: 'rollback',
        check: 'iam:PassRole',
        services: ['buywhere-api', 'other'],
        result: 'not-tried',
        why: 'would-deploy',
      },
      { by: 'rollback', check: 'ecs:ListTasks', services: ['other'], result: 'not-tried', why: 'no-target' },
    ]);
  });
});

describe('a reading that several trials need', () => {
  it('is made once', async () => {
    let reads = 0;
    const read = once(async () => {
      reads += 1;
      return reads;
    });
    expect([await read(), await read()]).toEqual([1, 1]);
  });

  it('leaves them untried where it fails, and says why it was throttled', async () => {
    const use = async () => undefined;
    expect(await given(() => Promise.reject(error('AccessDenied')), use)).toEqual({ notTried: 'unread' });
    await expect(given(() => Promise.reject(error('ThrottlingException')), use)).rejects.toThrow();
  });

  it('does not hide what they throw themselves', async () => {
    const use = () => Promise.reject(error('AccessDenied'));
    await expect(given(async () => 1, use)).rejects.toMatchObject({ name: 'AccessDenied' });
  });
});

describe('a call about something that does not exist', () => {
  it('is allowed where AWS says just that', async () => {
    expect(await unlessMissing(Promise.reject(error('InvalidToken')), 'InvalidToken')).toBeUndefined();
    await expect(unlessMissing(Promise.reject(error('AccessDenied')), 'InvalidToken')).rejects.toThrow();
  });
});

it('makes one row of those that differ in their services alone', () => {
  const row = { by: 'assess', check: 'service', result: 'ok' } as const;
  expect(
    mergedRows([row, { ...row, services: ['a'] }, { ...row, services: ['b', 'a'] }, { ...row, on: 'x' }]),
  ).toEqual([
    { ...row, services: ['a', 'b'] },
    { ...row, on: 'x' },
  ]);
});
