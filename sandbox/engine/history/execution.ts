import type { Json } from '../basics/json.ts';
import type { HistoryEvent } from './history.ts';

export type ExecutionStatus = 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'ABORTED';

/** One execution of a state machine, as DescribeExecution reports it and a little more. Times: virtual milliseconds. */
export interface Execution {
  readonly arn: string;
  readonly name: string;
  /** File name of the state machine without its ending, for example `scale-in`. */
  readonly machine: string;
  readonly stateMachineArn: string;
  readonly input: Json;
  readonly status: ExecutionStatus;
  readonly startDate: number;
  readonly stopDate?: number;
  /** Only when SUCCEEDED. */
  readonly output?: Json;
  /** Only when FAILED, TIMED_OUT or ABORTED, where there is one. */
  readonly error?: string;
  readonly cause?: string;
  /** State transitions as AWS bills them: each state entered and each retry. */
  readonly stateTransitions: number;
  readonly history: readonly HistoryEvent[];
  /** ARN of the execution that started this one, if a state machine did. */
  readonly parentArn?: string;
  /** Resolves with this execution once it has ended, however it ended. Never rejects. */
  readonly done: Promise<Execution>;
}

/** The side of an execution that the engine writes. */
export interface ExecutionRecord extends Execution {
  status: ExecutionStatus;
  stopDate?: number;
  output?: Json;
  error?: string;
  cause?: string;
  stateTransitions: number;
}
