import { describe, expect, it } from '@jest/globals';
import { errorNamed, types, withEngine } from './harness.ts';

const oneTask = `
retries:
  throttled: &throttled
    ErrorEquals: [ThrottlingException]
    IntervalSeconds: 2
    MaxAttempts: 3
    BackoffRate: 2
definition:
  StartAt: Scale out
  States:
    Scale out:
      Type: Task
      Resource: !GetAtt scale-out.Arn
      TimeoutSeconds: 30
      ResultPath: $.change
      Retry: [*throttled]
      Catch:
        - ErrorEquals: [HoldError]
          ResultPath: $.error
          Next: Hold
      Next: Done
    Hold:
      Type: Fail
      ErrorPath: $.error.Error
      CausePath: $.error.Cause
    Done:
      Type: Succeed
`;
const lambda = 'arn:aws:lambda:ap-southeast-1:123456789012:function:emergency-scaling-scale-out';

describe('a task that succeeds', () => {
  it('runs the function once and keeps the history of Step Functions', async () => {
    const seen: unknown[] = [];
    const scaleOut = async (event: unknown, context: unknown) => {
      seen.push(event, context);
      return { desired: 5 };
    };
    await withEngine({ 'scale.yml': oneTask }, { 'scale-out': scaleOut }, async ({ engine, finish }) => {
      const run = await finish(engine.startExecution({ machine: 'scale', name: 'run-1', input: { a: 1 } }));
      expect(run).toMatchObject({ status: 'SUCCEEDED', output: { a: 1, change: { desired: 5 } } });
      expect(run.stateTransitions).toBe(2);
      expect(seen).toEqual([
        { a: 1 },
        expect.objectContaining({ functionName: 'emergency-scaling-scale-out', executionArn: run.arn }),
      ]);
      const truncated = { truncated: false };
      expect(engine.history(run.arn).map(({ timestamp: _, ...event }) => event)).toEqual([
        {
          id: 1,
          previousEventId: 0,
          type: 'ExecutionStarted',
          executionStartedEventDetails: {
            input: '{"a":1}',
            inputDetails: truncated,
            roleArn: 'arn:aws:iam::123456789012:role/emergency-scaling-scale-states',
          },
        },
        {
          id: 2,
          previousEventId: 0,
          type: 'TaskStateEntered',
          stateEnteredEventDetails: { name: 'Scale out', input: '{"a":1}', inputDetails: truncated },
        },
        {
          id: 3,
          previousEventId: 2,
          type: 'LambdaFunctionScheduled',
          lambdaFunctionScheduledEventDetails: {
            input: '{"a":1}',
            inputDetails: truncated,
            resource: lambda,
            timeoutInSeconds: 30,
          },
        },
        { id: 4, previousEventId: 3, type: 'LambdaFunctionStarted' },
        {
          id: 5,
          previousEventId: 4,
          type: 'LambdaFunctionSucceeded',
          lambdaFunctionSucceededEventDetails: { output: '{"desired":5}', outputDetails: truncated },
        },
        {
          id: 6,
          previousEventId: 5,
          type: 'TaskStateExited',
          stateExitedEventDetails: {
            name: 'Scale out',
            output: '{"a":1,"change":{"desired":5}}',
            outputDetails: truncated,
          },
        },
        expect.objectContaining({ id: 7, previousEventId: 6, type: 'SucceedStateEntered' }),
        expect.objectContaining({ id: 8, previousEventId: 7, type: 'SucceedStateExited' }),
        {
          id: 9,
          previousEventId: 8,
          type: 'ExecutionSucceeded',
          executionSucceededEventDetails: {
            output: '{"a":1,"change":{"desired":5}}',
            outputDetails: truncated,
          },
        },
      ]);
    });
  });

  it('shares no object with the function or the caller', async () => {
    const input = { list: [1] };
    let kept: { list: number[] } = { list: [] };
    const scaleOut = async () => {
      kept = { list: [2] };
      return kept;
    };
    await withEngine({ 'scale.yml': oneTask }, { 'scale-out': scaleOut }, async ({ engine, finish }) => {
      const run = engine.startExecution({ machine: 'scale', input });
      input.list.push(99);
      await finish(run);
      kept.list.push(99);
      expect(run.output).toEqual({ list: [1], change: { list: [2] } });
    });
  });
});

describe('a task that fails', () => {
  it('throttled three times, then scaled once: each retry is scheduled anew and counts as a transition', async () => {
    let calls = 0;
    const scaleOut = async () => {
      calls += 1;
      if (calls < 4) throw errorNamed('ThrottlingException', 'Rate exceeded');
      return 'ok';
    };
    await withEngine(
      { 'scale.yml': oneTask },
      { 'scale-out': scaleOut },
      async ({ engine, finish, elapsed }) => {
        const run = await finish(engine.startExecution({ machine: 'scale', input: {} }));
        expect(run.status).toBe('SUCCEEDED');
        expect(elapsed()).toBe(2 + 4 + 8);
        expect(run.stateTransitions).toBe(2 + 3);
        const attempt = ['LambdaFunctionScheduled', 'LambdaFunctionStarted'];
        const failed = [...attempt, 'LambdaFunctionFailed'];
        expect(types(run).slice(1, -4)).toEqual([
          'TaskStateEntered',
          ...failed,
          ...failed,
          ...failed,
          ...attempt,
          'LambdaFunctionSucceeded',
        ]);
        expect(run.history[4]?.lambdaFunctionFailedEventDetails).toEqual({
          error: 'ThrottlingException',
          cause: '{"errorType":"ThrottlingException","errorMessage":"Rate exceeded","trace":[]}',
        });
      },
    );
  });

  it('goes to the catcher with error and cause, leaves the state, and fails with them', async () => {
    const scaleOut = async () => {
      throw errorNamed('HoldError', 'a person changed desired');
    };
    await withEngine({ 'scale.yml': oneTask }, { 'scale-out': scaleOut }, async ({ engine, finish }) => {
      const run = await finish(engine.startExecution({ machine: 'scale', input: {} }));
      expect(run).toMatchObject({ status: 'FAILED', error: 'HoldError' });
      expect(JSON.parse(run.cause ?? '')).toMatchObject({ errorMessage: 'a person changed desired' });
      expect(types(run).slice(-4)).toEqual([
        'LambdaFunctionFailed',
        'TaskStateExited',
        'FailStateEntered',
        'ExecutionFailed',
      ]);
    });
  });

  it('ends the execution when nothing takes the error', async () => {
    const scaleOut = async () => {
      throw 'a string';
    };
    await withEngine({ 'scale.yml': oneTask }, { 'scale-out': scaleOut }, async ({ engine, finish }) => {
      const run = await finish(engine.startExecution({ machine: 'scale', input: {} }));
      expect(run).toMatchObject({ status: 'FAILED', error: 'string' });
      expect(types(run).slice(-2)).toEqual(['LambdaFunctionFailed', 'ExecutionFailed']);
    });
  });

  it('times out in virtual time; the late answer changes nothing', async () => {
    const scaleOut = () => new Promise((resolve) => setTimeout(() => resolve('late'), 60_000));
    await withEngine(
      { 'scale.yml': oneTask },
      { 'scale-out': scaleOut },
      async ({ engine, finish, elapsed, advance }) => {
        const run = await finish(engine.startExecution({ machine: 'scale', input: {} }));
        expect(elapsed()).toBe(30);
        expect(run).toMatchObject({ status: 'FAILED', error: 'States.Timeout' });
        expect(run.cause).toBeUndefined();
        expect(types(run).slice(-2)).toEqual(['LambdaFunctionTimedOut', 'ExecutionFailed']);
        const events = run.history.length;
        await advance(60_000);
        expect(run.history).toHaveLength(events);
      },
    );
  });
});

describe('the same seed', () => {
  it('gives the same history, ids and delays', async () => {
    const jitter = oneTask.replace('BackoffRate: 2', 'JitterStrategy: FULL');
    const record = async (): Promise<string> => {
      let text = '';
      let calls = 0;
      const scaleOut = async () => {
        calls += 1;
        if (calls < 3) throw errorNamed('ThrottlingException');
        return calls;
      };
      await withEngine({ 'scale.yml': jitter }, { 'scale-out': scaleOut }, async ({ engine, finish }) => {
        text = JSON.stringify(await finish(engine.startExecution({ machine: 'scale', input: {} })));
      });
      return text;
    };
    expect(await record()).toBe(await record());
  });
});
