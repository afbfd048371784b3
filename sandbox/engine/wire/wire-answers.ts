import type { Execution } from '../history/execution.ts';
import type { HistoryEvent } from '../history/history.ts';

/** The shapes in which the Step Functions API answers. Source: Step Functions API reference. */

/** Epoch seconds, with a fraction, from milliseconds. */
export function seconds(milliseconds: number): number {
  return milliseconds / 1000;
}

/** As ListExecutions shows it. */
export function listed(execution: Execution): object {
  const { arn, name, stateMachineArn, status, startDate, stopDate } = execution;
  return {
    executionArn: arn,
    stateMachineArn,
    name,
    status,
    startDate: seconds(startDate),
    ...(stopDate !== undefined && { stopDate: seconds(stopDate) }),
    redriveCount: 0,
  };
}

/** As DescribeExecution shows it. */
export function described(execution: Execution): object {
  const { input, output, error, cause, status } = execution;
  const included = { included: true };
  return {
    ...listed(execution),
    input: JSON.stringify(input),
    inputDetails: included,
    ...(output !== undefined && { output: JSON.stringify(output), outputDetails: included }),
    ...(error !== undefined && { error }),
    ...(cause !== undefined && { cause }),
    redriveStatus: status === 'RUNNING' || status === 'SUCCEEDED' ? 'NOT_REDRIVABLE' : 'REDRIVABLE',
  };
}

/** As GetExecutionHistory shows it. */
export function wireEvent(event: HistoryEvent): object {
  return { ...event, timestamp: seconds(event.timestamp) };
}
