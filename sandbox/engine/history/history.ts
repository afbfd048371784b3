import { StateFailure } from '../basics/failure.ts';

/** Details of an event, named and shaped as GetExecutionHistory gives them. Inputs and outputs are JSON text. */
export interface EventDetails {
  executionStartedEventDetails?: { input: string; inputDetails: Truncation; roleArn: string };
  executionSucceededEventDetails?: { output: string; outputDetails: Truncation };
  executionFailedEventDetails?: ErrorDetails;
  executionAbortedEventDetails?: ErrorDetails;
  executionTimedOutEventDetails?: ErrorDetails;
  stateEnteredEventDetails?: { name: string; input: string; inputDetails: Truncation };
  stateExitedEventDetails?: { name: string; output: string; outputDetails: Truncation };
  lambdaFunctionScheduledEventDetails?: {
    resource: string;
    input: string;
    inputDetails: Truncation;
    timeoutInSeconds?: number;
  };
  lambdaFunctionSucceededEventDetails?: { output: string; outputDetails: Truncation };
  lambdaFunctionFailedEventDetails?: ErrorDetails;
  lambdaFunctionTimedOutEventDetails?: ErrorDetails;
  taskScheduledEventDetails?: TaskDetails & {
    region: string;
    parameters: string;
    timeoutInSeconds?: number;
    heartbeatInSeconds?: number;
  };
  taskStartedEventDetails?: TaskDetails;
  taskSubmittedEventDetails?: TaskDetails & { output: string; outputDetails: Truncation };
  taskSucceededEventDetails?: TaskDetails & { output: string; outputDetails: Truncation };
  taskFailedEventDetails?: TaskDetails & ErrorDetails;
  taskTimedOutEventDetails?: TaskDetails & ErrorDetails;
  mapStateStartedEventDetails?: { length: number };
  mapIterationStartedEventDetails?: IterationDetails;
  mapIterationSucceededEventDetails?: IterationDetails;
  mapIterationFailedEventDetails?: IterationDetails;
  mapIterationAbortedEventDetails?: IterationDetails;
}
interface Truncation {
  truncated: boolean;
}
interface TaskDetails {
  resourceType: string;
  resource: string;
}
interface IterationDetails {
  name: string;
  index: number;
}
export interface ErrorDetails {
  error?: string;
  cause?: string;
}

/** One event of an execution's history. Source: Step Functions API reference, HistoryEvent. */
export interface HistoryEvent extends EventDetails {
  /** Counts from 1. */
  id: number;
  /** The event that led to this one; 0 for the start and for the first state. */
  previousEventId: number;
  /** Virtual time, milliseconds since the epoch. */
  timestamp: number;
  type: string;
}

/** Most events that one execution may have. Source: Step Functions service quotas. */
export const historyLimit = 25_000;

const endings = new Set(['ExecutionSucceeded', 'ExecutionFailed', 'ExecutionAborted', 'ExecutionTimedOut']);

export const untruncated: Truncation = { truncated: false };

export function errorDetails(error: string | undefined, cause: string | undefined): ErrorDetails {
  return { ...(error !== undefined && { error }), ...(cause !== undefined && { cause }) };
}

/** The append-only history of one execution. */
export class History {
  readonly events: HistoryEvent[] = [];
  readonly #now: () => number;
  readonly #onEvent: (event: HistoryEvent) => void;

  constructor(now: () => number, onEvent: (event: HistoryEvent) => void) {
    this.#now = now;
    this.#onEvent = onEvent;
  }

  /** Appends an event and returns its id. The last place is kept for the event that ends the execution. */
  append(type: string, previousEventId: number, details: EventDetails = {}): number {
    if (this.events.length >= historyLimit - 1 && !endings.has(type)) {
      throw new StateFailure(
        'States.Runtime',
        `The execution reached the maximum number of history events (${historyLimit}).`,
      );
    }
    const id = this.events.length + 1;
    const event = { id, previousEventId, timestamp: this.#now(), type, ...details };
    this.events.push(event);
    this.#onEvent(event);
    return id;
  }
}
