import { describe, expect, it } from '@jest/globals';
import { errorInWords, messageOf } from '../../../shared/format/errors.ts';
import { failureReason } from '../../../shared/format/failure.ts';

describe('why a step failed', () => {
  const nobody = 'nobody decided before the approval request expired, or a step took too long';
  it.each([
    [
      'ApprovalRejectedError',
      '{"by":"Bolt","reason":"sale\\ntonight"}',
      'rejected',
      'rejected by Bolt: sale tonight',
    ],
    ['ApprovalRejectedError', 'not JSON', 'run-failed', 'approval rejected: not JSON'],
    ['ApprovalRejectedError', 'null', 'run-failed', 'approval rejected: null'],
    ['States.HeartbeatTimeout', '', 'not-decided', nobody],
    ['States.Timeout', '', 'not-decided', nobody],
    ['GuardError', '{ "errorMessage" : "C:\\\\x \\"y\\" [\\u00e9]" }', 'run-failed', 'guard: C:\\x "y" [é]'],
    [
      'GuardError',
      '{"errorType":"GuardError","errorMessage":"above the ceiling"}',
      'run-failed',
      'guard: above the ceiling',
    ],
    ['GuardError', 'plain\ntext', 'run-failed', 'guard: plain text'],
    ['States.TaskFailed', '{"Error":"Held","Cause":"no deployment"}', 'run-failed', 'held: no deployment'],
  ])('%s %s', (error, Cause, code, text) => {
    expect(failureReason({ Error: error, Cause })).toMatchObject({ code, text });
  });

  it('keeps the numbers that code reads', () => {
    expect(failureReason({ Error: 'GuardError', Cause: 'x' })).toMatchObject({
      error: 'GuardError',
      said: 'x',
    });
    expect(failureReason({ Error: 'x', Cause: '{"by":"Bolt","reason":"no"}' })).toMatchObject({
      by: 'Bolt',
      said: 'no',
    });
  });

  it('stays short', () => {
    expect(messageOf('x'.repeat(5000))).toHaveLength(1000);
  });
});

it.each([
  ['ChangedByPersonError', 'changed by person'],
  ['AccessDeniedException', 'access denied'],
  ['EC2LimitError', 'ec2 limit'],
  ['Held', 'held'],
  ['ErrorRateError', 'error rate'],
  ['States.Runtime', 'States.Runtime'],
])('the error %s is "%s"', (name, words) => {
  expect(errorInWords(name)).toBe(words);
});
