import { describe, expect, it } from '@jest/globals';
import { errorNamed, types, withEngine } from '../harness.ts';

const machine = (text: string) => ({ 'm.yml': `definition:\n${text.replace(/^/gm, '  ')}` });

describe('a Choice', () => {
  const choose = (rules: string) =>
    machine(`
StartAt: Enough?
States:
  Enough?:
    Type: Choice
    Choices:
${rules.replace(/^/gm, '      ')}
    Default: No
  Yes: { Type: Pass, Result: yes, End: true }
  No: { Type: Pass, Result: no, End: true }
`);
  it.each([
    ['a number', '- { Variable: $.n, NumericGreaterThan: 3, Next: Yes }', { n: 4 }, 'yes'],
    ['a number too low', '- { Variable: $.n, NumericGreaterThan: 3, Next: Yes }', { n: 3 }, 'no'],
    ['text is no number', '- { Variable: $.n, NumericGreaterThan: 3, Next: Yes }', { n: '4' }, 'no'],
    ['present', '- { Variable: $.n, IsPresent: true, Next: Yes }', { n: 0 }, 'yes'],
    ['absent', '- { Variable: $.n, IsPresent: false, Next: Yes }', {}, 'yes'],
    ['not absent', '- { Variable: $.n, IsPresent: false, Next: Yes }', { n: 1 }, 'no'],
    ['not null', '- { Variable: $.n, IsNull: false, Next: Yes }', { n: 1 }, 'yes'],
    ['null', '- { Variable: $.n, IsNull: true, Next: Yes }', { n: null }, 'yes'],
    [
      'and',
      '- { And: [{ Variable: $.n, IsPresent: true }, { Variable: $.n, BooleanEquals: false }], Next: Yes }',
      { n: false },
      'yes',
    ],
    ['not', '- { Not: { Variable: $.n, StringEquals: none }, Next: Yes }', { n: 'scale-out' }, 'yes'],
    ['the execution', '- { Variable: $$.Execution.Input.n, StringEquals: x, Next: Yes }', { n: 'x' }, 'yes'],
  ])('%s', async (_case, rules, input, expected) => {
    await withEngine(choose(rules), {}, async ({ engine, finish, faults }) => {
      const run = await finish(engine.startExecution({ machine: 'm', input }));
      expect(faults).toEqual([]);
      expect(run.output).toBe(expected);
      expect(types(run).slice(1, 3)).toEqual(['ChoiceStateEntered', 'ChoiceStateExited']);
    });
  });

  it('a missing variable is a run-time error that says where', async () => {
    const rules = '- { Variable: $.n, NumericEquals: 3, Next: Yes }';
    await withEngine(choose(rules), {}, async ({ engine, finish }) => {
      const run = await finish(engine.startExecution({ machine: 'm', input: {} }));
      expect(run).toMatchObject({ status: 'FAILED', error: 'States.Runtime' });
      expect(run.cause).toMatch(
        /^An error occurred while executing the state 'Enough\?' \(entered at the event id #2\)/,
      );
    });
  });
});

describe('Wait, Pass and intrinsic functions', () => {
  it('waits the seconds found in the input and shapes data', async () => {
    const text = machine(`
StartAt: Cool down
States:
  Cool down: { Type: Wait, SecondsPath: $.policy.cooldown, Next: Until }
  Until: { Type: Wait, TimestampPath: $.until, Next: Shape }
  Shape:
    Type: Pass
    Parameters: { 'text.$': "States.Format('{} of {}', $.policy.cooldown, $$.Execution.Name)", fixed: false }
    ResultPath: $.shaped
    Next: Done
  Done: { Type: Succeed, OutputPath: $.shaped }
`);
    await withEngine(text, {}, async ({ engine, finish, elapsed }) => {
      const input = { policy: { cooldown: 300 }, until: '2026-10-02T18:04:40Z' };
      const run = await finish(engine.startExecution({ machine: 'm', name: 'run', input }));
      expect(run.output).toEqual({ text: '300 of run', fixed: false });
      expect(elapsed()).toBe(3600);
    });
  });

  it('keeps false and zero as a result, and ResultPath $ replaces everything', async () => {
    const text = machine(`
StartAt: A
States:
  A: { Type: Pass, Result: false, ResultPath: $.a, Next: B }
  B: { Type: Pass, Result: 0, ResultPath: $.b, Next: C }
  C: { Type: Pass, Parameters: { 'a.$': $.a, 'b.$': $.b }, ResultPath: $, Next: D }
  D: { Type: Pass, Result: gone, ResultPath: null, End: true }
`);
    await withEngine(text, {}, async ({ engine, finish }) => {
      const run = await finish(engine.startExecution({ machine: 'm', input: { x: 1 } }));
      expect(run.output).toEqual({ a: false, b: 0 });
    });
  });

  it('an intrinsic function over bad data is a failure of the run, not of the sandbox', async () => {
    const text = machine(`
StartAt: A
States:
  A: { Type: Pass, Parameters: { 'a.$': States.StringToJson($.text) }, End: true }
`);
    await withEngine(text, {}, async ({ engine, finish, faults }) => {
      const run = await finish(engine.startExecution({ machine: 'm', input: { text: '{' } }));
      expect(run).toMatchObject({ status: 'FAILED', error: 'States.IntrinsicFailure' });
      expect(faults).toEqual([]);
    });
  });
});

describe('Parallel and Map', () => {
  const parallel = machine(`
StartAt: Both
States:
  Both:
    Type: Parallel
    Branches:
      - { StartAt: Slow, States: { Slow: { Type: Wait, Seconds: 60, End: true } } }
      - { StartAt: Check, States: { Check: { Type: Task, Resource: !GetAtt assess.Arn, TimeoutSeconds: 5, End: true } } }
    ResultPath: $.both
    Catch: [{ ErrorEquals: [States.ALL], ResultPath: $.error, Next: Done }]
    Next: Done
  Done: { Type: Succeed }
`);

  it('runs branches at once and lists their outputs', async () => {
    await withEngine(parallel, { assess: async () => 'ok' }, async ({ engine, finish, elapsed }) => {
      const run = await finish(engine.startExecution({ machine: 'm', input: { x: 1 } }));
      expect(run.output).toEqual({ x: 1, both: [{ x: 1 }, 'ok'] });
      expect(elapsed()).toBe(60);
      const checkEntered = run.history.find((event) => event.stateEnteredEventDetails?.name === 'Check');
      expect(checkEntered?.previousEventId).toBe(3);
    });
  });

  it('a failed branch stops the other and can be caught', async () => {
    const assess = async () => {
      throw errorNamed('Broken');
    };
    await withEngine(parallel, { assess }, async ({ engine, finish, elapsed }) => {
      const run = await finish(engine.startExecution({ machine: 'm', input: {} }));
      expect(elapsed()).toBe(0);
      expect(run).toMatchObject({ status: 'SUCCEEDED', output: { error: { Error: 'Broken' } } });
      expect(types(run)).toEqual(
        expect.arrayContaining(['LambdaFunctionFailed', 'WaitStateAborted', 'ParallelStateFailed']),
      );
      expect(types(run).slice(-4, -3)).toEqual(['ParallelStateExited']);
    });
  });

  it('maps items in order, a few at a time', async () => {
    let most = 0;
    let running = 0;
    const assess = async (event: unknown) => {
      running += 1;
      most = Math.max(most, running);
      await new Promise((resolve) => setTimeout(resolve, 1000));
      running -= 1;
      return event;
    };
    const map = machine(`
StartAt: Each
States:
  Each:
    Type: Map
    ItemsPath: $.names
    MaxConcurrency: 2
    ItemSelector: { 'name.$': $$.Map.Item.Value, 'index.$': $$.Map.Item.Index, 'x.$': $.x }
    ItemProcessor:
      StartAt: Check
      States: { Check: { Type: Task, Resource: !GetAtt assess.Arn, TimeoutSeconds: 5, End: true } }
    End: true
`);
    await withEngine(map, { assess }, async ({ engine, finish, elapsed }) => {
      const run = await finish(
        engine.startExecution({ machine: 'm', input: { names: ['a', 'b', 'c'], x: 9 } }),
      );
      expect(run.output).toEqual(['a', 'b', 'c'].map((name, index) => ({ name, index, x: 9 })));
      expect([most, elapsed()]).toEqual([2, 2]);
      expect(types(run).filter((type) => type === 'MapIterationSucceeded')).toHaveLength(3);
    });
  });
});
