import { DescribeExecutionCommand, type SFNClient } from '@aws-sdk/client-sfn';

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
