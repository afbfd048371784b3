import { describe, expect, it } from '@jest/globals';
import { createStepFunctionsApi, type StepFunctionsApi } from '../../../../sandbox/engine/wire/wire.ts';
import { type Bench, withEngine } from '../harness.ts';

const files = {
  'wait.yml':
    'definition: { StartAt: W, States: { W: { Type: Wait, Seconds: 60, Next: D }, D: { Type: Succeed } } }',
  'fail.yml': 'definition: { StartAt: F, States: { F: { Type: Fail, Error: Held, Cause: no capacity } } }',
};
const stateMachineArn = 'arn:aws:states:ap-southeast-1:123456789012:stateMachine:wait';
const executionArn = 'arn:aws:states:ap-southeast-1:123456789012:execution:wait:a';
const began = Date.UTC(2026, 9, 2, 17, 4, 40) / 1000;

function withApi(test: (api: StepFunctionsApi, bench: Bench) => Promise<void>): Promise<void> {
  return withEngine(files, {}, (bench) => test(createStepFunctionsApi(bench.engine), bench));
}

describe('StartExecution', () => {
  const request = { stateMachineArn, name: 'a', input: '{"x":1}' };

  it('answers the same start twice while it runs, and refuses another input or a closed run', async () => {
    await withApi(async (api, { engine, finish }) => {
      const answer = { executionArn, startDate: began };
      expect(api('StartExecution', request)).toEqual(answer);
      expect(api('StartExecution', request)).toEqual(answer);
      expect(engine.executions).toHaveLength(1);
      const taken = expect.objectContaining({
        name: 'ExecutionAlreadyExists',
        message: `Execution Already Exists: '${executionArn}'`,
      });
      expect(() => api('StartExecution', { ...request, input: '{"x":2}' })).toThrow(taken);
      await finish(engine.describeExecution(executionArn));
      expect(() => api('StartExecution', request)).toThrow(taken);
    });
  });

  it.each([
    ['InvalidName', { name: 'with space' }],
    ['InvalidName', { name: 'slash/' }],
    ['InvalidName', { name: 'x'.repeat(81) }],
    ['InvalidExecutionInput', { input: '{' }],
    ['StateMachineDoesNotExist', { stateMachineArn: `${stateMachineArn}s` }],
    ['InvalidArn', { stateMachineArn: 'a' }],
    ['InvalidArn', { stateMachineArn: stateMachineArn.replace('stateMachine', 'execution') }],
    ['ValidationException', { stateMachineArn: undefined }],
  ])('%s for %j', async (name, change) => {
    await withApi(async (api, { engine }) => {
      expect(() => api('StartExecution', { ...request, ...change })).toThrow(
        expect.objectContaining({ name, status: 400 }),
      );
      expect(engine.executions).toEqual([]);
    });
  });
});

describe('reading executions', () => {
  it('describes one that succeeded and one that failed', async () => {
    await withApi(async (api, { engine, finish }) => {
      api('StartExecution', { stateMachineArn, name: 'a', input: '{"x":1}' });
      await finish(engine.describeExecution(executionArn));
      expect(api('DescribeExecution', { executionArn })).toMatchObject({
        executionArn,
        stateMachineArn,
        name: 'a',
        status: 'SUCCEEDED',
        startDate: began,
        stopDate: began + 60,
        input: '{"x":1}',
        output: '{"x":1}',
      });
      const failed = await finish(engine.startExecution({ machine: 'fail', input: {} }));
      expect(api('DescribeExecution', { executionArn: failed.arn })).toMatchObject({
        status: 'FAILED',
        error: 'Held',
        cause: 'no capacity',
      });
      for (const [arn, name] of [
        [`${executionArn}s`, 'ExecutionDoesNotExist'],
        ['arn:none', 'InvalidArn'],
      ]) {
        expect(() => api('DescribeExecution', { executionArn: arn })).toThrow(
          expect.objectContaining({ name }),
        );
      }
    });
  });

  it('pages through the history in both directions', async () => {
    await withApi(async (api, { engine, finish }) => {
      api('StartExecution', { stateMachineArn, name: 'a' });
      const run = await finish(engine.describeExecution(executionArn));
      const ids: number[] = [];
      let nextToken: string | undefined;
      do {
        const page: { events?: { id: number }[]; nextToken?: string } = api('GetExecutionHistory', {
          executionArn,
          reverseOrder: true,
          maxResults: 2,
          nextToken,
        });
        ids.push(...(page.events ?? []).map(({ id }) => id));
        nextToken = page.nextToken;
      } while (nextToken !== undefined);
      expect(ids).toEqual(run.history.map(({ id }) => id).reverse());
      expect(api('GetExecutionHistory', { executionArn })).toMatchObject({
        events: [
          { id: 1, type: 'ExecutionStarted', timestamp: began },
          { id: 2, previousEventId: 0 },
          {},
          {},
          {},
          {},
        ],
      });
      expect(() => api('GetExecutionHistory', { executionArn, nextToken: 'x' })).toThrow(
        expect.objectContaining({ name: 'InvalidToken' }),
      );
    });
  });

  it('lists the newest first, by status, and stops one', async () => {
    await withApi(async (api) => {
      for (const name of ['a', 'b', 'c']) api('StartExecution', { stateMachineArn, name });
      expect(api('StopExecution', { executionArn, error: 'Operator' })).toEqual({ stopDate: began });
      expect(api('ListExecutions', { stateMachineArn })).toMatchObject({
        executions: [{ name: 'c' }, { name: 'b' }, { name: 'a', status: 'ABORTED', stopDate: began }],
      });
      expect(api('ListExecutions', { stateMachineArn, statusFilter: 'RUNNING', maxResults: 1 })).toEqual({
        executions: [expect.objectContaining({ name: 'c' })],
        nextToken: expect.any(String),
      });
    });
  });
});

describe('the other operations', () => {
  it('lists and describes state machines', async () => {
    await withApi(async (api) => {
      expect(api('ListStateMachines', {})).toMatchObject({
        stateMachines: [{ name: 'wait' }, { name: 'fail' }],
      });
      expect(api('DescribeStateMachine', { stateMachineArn })).toMatchObject({
        name: 'wait',
        status: 'ACTIVE',
        type: 'STANDARD',
        definition: expect.stringContaining('"StartAt":"W"'),
      });
    });
  });

  it('passes task answers on and refuses what it does not know', async () => {
    await withApi(async (api) => {
      for (const operation of ['SendTaskSuccess', 'SendTaskFailure', 'SendTaskHeartbeat']) {
        expect(() => api(operation, { taskToken: 'forged', output: '{}' })).toThrow(
          expect.objectContaining({ name: 'InvalidToken', status: 400 }),
        );
      }
      expect(() => api('RedriveExecution', {})).toThrow(
        expect.objectContaining({ name: 'UnknownOperationException' }),
      );
    });
  });
});
