import { executionArn, machineRoleArn } from './basics/arn.ts';
import { Interrupted, StateFailure } from './basics/failure.ts';
import type { Json } from './basics/json.ts';
import { after } from './basics/timer.ts';
import type { MachineDefinition } from './definition/definitions.ts';
import type { Execution, ExecutionRecord, ExecutionStatus } from './history/execution.ts';
import { errorDetails, History, type HistoryEvent, untruncated } from './history/history.ts';
import { runStates } from './states/control.ts';
import { Flow } from './states/flow.ts';
import type { Services } from './states/services.ts';

/** What an execution tells its engine. */
export interface Listeners {
  event(execution: Execution, event: HistoryEvent): void;
  /** It started, or it ended. */
  status(execution: Execution): void;
  /** The sandbox itself failed: a fault in its code, never one of the product. */
  fault(error: unknown): void;
}

/** One execution from start to end. */
export class Lifecycle {
  readonly execution: ExecutionRecord;
  readonly #history: History;
  readonly #abort = new AbortController();
  readonly #finished = Promise.withResolvers<Execution>();
  readonly #listeners: Listeners;
  readonly #services: Services;
  readonly #machine: MachineDefinition;
  readonly #role: string;
  #cancelTimeout = (): void => {};

  constructor(
    services: Services,
    machine: MachineDefinition,
    request: { name: string; input: Json; parentArn?: string | undefined },
    listeners: Listeners,
  ) {
    this.#services = services;
    this.#machine = machine;
    this.#listeners = listeners;
    this.#role = machineRoleArn(services.place, machine.name);
    this.#history = new History(services.now, (event) => listeners.event(this.execution, event));
    this.execution = {
      arn: executionArn(services.place, machine.name, request.name),
      name: request.name,
      machine: machine.name,
      stateMachineArn: machine.arn,
      input: request.input,
      status: 'RUNNING',
      startDate: services.now(),
      stateTransitions: 0,
      history: this.#history.events,
      ...(request.parentArn !== undefined && { parentArn: request.parentArn }),
      done: this.#finished.promise,
    };
  }

  /** Begins in the present turn and runs on in the background; a fault of the sandbox reaches `Listeners.fault`. */
  start(): void {
    const { TimeoutSeconds } = this.#machine.definition;
    const input = JSON.stringify(this.execution.input);
    this.#history.append('ExecutionStarted', 0, {
      executionStartedEventDetails: { input, inputDetails: untruncated, roleArn: this.#role },
    });
    this.#listeners.status(this.execution);
    if (TimeoutSeconds !== undefined) {
      this.#cancelTimeout = after(TimeoutSeconds * 1000, () => this.end('TIMED_OUT', 'States.Timeout'));
    }
    this.#run().catch((error: unknown) => this.#fault(error));
  }

  /** Ends the execution without success; does nothing when it has ended already. */
  end(status: Exclude<ExecutionStatus, 'RUNNING' | 'SUCCEEDED'>, error?: string, cause?: string): void {
    if (this.execution.status !== 'RUNNING') return;
    const details = errorDetails(error, cause);
    const previous = status === 'FAILED' ? this.#lastEventId() : 0;
    if (status === 'FAILED') {
      this.#history.append('ExecutionFailed', previous, { executionFailedEventDetails: details });
    } else if (status === 'ABORTED') {
      this.#history.append('ExecutionAborted', previous, { executionAbortedEventDetails: details });
    } else {
      this.#history.append('ExecutionTimedOut', previous, { executionTimedOutEventDetails: details });
    }
    Object.assign(this.execution, details);
    this.#close(status);
  }

  async #run(): Promise<void> {
    const run = {
      execution: this.execution,
      history: this.#history,
      services: this.#services,
      roleArn: this.#role,
      runStates,
    };
    // The first state follows event 0, not event 1, in AWS's own histories.
    const flow = new Flow(run, this.#abort.signal, 0);
    try {
      const output = await runStates(flow, this.#machine.definition, this.execution.input);
      const text = JSON.stringify(output);
      flow.record('ExecutionSucceeded', {
        executionSucceededEventDetails: { output: text, outputDetails: untruncated },
      });
      this.execution.output = output;
      this.#close('SUCCEEDED');
    } catch (error) {
      if (error instanceof StateFailure) this.end('FAILED', error.error || undefined, error.reason);
      else if (!(error instanceof Interrupted && this.execution.status !== 'RUNNING')) throw error;
    }
  }

  #close(status: ExecutionStatus): void {
    this.execution.status = status;
    this.execution.stopDate = this.#services.now();
    this.#cancelTimeout();
    this.#abort.abort();
    this.#finished.resolve(this.execution);
    this.#listeners.status(this.execution);
  }

  #lastEventId(): number {
    return this.#history.events.length;
  }

  #fault(error: unknown): void {
    try {
      this.end('FAILED', 'States.Runtime', `The sandbox failed: ${String(error)}`);
    } finally {
      this.#listeners.fault(error);
    }
  }
}
