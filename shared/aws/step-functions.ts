import {
  DescribeExecutionCommand,
  type DescribeExecutionCommandInput,
  type DescribeExecutionCommandOutput,
  type SFNClient,
} from '@aws-sdk/client-sfn';

/** What Step Functions says of an execution; undefined for one that does not exist (any more: history is kept 90 days). */
async function described(
  states: SFNClient,
  input: DescribeExecutionCommandInput,
): Promise<DescribeExecutionCommandOutput | undefined> {
  try {
    return await states.send(new DescribeExecutionCommand(input));
  } catch (error) {
    if (error instanceof Error && error.name === 'ExecutionDoesNotExist') return undefined;
    throw error;
  }
}

/** What an execution was started with, as JSON; undefined where there is no such execution. */
export async function inputOfExecution(states: SFNClient, executionArn: string): Promise<string | undefined> {
  const execution = await described(states, { executionArn });
  return execution && (execution.input ?? '{}');
}

/** Whether an execution is still running. */
export async function isRunning(states: SFNClient, executionArn: string): Promise<boolean> {
  const execution = await described(states, { executionArn, includedData: 'METADATA_ONLY' });
  return execution?.status === 'RUNNING' || execution?.status === 'PENDING_REDRIVE';
}
