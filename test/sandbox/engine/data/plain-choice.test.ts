import { describe, expect, it } from '@jest/globals';
import { choosePlainly } from '../../../../sandbox/engine/data/plain-choice.ts';
import type { ChoiceState } from '../../../../sandbox/engine/definition/asl.ts';

const input = { plan: { action: 'hold', round: 2 }, request: { dryRun: true } };
const context = { Execution: { Id: 'arn:1' } };
const choose = (rule: object, Default: string | undefined = 'Otherwise') => {
  const state: ChoiceState = { Type: 'Choice', Choices: [{ ...rule, Next: 'There' }], Default };
  return choosePlainly(state, input, context);
};
const action = { Variable: '$.plan.action' };
const dryRun = { Variable: '$.request.dryRun', BooleanEquals: true };

describe('a choice of plain rules', () => {
  it.each([
    ['an equal text', { ...action, StringEquals: 'hold' }, 'There'],
    ['another text', { ...action, StringEquals: 'wait' }, 'Otherwise'],
    ['a number where a text is wanted', { Variable: '$.plan.round', StringEquals: '2' }, 'Otherwise'],
    ['an equal truth value', dryRun, 'There'],
    ['the other one', { ...dryRun, BooleanEquals: false }, 'Otherwise'],
    ['something that is there', { ...action, IsPresent: true }, 'There'],
    ['something that is not', { Variable: '$.plan.hash', IsPresent: true }, 'Otherwise'],
    ['the context', { Variable: '$$.Execution.Id', StringEquals: 'arn:1' }, 'There'],
    ['both of two', { And: [dryRun, { ...action, StringEquals: 'hold' }] }, 'There'],
    ['one of both', { And: [dryRun, { ...action, StringEquals: 'wait' }] }, 'Otherwise'],
  ])('%s', (_case, rule, next) => {
    expect(choose(rule)).toBe(next);
  });

  it.each([
    ['an operator that is rare', { Variable: '$.plan.round', NumericGreaterThanEquals: 2 }],
    ['one of a pair that is rare', { And: [dryRun, { Variable: '$.plan.round', IsNumeric: true }] }],
    ['that nothing is there', { ...action, IsPresent: false }],
    ['a reference that leads nowhere', { Variable: '$.plan.hash', StringEquals: 'x' }],
    ['a reference that is not plain', { Variable: '$.plan.*', IsPresent: true }],
    ['two operators', { ...action, StringEquals: 'hold', IsPresent: true }],
  ])('%s is left to the interpreter', (_case, rule) => {
    expect(choose(rule)).toBeUndefined();
  });

  it('without a match and a default is left to the interpreter, which words the failure', () => {
    const state: ChoiceState = {
      Type: 'Choice',
      Choices: [{ ...dryRun, BooleanEquals: false, Next: 'There' }],
    };
    expect(choosePlainly(state, input, context)).toBeUndefined();
  });
});
