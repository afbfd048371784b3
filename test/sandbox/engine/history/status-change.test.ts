import { describe, expect, it } from '@jest/globals';
import { withEngine } from '../harness.ts';

const files = {
  'm.yml':
    'definition: { StartAt: W, States: { W: { Type: Wait, Seconds: 60, Next: D }, D: { Type: Succeed } } }',
};

describe('Step Functions Execution Status Change', () => {
  it('is delivered when an execution starts and when it ends, in the shape of EventBridge', async () => {
    await withEngine(files, {}, async ({ engine, finish }) => {
      const changes: unknown[] = [];
      const unsubscribe = engine.onStatusChange((change) => changes.push(change));
      const run = await finish(engine.startExecution({ machine: 'm', name: 'run', input: { a: 1 } }));
      const common = {
        version: '0',
        id: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/),
        'detail-type': 'Step Functions Execution Status Change',
        source: 'aws.states',
        account: '123456789012',
        region: 'ap-southeast-1',
        resources: [run.arn],
      };
      const detail = {
        executionArn: run.arn,
        stateMachineArn: 'arn:aws:states:ap-southeast-1:123456789012:stateMachine:m',
        name: 'run',
        startDate: Date.UTC(2026, 9, 2, 17, 4, 40),
        input: '{"a":1}',
        inputDetails: { included: true },
        error: null,
        cause: null,
      };
      expect(changes).toEqual([
        {
          ...common,
          time: '2026-10-02T17:04:40Z',
          detail: { ...detail, status: 'RUNNING', stopDate: null, output: null, outputDetails: null },
        },
        {
          ...common,
          time: '2026-10-02T17:05:40Z',
          detail: {
            ...detail,
            status: 'SUCCEEDED',
            stopDate: Date.UTC(2026, 9, 2, 17, 5, 40),
            output: '{"a":1}',
            outputDetails: { included: true },
          },
        },
      ]);
      unsubscribe();
      engine.stopExecution(engine.startExecution({ machine: 'm', input: {} }).arn);
      expect(changes).toHaveLength(2);
    });
  });
});
