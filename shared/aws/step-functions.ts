import { DescribeExecutionCommand, type SFNClient } from '@aws-sdk/client-sfn';

/** What an execution was started with, as JSON; undefined where there is no such execution. */
export async function inputOfExecution(states: SFNClient, executionArn: string): Promise<string | undefined> {
  try {
    const { input } = await states.send(new DescribeExecutionCommand({ executionArn }));
    return input ?? '{}';
  } catch (error) {
    if (error instanceof Error && error.name === 'ExecutionDoesNotExist') return undefined;
    throw error;
  }
}

/** Whether an execution is still running. One that does not exist any more (history is kept 90 days) is not. */
export async function isRunning(states: SFNClient, executionArn: string): Promise<boolean> {
  try {
    const answer = await states.send(
      new DescribeExecutionCommand({ executionArn, includedData: 'METADATA_ONLY' }),
    );
    return answer.status === 'RUNNING' || answer.status === 'PENDING_REDRIVE';
  } catch (error) {
    if (error instanceof Error && error.name === 'ExecutionDoesNotExist') return false;
    throw error;
  }
}
