import {
  DescribeExecutionCommand,
  GetExecutionHistoryCommand,
  SendTaskSuccessCommand,
  SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import { describe, expect, it } from '@jest/globals';
import { wireRequestHandler } from '../../../sandbox/aws/sdk.ts';
import type { WireRequest, WireResponse } from '../../../sandbox/aws/wire.ts';
import { StepFunctionsError } from '../../../sandbox/engine/basics/failure.ts';
import { createStepFunctionsApi, type StepFunctionsApi } from '../../../sandbox/engine/wire/wire.ts';
import { start, withEngine } from './harness.ts';

const files = {
  'm.yml':
    'definition: { StartAt: W, States: { W: { Type: Wait, Seconds: 60, Next: D }, D: { Type: Succeed } } }',
};
const stateMachineArn = 'arn:aws:states:ap-southeast-1:123456789012:stateMachine:m';

function clientOf(api: StepFunctionsApi): SFNClient {
  const handle = async ({ headers, body }: WireRequest): Promise<WireResponse> => {
    const operation = (headers['x-amz-target'] ?? '').replace('AWSStepFunctions.', '');
    const answer = (status: number, content: object): WireResponse => ({
      status,
      headers: { 'content-type': 'application/x-amz-json-1.0' },
      body: JSON.stringify(content),
    });
    try {
      return answer(200, api(operation, JSON.parse(body)));
    } catch (error) {
      if (!(error instanceof StepFunctionsError)) throw error;
      return answer(error.status, { __type: error.name, message: error.message });
    }
  };
  return new SFNClient({
    region: 'ap-southeast-1',
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
    requestHandler: wireRequestHandler(handle, 'test'),
  });
}

describe('the AWS SDK', () => {
  it('understands the answers, with dates, and the errors by name', async () => {
    await withEngine(files, {}, async ({ engine, finish }) => {
      const client = clientOf(createStepFunctionsApi(engine));
      const { executionArn = '', startDate } = await client.send(
        new StartExecutionCommand({ stateMachineArn, name: 'run', input: '{}' }),
      );
      expect(startDate).toEqual(new Date(start));
      await finish(engine.describeExecution(executionArn));
      expect(await client.send(new DescribeExecutionCommand({ executionArn }))).toMatchObject({
        status: 'SUCCEEDED',
        stopDate: new Date(start + 60_000),
        output: '{}',
      });
      const { events = [] } = await client.send(new GetExecutionHistoryCommand({ executionArn }));
      expect(events.at(-1)).toMatchObject({
        id: 6,
        type: 'ExecutionSucceeded',
        timestamp: new Date(start + 60_000),
        executionSucceededEventDetails: { output: '{}' },
      });
      const forged = client.send(new SendTaskSuccessCommand({ taskToken: 'forged', output: '{}' }));
      await expect(forged).rejects.toMatchObject({ name: 'InvalidToken' });
    });
  });
});
