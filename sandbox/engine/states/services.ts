import type { Place } from '../../place.ts';
import type { TaskTokens } from '../callbacks/tokens.ts';
import type { Execution } from '../history/execution.ts';

/** What a function is told about its call, beside the event. */
export interface FunctionContext {
  /** Name of the deployed function, for example `emergency-scaling-scale-out`. */
  functionName: string;
  awsRequestId: string;
  /** ARN of the execution whose state calls. */
  executionArn: string;
}

/** A Lambda function: takes the payload, returns the result or throws. */
export type LambdaFunction = (event: unknown, context: FunctionContext) => Promise<unknown>;

export interface StartRequest {
  /** File name or ARN of the state machine. */
  machine: string;
  /** Execution name; a UUID when absent. */
  name?: string | undefined;
  input: unknown;
}

/** What states reach outside their own execution. */
export interface Services {
  readonly place: Place;
  /** Lambda functions by file name. */
  readonly functions: Readonly<Record<string, LambdaFunction>>;
  readonly tokens: TaskTokens;
  readonly now: () => number;
  readonly random: () => number;
  start(request: StartRequest & { parentArn: string }): Execution;
  stop(executionArn: string): void;
}
