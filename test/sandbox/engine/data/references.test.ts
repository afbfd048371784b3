import { describe, expect, it } from '@jest/globals';
import { fill, follow, partsNamedIn, put } from '../../../../sandbox/engine/data/references.ts';

const input = { plan: { action: 'scale-out', desired: { to: 8 } }, request: { dryRun: false } };
const context = { Execution: { Id: 'arn:1' } };

describe('a plain reference', () => {
  it.each([
    ['$', input],
    ['$.plan.desired.to', 8],
    ['$.request.dryRun', false],
    ['$$.Execution.Id', 'arn:1'],
  ])('%s is followed', (path, value) => {
    expect(follow(path, input, context)).toEqual(value);
  });

  it.each([
    ['missing', '$.plan.hash'],
    ['through a text', '$.plan.action.length'],
    ['a member of every object', '$.plan.constructor'],
    ['a wildcard', '$.plan.*'],
    ['an index', '$.plan[0]'],
    ['anywhere below', '$..to'],
    ['the whole context', '$$'],
    ['an intrinsic function', "States.Format('{}', $.plan.action)"],
  ])('%s is left to the interpreter', (_case, path) => {
    expect(follow(path, input, context)).toBeUndefined();
  });
});

describe('a template', () => {
  it('is filled in, however deep', () => {
    expect(fill({ goal: 'calm', inner: { 'to.$': '$.plan.desired.to' } }, input, context)).toEqual({
      goal: 'calm',
      inner: { to: 8 },
    });
  });

  it.each([{ 'x.$': '$.nothing' }, { list: [{ 'x.$': '$.plan' }] }])(
    'with anything else in it is left to the interpreter',
    (template) => {
      expect(fill(template, input, context)).toBeUndefined();
    },
  );
});

describe('a result path', () => {
  it('adds a member, also below one that is missing, and leaves the input as it was', () => {
    expect(put('$.change.bounds', input, 1)).toEqual({ ...input, change: { bounds: 1 } });
    expect(put('$.plan.hash', input, 'x')).toMatchObject({ plan: { action: 'scale-out', hash: 'x' } });
    expect(input.plan).not.toHaveProperty('hash');
  });

  it.each(['$.plan.action.x', '$$.Execution', '$.plan[0]'])('%s is left to the interpreter', (path) => {
    expect(put(path, input, 1)).toBeUndefined();
  });
});

describe('the parts that an expression names', () => {
  it('are all that the interpreter is given', () => {
    expect(partsNamedIn('[{"Variable":"$.plan.action"},{"Variable":"$$.Execution.Id"}]', input)).toEqual({
      plan: input.plan,
    });
  });

  it.each(['$', '$..action', "$['plan']", 'costs 5 $'])('are unknown in %s', (text) => {
    expect(partsNamedIn(text, input)).toBe(input);
  });
});
