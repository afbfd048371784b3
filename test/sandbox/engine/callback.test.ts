import { describe, expect, it } from '@jest/globals';
import { errorNamed, types, withEngine } from './harness.ts';

const approval = `
definition:
  StartAt: Request approval
  States:
    Request approval:
      Type: Task
      Resource: arn:aws:states:::lambda:invoke.waitForTaskToken
      Parameters:
        FunctionName: !GetAtt request-approval.Arn
        Payload:
          taskToken.$: $$.Task.Token
          execution.$: $$.Execution.Id
          started.$: $$.Execution.StartTime
          state.$: $$.State.Name
          entered.$: $$.State.EnteredTime
          retries.$: $$.State.RetryCount
          machine.$: $$.StateMachine.Name
          input.$: $$.Execution.Input
      TimeoutSeconds: 3600
      HeartbeatSeconds: 600
      ResultPath: $.approval
      Retry:
        - ErrorEquals: [States.HeartbeatTimeout]
          MaxAttempts: 1
      Catch:
        - ErrorEquals: [States.Timeout]
          ResultPath: $.error
          Next: Expired
      Next: Approved
    Approved:
      Type: Succeed
    Expired:
      Type: Fail
      Error: ApprovalExpired
`;
const machines = { 'approve.yml': approval };

interface Request {
  taskToken: string;
}

function mailbox(): { requests: Request[]; send: (event: unknown) => Promise<unknown> } {
  const requests: Request[] = [];
  const send = async (event: unknown): Promise<unknown> => {
    if (typeof event !== 'object' || event === null || !('taskToken' in event))
      throw errorNamed('InputError');
    requests.push({ ...event, taskToken: String(event.taskToken) });
    return { sent: true };
  };
  return { requests, send };
}

describe('a callback task', () => {
  it('waits for the answer to its token, and its history shows the token as AWS does', async () => {
    const { requests, send } = mailbox();
    await withEngine(machines, { 'request-approval': send }, async ({ engine, finish, advance }) => {
      const run = engine.startExecution({ machine: 'approve', name: 'run-1', input: { plan: 'abc' } });
      await advance(300_000);
      expect(run.status).toBe('RUNNING');
      const [request] = requests;
      expect(request).toEqual({
        taskToken: expect.stringMatching(/^AAAAKgAAAA[A-Za-z0-9+/=]{680,}$/),
        execution: 'arn:aws:states:ap-southeast-1:123456789012:execution:approve:run-1',
        started: '2026-10-02T17:04:40.000Z',
        state: 'Request approval',
        entered: '2026-10-02T17:04:40.000Z',
        retries: 0,
        machine: 'approve',
        input: { plan: 'abc' },
      });
      const token = request?.taskToken ?? '';
      engine.sendTaskSuccess(token, '{"by":"ada"}');
      await finish(run);
      expect(run).toMatchObject({ status: 'SUCCEEDED', output: { plan: 'abc', approval: { by: 'ada' } } });
      expect(types(run)).toEqual([
        'ExecutionStarted',
        'TaskStateEntered',
        'TaskScheduled',
        'TaskStarted',
        'TaskSubmitted',
        'TaskSucceeded',
        'TaskStateExited',
        'SucceedStateEntered',
        'SucceedStateExited',
        'ExecutionSucceeded',
      ]);
      const scheduled = run.history[2]?.taskScheduledEventDetails;
      expect(scheduled).toMatchObject({
        resourceType: 'lambda',
        resource: 'invoke.waitForTaskToken',
        region: 'ap-southeast-1',
        timeoutInSeconds: 3600,
        heartbeatInSeconds: 600,
      });
      expect(JSON.parse(scheduled?.parameters ?? '').Payload.taskToken).toBe(token);
      expect(JSON.parse(run.history[4]?.taskSubmittedEventDetails?.output ?? '')).toEqual({
        ExecutedVersion: '$LATEST',
        Payload: { sent: true },
        StatusCode: 200,
      });
    });
  });

  it('refuses a second answer, a forged token and an answer that is no JSON', async () => {
    const { requests, send } = mailbox();
    await withEngine(machines, { 'request-approval': send }, async ({ engine, finish, settle }) => {
      const run = engine.startExecution({ machine: 'approve', input: {} });
      await settle();
      const token = requests[0]?.taskToken ?? '';
      expect(() => engine.sendTaskSuccess(token, 'not json')).toThrow(
        expect.objectContaining({ name: 'InvalidOutput' }),
      );
      engine.sendTaskSuccess(token, '{}');
      const gone = {
        name: 'TaskTimedOut',
        message: "Task Timed Out: 'Provided task does not exist anymore'",
        status: 400,
      };
      expect(() => engine.sendTaskSuccess(token, '{}')).toThrow(expect.objectContaining(gone));
      await finish(run);
      expect(() => engine.sendTaskFailure(token)).toThrow(expect.objectContaining(gone));
      expect(() => engine.sendTaskHeartbeat('forged')).toThrow(
        expect.objectContaining({ name: 'InvalidToken' }),
      );
    });
  });

  it('takes an answer that comes before the function has returned', async () => {
    const tokens: string[] = [];
    await withEngine(
      machines,
      {
        'request-approval': async (event) => {
          tokens.push(String(Object(event).taskToken));
          await new Promise((resolve) => setTimeout(resolve, 5000));
          return null;
        },
      },
      async ({ engine, finish, settle }) => {
        const run = engine.startExecution({ machine: 'approve', input: {} });
        await settle();
        engine.sendTaskFailure(tokens[0] ?? '', 'Rejected', 'too early');
        await finish(run);
        expect(run).toMatchObject({ status: 'FAILED', error: 'Rejected', cause: 'too early' });
        expect(types(run).slice(-3)).toEqual(['TaskSubmitted', 'TaskFailed', 'ExecutionFailed']);
      },
    );
  });

  it('without heartbeat, is retried with a new token; unanswered, it expires; the old links are dead', async () => {
    const { requests, send } = mailbox();
    await withEngine(machines, { 'request-approval': send }, async ({ engine, finish, elapsed }) => {
      const run = await finish(engine.startExecution({ machine: 'approve', input: {} }));
      expect(elapsed()).toBe(600 + 1 + 600);
      expect(run).toMatchObject({ status: 'FAILED', error: 'ApprovalExpired' });
      expect(requests).toHaveLength(2);
      expect(requests[0]?.taskToken).not.toBe(requests[1]?.taskToken);
      expect(requests[1]).toMatchObject({ retries: 1 });
      const timedOut = run.history.filter(({ type }) => type === 'TaskTimedOut');
      expect(timedOut.map((event) => event.taskTimedOutEventDetails?.error)).toEqual([
        'States.Timeout',
        'States.Timeout',
      ]);
      for (const { taskToken } of requests) {
        expect(() => engine.sendTaskSuccess(taskToken, '{}')).toThrow(
          expect.objectContaining({ name: 'TaskTimedOut' }),
        );
      }
    });
  });

  it('lives as long as heartbeats come, up to its time-out', async () => {
    const { requests, send } = mailbox();
    await withEngine(machines, { 'request-approval': send }, async ({ engine, finish, advance, elapsed }) => {
      const run = engine.startExecution({ machine: 'approve', input: {} });
      for (let beat = 0; beat < 6; beat += 1) {
        await advance(590_000);
        engine.sendTaskHeartbeat(requests[0]?.taskToken ?? '');
      }
      await finish(run);
      expect(elapsed()).toBe(3600);
      expect(requests).toHaveLength(1);
      expect(run.error).toBe('ApprovalExpired');
    });
  });

  it('a stopped execution refuses the answer', async () => {
    const { requests, send } = mailbox();
    await withEngine(machines, { 'request-approval': send }, async ({ engine, settle }) => {
      const run = engine.startExecution({ machine: 'approve', input: {} });
      await settle();
      engine.stopExecution(run.arn, 'Operator', 'stop it');
      await settle();
      expect(run).toMatchObject({ status: 'ABORTED', error: 'Operator', cause: 'stop it' });
      expect(types(run).at(-1)).toBe('ExecutionAborted');
      expect(() => engine.sendTaskSuccess(requests[0]?.taskToken ?? '', '{}')).toThrow(
        expect.objectContaining({ name: 'TaskTimedOut' }),
      );
    });
  });
});
