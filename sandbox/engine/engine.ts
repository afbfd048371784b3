import { StepFunctionsError } from './basics/failure.ts';
import { uuid } from './basics/random.ts';
import { TaskTokens } from './callbacks/tokens.ts';
import { calledFunctions, type Definitions, type MachineDefinition } from './definition/definitions.ts';
import type { Execution, ExecutionStatus } from './history/execution.ts';
import type { HistoryEvent } from './history/history.ts';
import { type StatusChange, statusChange } from './history/status-change.ts';
import { Lifecycle } from './lifecycle.ts';
import { acceptInput, acceptName, sameOrRefused } from './start-rules.ts';
import type { LambdaFunction, Services, StartRequest } from './states/services.ts';

export interface EngineOptions {
  definitions: Definitions;
  /** Lambda functions by file name, for example `scale-out`. */
  functions: Readonly<Record<string, LambdaFunction>>;
  /** Virtual time, milliseconds since the epoch. */
  now: () => number;
  /** 0 up to 1; ids, tokens and the jitter of retries come from here. */
  random: () => number;
  onEvent?: (execution: Execution, event: HistoryEvent) => void;
  /** Told of a fault in the sandbox itself; without it the process ends with the error. */
  onFault?: (error: unknown) => void;
}

/** A local Step Functions. Every method throws StepFunctionsError with the name that the API would answer. */
export interface Engine {
  readonly definitions: Definitions;
  /** When the engine was made, virtual milliseconds. */
  readonly startedAt: number;
  /** Oldest first. */
  readonly executions: readonly Execution[];
  startExecution(request: StartRequest): Execution;
  stopExecution(arn: string, error?: string, cause?: string): Execution;
  /** `output` is JSON text, as in the API. */
  sendTaskSuccess(taskToken: string, output: string): void;
  sendTaskFailure(taskToken: string, error?: string, cause?: string): void;
  sendTaskHeartbeat(taskToken: string): void;
  describeExecution(arn: string): Execution;
  history(arn: string): readonly HistoryEvent[];
  /** Newest first. */
  listExecutions(filter?: { machine?: string; status?: ExecutionStatus }): Execution[];
  /** Delivers EventBridge's "Step Functions Execution Status Change"; returns what ends the subscription. */
  onStatusChange(listener: (change: StatusChange) => void): () => void;
}

/** Throws when a definition calls a function that is not given. */
export function createEngine(options: EngineOptions): Engine {
  return new LocalStepFunctions(options);
}

class LocalStepFunctions implements Engine {
  readonly definitions: Definitions;
  readonly startedAt: number;
  readonly #options: EngineOptions;
  readonly #lifecycles = new Map<string, Lifecycle>();
  readonly #statusListeners = new Set<(change: StatusChange) => void>();
  readonly #services: Services;

  constructor(options: EngineOptions) {
    requireFunctions(options);
    this.#options = options;
    this.definitions = options.definitions;
    this.startedAt = options.now();
    const { functions, now, random, definitions } = options;
    this.#services = {
      place: definitions.place,
      functions,
      tokens: new TaskTokens(random),
      now,
      random,
      start: (request) => this.#start(request, request.parentArn),
      stop: (arn) => this.#lifecycles.get(arn)?.end('ABORTED'),
    };
  }

  get executions(): readonly Execution[] {
    return [...this.#lifecycles.values()].map(({ execution }) => execution);
  }

  startExecution(request: StartRequest): Execution {
    return this.#start(request, undefined);
  }

  stopExecution(arn: string, error?: string, cause?: string): Execution {
    const lifecycle = this.#find(arn);
    lifecycle.end('ABORTED', error, cause);
    return lifecycle.execution;
  }

  sendTaskSuccess(taskToken: string, output: string): void {
    this.#services.tokens.succeed(taskToken, output);
  }

  sendTaskFailure(taskToken: string, error?: string, cause?: string): void {
    this.#services.tokens.fail(taskToken, error, cause);
  }

  sendTaskHeartbeat(taskToken: string): void {
    this.#services.tokens.heartbeat(taskToken);
  }

  describeExecution(arn: string): Execution {
    return this.#find(arn).execution;
  }

  history(arn: string): readonly HistoryEvent[] {
    return this.#find(arn).execution.history;
  }

  listExecutions({ machine, status }: { machine?: string; status?: ExecutionStatus } = {}): Execution[] {
    const name = machine === undefined ? undefined : this.#machine(machine).name;
    return this.executions
      .filter((one) => (name === undefined || one.machine === name) && (!status || one.status === status))
      .reverse();
  }

  onStatusChange(listener: (change: StatusChange) => void): () => void {
    this.#statusListeners.add(listener);
    return () => this.#statusListeners.delete(listener);
  }

  #start({ machine, name, input }: StartRequest, parentArn: string | undefined): Execution {
    const definition = this.#machine(machine);
    const data = acceptInput(input);
    const executionName = acceptName(name ?? uuid(this.#options.random));
    const lifecycle = new Lifecycle(
      this.#services,
      definition,
      { name: executionName, input: data, parentArn },
      {
        event: (execution, event) => this.#options.onEvent?.(execution, event),
        status: (execution) => this.#announce(execution),
        fault: (error) => this.#fault(error),
      },
    );
    const { execution } = lifecycle;
    const known = this.#lifecycles.get(execution.arn)?.execution;
    if (known !== undefined) return sameOrRefused(known, data);
    this.#lifecycles.set(execution.arn, lifecycle);
    lifecycle.start();
    return execution;
  }

  #announce(execution: Execution): void {
    const { now, random, definitions } = this.#options;
    for (const listener of this.#statusListeners) {
      listener(statusChange(execution, definitions.place, now(), random));
    }
  }

  #fault(error: unknown): void {
    if (this.#options.onFault !== undefined) this.#options.onFault(error);
    else void Promise.reject(error); // unhandled on purpose: a broken sandbox must not look like a quiet one
  }

  #find(arn: string): Lifecycle {
    const lifecycle = this.#lifecycles.get(arn);
    if (lifecycle !== undefined) return lifecycle;
    throw new StepFunctionsError('ExecutionDoesNotExist', `Execution Does Not Exist: '${arn}'`);
  }

  #machine(nameOrArn: string): MachineDefinition {
    const machine = this.definitions.find(nameOrArn);
    if (machine !== undefined) return machine;
    throw new StepFunctionsError('StateMachineDoesNotExist', `State Machine Does Not Exist: '${nameOrArn}'`);
  }
}

function requireFunctions({ definitions, functions }: EngineOptions): void {
  const missing = [...definitions.machines.values()].flatMap(({ file, definition }) =>
    calledFunctions(definition)
      .filter((name) => !Object.hasOwn(functions, name))
      .map((name) => `${file} calls the function '${name}'`),
  );
  if (missing.length === 0) return;
  throw new Error(`${missing.join('; ')}; the functions are ${Object.keys(functions).join(', ')}`);
}
