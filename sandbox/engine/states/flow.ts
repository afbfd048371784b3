import { deployedName } from '../../place.ts';
import { Interrupted } from '../basics/failure.ts';
import type { Json } from '../basics/json.ts';
import type { ContextObject } from '../data/context.ts';
import type { Branch } from '../definition/asl.ts';
import type { ExecutionRecord } from '../history/execution.ts';
import type { EventDetails, History } from '../history/history.ts';
import type { Services } from './services.ts';

/** The item of the Map iteration that a flow runs in: `$$.Map.Item`. */
export type MapItem = { Index: number; Value: Json };

/** What is the same for all flows of one execution. */
export interface Run {
  readonly execution: ExecutionRecord;
  readonly history: History;
  readonly services: Services;
  readonly roleArn: string;
  /** Runs the states of a branch; kept here because states hold branches and branches hold states. */
  readonly runStates: (flow: Flow, branch: Branch, input: Json) => Promise<Json>;
}

/** One line of control: the execution itself, a branch of a Parallel or an iteration of a Map. */
export class Flow {
  readonly run: Run;
  readonly signal: AbortSignal;
  readonly item: MapItem | undefined;
  #previousEventId: number;

  constructor(run: Run, signal: AbortSignal, previousEventId: number, item?: MapItem) {
    this.run = run;
    this.signal = signal;
    this.#previousEventId = previousEventId;
    this.item = item;
  }

  /** Adds an event that follows the last one of this flow. Nothing is added once the execution has ended. */
  record(type: string, details?: EventDetails): number {
    if (this.run.execution.status !== 'RUNNING') throw new Interrupted();
    this.#previousEventId = this.run.history.append(type, this.#previousEventId, details);
    return this.#previousEventId;
  }

  /** A flow that starts where this one stands. */
  fork(signal: AbortSignal, item: MapItem | undefined = this.item): Flow {
    return new Flow(this.run, signal, this.#previousEventId, item);
  }

  /** The context object of one attempt of a state. Source: Step Functions developer guide, "Context object". */
  context(state: { name: string; enteredAt: number; retryCount: number }, taskToken?: string): ContextObject {
    const { execution, roleArn, services } = this.run;
    return {
      Execution: {
        Id: execution.arn,
        Input: execution.input,
        Name: execution.name,
        RoleArn: roleArn,
        StartTime: new Date(execution.startDate).toISOString(),
        RedriveCount: 0,
      },
      StateMachine: {
        Id: execution.stateMachineArn,
        Name: deployedName(services.place, execution.machine),
      },
      State: {
        Name: state.name,
        EnteredTime: new Date(state.enteredAt).toISOString(),
        RetryCount: state.retryCount,
      },
      ...(taskToken !== undefined && { Task: { Token: taskToken } }),
      ...(this.item !== undefined && { Map: { Item: this.item } }),
    };
  }
}
