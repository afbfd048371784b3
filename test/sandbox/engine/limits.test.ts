import { describe, expect, it } from '@jest/globals';
import { historyLimit } from '../../../sandbox/engine/history/history.ts';
import { errorNamed, types, withEngine } from './harness.ts';

const task = (more = '') => ({
  'm.yml': `
definition:
  TimeoutSeconds: 900
  StartAt: A
  States:
    A:
      Type: Task
      Resource: !GetAtt assess.Arn
      TimeoutSecondsPath: $.limit
      Retry:
        - { ErrorEquals: [States.TaskFailed], MaxAttempts: 1 }
      Catch:
        - { ErrorEquals: [States.ALL], ResultPath: $.error, Next: Caught }
${more}
      End: true
    Caught: { Type: Pass, Result: caught, End: true }
`,
});
const big = 'x'.repeat(262_144);

describe('payloads', () => {
  it('a result above 256 KiB fails, and only a catcher that names the error takes it', async () => {
    const functions = { assess: async () => big };
    await withEngine(task(), functions, async ({ engine, finish }) => {
      const run = await finish(engine.startExecution({ machine: 'm', input: { limit: 5 } }));
      expect(run).toMatchObject({ status: 'FAILED', error: 'States.DataLimitExceeded' });
      expect(types(run).filter((type) => type === 'LambdaFunctionScheduled')).toHaveLength(1);
    });
    const named = task('        - { ErrorEquals: [States.DataLimitExceeded], Next: Caught }');
    await withEngine(named, functions, async ({ engine, finish }) => {
      expect((await finish(engine.startExecution({ machine: 'm', input: { limit: 5 } }))).output).toBe(
        'caught',
      );
    });
  });

  it('an input above 256 KiB, or one that is no JSON, starts nothing', async () => {
    await withEngine(task(), { assess: async () => 1 }, async ({ engine }) => {
      const refused = expect.objectContaining({ name: 'InvalidExecutionInput', status: 400 });
      expect(() => engine.startExecution({ machine: 'm', input: big })).toThrow(refused);
      expect(() => engine.startExecution({ machine: 'm', input: 1n })).toThrow(refused);
      expect(engine.executions).toEqual([]);
    });
  });
});

describe('time', () => {
  it('a task time-out from the input is not a States.TaskFailed, but States.ALL takes it', async () => {
    const assess = () => new Promise(() => {});
    await withEngine(task(), { assess }, async ({ engine, finish, elapsed }) => {
      const run = await finish(engine.startExecution({ machine: 'm', input: { limit: 5 } }));
      expect(run.output).toBe('caught');
      expect(elapsed()).toBe(5);
    });
  });

  it('a time-out that is no number is a run-time error that nothing takes', async () => {
    await withEngine(task(), { assess: async () => 1 }, async ({ engine, finish }) => {
      const run = await finish(engine.startExecution({ machine: 'm', input: { limit: 'soon' } }));
      expect(run).toMatchObject({ status: 'FAILED', error: 'States.Runtime' });
      expect(run.cause).toContain('TimeoutSecondsPath must be a positive integer, but is "soon"');
    });
  });

  it('the whole execution times out; its function is not called again', async () => {
    let calls = 0;
    const assess = async () => {
      calls += 1;
      await new Promise((resolve) => setTimeout(resolve, 899_500));
      throw errorNamed('Slow');
    };
    await withEngine(task(), { assess }, async ({ engine, finish, elapsed, advance }) => {
      const run = await finish(engine.startExecution({ machine: 'm', input: { limit: 2_000_000_000 } }));
      expect(run).toMatchObject({ status: 'TIMED_OUT' });
      expect(types(run).at(-1)).toBe('ExecutionTimedOut');
      expect(elapsed()).toBe(900);
      await advance(10_000);
      expect(calls).toBe(1);
    });
  });

  it('stopped while it waits for a retry: no further call', async () => {
    let calls = 0;
    const assess = async () => {
      calls += 1;
      throw errorNamed('Slow');
    };
    await withEngine(task(), { assess }, async ({ engine, settle, advance }) => {
      const run = engine.startExecution({ machine: 'm', input: { limit: 5 } });
      await settle();
      engine.stopExecution(run.arn);
      await advance(10_000);
      expect([calls, run.status]).toEqual([1, 'ABORTED']);
    });
  });
});

describe('the history', () => {
  it('of an endless loop fails the execution with its last possible event', async () => {
    const loop = {
      'm.yml': `
definition:
  StartAt: A
  States:
    A: { Type: Pass, Next: B }
    B: { Type: Pass, Next: A }
`,
    };
    await withEngine(loop, {}, async ({ engine, finish }) => {
      const run = await finish(engine.startExecution({ machine: 'm', input: {} }));
      expect(run.history).toHaveLength(historyLimit);
      expect(run).toMatchObject({ status: 'FAILED', error: 'States.Runtime' });
      expect(run.cause).toContain('maximum number of history events (25000)');
    });
  });
});

describe('a fault of the sandbox itself', () => {
  it('is reported loudly and ends the execution', async () => {
    let broken = false;
    await withEngine(
      task(),
      { assess: async () => 1 },
      async ({ engine, finish, faults }) => {
        broken = true;
        const run = await finish(engine.startExecution({ machine: 'm', input: { limit: 5 } }));
        expect(run.status).toBe('FAILED');
        expect(faults).toEqual([new Error('listener broke')]);
      },
      {
        onEvent: (_execution, { type }) => {
          if (broken && type === 'LambdaFunctionStarted') throw new Error('listener broke');
        },
      },
    );
  });
});
