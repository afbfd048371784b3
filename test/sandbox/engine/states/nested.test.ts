import { describe, expect, it } from '@jest/globals';
import { errorNamed, types, withEngine } from '../harness.ts';

function parent(resource: string): string {
  return `
definition:
  StartAt: Go on
  States:
    Go on:
      Type: Task
      Resource: arn:aws:states:::states:${resource}
      Parameters:
        StateMachineArn: !Ref ScaleIn
        Name.$: States.Format('{}-in', $$.Execution.Name)
        Input:
          from.$: $.service
          AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID.$: $$.Execution.Id
      ResultPath: $.child
      Catch:
        - ErrorEquals: [StepFunctions.ExecutionAlreadyExistsException]
          ResultPath: $.error
          Next: Done
      Next: Done
    Done:
      Type: Succeed
`;
}
const child = `
definition:
  StartAt: Wait for calm
  States:
    Wait for calm:
      Type: Wait
      Seconds: 300
      Next: Step
    Step:
      Type: Task
      Resource: !GetAtt scale-in.Arn
      TimeoutSeconds: 10
      Next: Done
    Done:
      Type: Succeed
`;
const files = (resource: string) => ({ 'parent.yml': parent(resource), 'scale-in.yml': child });

describe('startExecution', () => {
  it('starts the child and goes on at once', async () => {
    await withEngine(
      files('startExecution'),
      { 'scale-in': async () => 'done' },
      async ({ engine, finish, elapsed }) => {
        const run = await finish(
          engine.startExecution({ machine: 'parent', name: 'p', input: { service: 's' } }),
        );
        expect(elapsed()).toBe(0);
        const [inner] = engine.listExecutions({ machine: 'scale-in' });
        expect(inner).toMatchObject({
          name: 'p-in',
          status: 'RUNNING',
          parentArn: run.arn,
          input: { from: 's', AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID: run.arn },
        });
        expect(run.output).toMatchObject({ child: { ExecutionArn: inner?.arn } });
        expect(types(run)).not.toContain('TaskSubmitted');
        if (inner !== undefined) expect((await finish(inner)).output).toBe('done');
      },
    );
  });

  it('reports a name that is taken', async () => {
    await withEngine(
      files('startExecution'),
      { 'scale-in': async () => 'done' },
      async ({ engine, finish }) => {
        engine.startExecution({ machine: 'scale-in', name: 'p-in', input: 'other' });
        const run = await finish(
          engine.startExecution({ machine: 'parent', name: 'p', input: { service: 's' } }),
        );
        expect(run.output).toMatchObject({
          error: { Error: 'StepFunctions.ExecutionAlreadyExistsException' },
        });
      },
    );
  });
});

describe('startExecution.sync:2', () => {
  it('waits for the child and gets its output as JSON', async () => {
    const scaleIn = async () => ({ desired: 3 });
    await withEngine(
      files('startExecution.sync:2'),
      { 'scale-in': scaleIn },
      async ({ engine, finish, elapsed }) => {
        const run = await finish(
          engine.startExecution({ machine: 'parent', name: 'p', input: { service: 's' } }),
        );
        expect(elapsed()).toBe(300);
        expect(run.output).toMatchObject({
          child: {
            ExecutionArn: 'arn:aws:states:ap-southeast-1:123456789012:execution:scale-in:p-in',
            Input: { from: 's' },
            Name: 'p-in',
            Status: 'SUCCEEDED',
            StartDate: Date.UTC(2026, 9, 2, 17, 4, 40),
            StopDate: Date.UTC(2026, 9, 2, 17, 9, 40),
            Output: { desired: 3 },
          },
        });
        expect(types(run).slice(2, 6)).toEqual([
          'TaskScheduled',
          'TaskStarted',
          'TaskSubmitted',
          'TaskSucceeded',
        ]);
        expect(run.history[2]?.taskScheduledEventDetails).toMatchObject({
          resourceType: 'states',
          resource: 'startExecution.sync:2',
        });
      },
    );
  });

  it('fails with States.TaskFailed and the reason of the child', async () => {
    const scaleIn = async () => {
      throw errorNamed('RestoreFailed', 'min differs');
    };
    await withEngine(files('startExecution.sync:2'), { 'scale-in': scaleIn }, async ({ engine, finish }) => {
      const run = await finish(engine.startExecution({ machine: 'parent', input: { service: 's' } }));
      expect(run).toMatchObject({ status: 'FAILED', error: 'States.TaskFailed' });
      expect(JSON.parse(run.cause ?? '')).toMatchObject({
        Error: 'RestoreFailed',
        Cause: '{"errorType":"RestoreFailed","errorMessage":"min differs","trace":[]}',
        Status: 'FAILED',
      });
    });
  });

  it('an operator stops the parent: the child stops too', async () => {
    await withEngine(
      files('startExecution.sync:2'),
      { 'scale-in': async () => 1 },
      async ({ engine, advance }) => {
        const run = engine.startExecution({ machine: 'parent', input: { service: 's' } });
        await advance(60_000);
        engine.stopExecution(run.arn);
        await advance(0);
        const [inner] = engine.listExecutions({ machine: 'scale-in' });
        expect(inner).toMatchObject({ status: 'ABORTED' });
        expect(types(run).at(-1)).toBe('ExecutionAborted');
        await advance(600_000);
        expect(inner?.history.map(({ type }) => type)).toEqual([
          'ExecutionStarted',
          'WaitStateEntered',
          'ExecutionAborted',
        ]);
      },
    );
  });
});
