import { describe, expect, it } from '@jest/globals';
import { parseDefinitions } from '../../../../sandbox/engine/definition/definitions.ts';
import { lint } from '../../../../sandbox/engine/lint/lint.ts';
import type { LintOptions } from '../../../../sandbox/engine/lint/problem.ts';

const good = `
retries:
  - &lambda { ErrorEquals: [Lambda.ServiceException], MaxAttempts: 6, JitterStrategy: FULL, MaxDelaySeconds: 20 }
definition:
  StartAt: Assess
  States:
    Assess:
      Comment: Step 1
      Type: Task
      Resource: !GetAtt assess.Arn
      TimeoutSeconds: 30
      Retry: [*lambda]
      Catch: [{ ErrorEquals: [HoldError], Next: Held, ResultPath: $.error }, { ErrorEquals: [States.ALL], Next: Held }]
      Next: Ask
    Ask:
      Comment: Scale-In Procedure
      Type: Task
      Resource: arn:aws:states:::lambda:invoke.waitForTaskToken
      Parameters: { FunctionName: !GetAtt request-approval.Arn, Payload: { 'taskToken.$': $$.Task.Token } }
      TimeoutSecondsPath: $.approvalSeconds
      Retry: [*lambda]
      Catch: [{ ErrorEquals: [States.ALL], Next: Held }]
      Next: Approved?
    Approved?:
      Comment: Decision
      Type: Choice
      Choices: [{ Variable: $.approved, BooleanEquals: true, Next: Done }]
      Default: Held
    Done: { Comment: End, Type: Succeed }
    Held: { Comment: End, Type: Fail, Error: Held }
`;
const options: LintOptions = { errorNames: ['HoldError'] };

function problems(text: string, more: Partial<LintOptions> = {}): string[] {
  const machine = parseDefinitions({ 'm.yml': text }).find('m');
  if (machine === undefined) throw new Error('no machine');
  return lint(machine, { ...options, ...more }).map(({ file, state, rule }) => `${file}/${state}: ${rule}`);
}

describe('the lint of definitions', () => {
  it('finds nothing in a good one', () => {
    expect(problems(good)).toEqual([]);
  });

  it.each([
    ['a task without time-out', '      TimeoutSeconds: 30\n', '', ['m.yml/Assess: timeout']],
    ['a task without Retry', '      Retry: [*lambda]\n', '', ['m.yml/Assess: retry']],
    ['a task without Catch', / {6}Catch: \[{ ErrorEquals: \[States.*\n/, '', ['m.yml/Ask: catch']],
    ['attempts at one moment', ', JitterStrategy: FULL', '', ['m.yml/Assess: backoff', 'm.yml/Ask: backoff']],
    ['endless delays', ', MaxDelaySeconds: 20', '', ['m.yml/Assess: backoff', 'm.yml/Ask: backoff']],
    [
      'an error that nothing catches',
      ', { ErrorEquals: [States.ALL], Next: Held }',
      '',
      ['m.yml/Assess: catch-all'],
    ],
    ['an unused token', '$$.Task.Token', '$.x', ['m.yml/Ask: callback']],
    ['a token nobody waits for', '.waitForTaskToken', '', ['m.yml/Ask: callback']],
    ['a state without Comment', '      Comment: Decision\n', '', ['m.yml/Approved?: comment']],
    ['a Choice without Default', '      Default: Held\n', '', ['m.yml/Approved?: default']],
    ['a Fail without error', ', Error: Held', '', ['m.yml/Held: fail-error']],
    ['an error that nothing throws', '[HoldError]', '[HoldErorr]', ['m.yml/Assess: error-name']],
    [
      'a dead state',
      'Next: Ask\n',
      'Next: Done\n',
      ['m.yml/: asl', 'm.yml/Ask: unreachable', 'm.yml/Approved?: unreachable'],
    ],
    [
      'an early end',
      'Next: Approved?\n',
      'End: true\n',
      ['m.yml/: asl', 'm.yml/Approved?: unreachable', 'm.yml/Done: unreachable', 'm.yml/Ask: ending'],
    ],
    [
      'a transition into nowhere',
      'Default: Held',
      'Default: Hold',
      ['m.yml/: asl', 'm.yml/Approved?: unknown-state'],
    ],
  ])('finds %s', (_case, from, to, expected) => {
    expect(problems(good.replace(from, () => to))).toEqual(expected);
  });

  it('finds an invalid path, as Step Functions would', () => {
    expect(problems(good.replace('$.approved,', () => '"$.approved[",'))).toEqual(['m.yml/: asl']);
  });

  it('looks into branches, where End is the way out', () => {
    const text = `
definition:
  StartAt: Both
  States:
    Both:
      Comment: two at once
      Type: Parallel
      Branches: [{ StartAt: A, States: { A: { Type: Task, Resource: !GetAtt assess.Arn, End: true } } }]
      Next: Done
    Done: { Comment: End, Type: Succeed }
`;
    expect(problems(text)).toEqual(
      ['comment', 'timeout', 'retry', 'catch'].map((rule) => `m.yml/A: ${rule}`),
    );
  });

  it('excuses what is listed', () => {
    const bare = good.replace('      Retry: [*lambda]\n', '').replace(/ {6}Catch: .*HoldError.*\n/, '');
    expect(problems(bare)).toEqual(['m.yml/Assess: retry', 'm.yml/Assess: catch']);
    const excused = { withoutRetry: ['m.yml/Assess'], withoutCatch: ['m.yml/Assess'] };
    expect(problems(bare, excused)).toEqual([]);
  });
});
