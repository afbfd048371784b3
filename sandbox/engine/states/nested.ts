import { StateFailure, StepFunctionsError } from '../basics/failure.ts';
import { isJsonObject, type Json } from '../basics/json.ts';
import type { Execution } from '../history/execution.ts';
import type { Flow } from './flow.ts';

/** Executions started by a state. Source: Step Functions developer guide, "Start workflow executions from a task state". */

/** Starts the execution that the Task's parameters ask for. Throws StateFailure with the API's error. */
export function startNested(flow: Flow, parameters: Json): Execution {
  const { StateMachineArn, Name, Input } = isJsonObject(parameters) ? parameters : {};
  if (typeof StateMachineArn !== 'string') {
    throw new StateFailure('States.Runtime', 'startExecution needs the parameter StateMachineArn');
  }
  try {
    return flow.run.services.start({
      machine: StateMachineArn,
      name: typeof Name === 'string' ? Name : undefined,
      input: Input ?? {},
      parentArn: flow.run.execution.arn,
    });
  } catch (error) {
    if (!(error instanceof StepFunctionsError)) throw error;
    throw new StateFailure(
      `StepFunctions.${error.name}Exception`,
      `${error.message} (Service: AWSStepFunctions; Status Code: 400; Error Code: ${error.name})`,
    );
  }
}

/** The answer of StartExecution, as the Task gives it on. */
export function startAnswer(child: Execution): Json {
  return { ExecutionArn: child.arn, StartDate: child.startDate };
}

/** Waits for a child (`.sync:2`); the child is stopped when the waiting flow is. Throws States.TaskFailed. */
export async function awaitNested(flow: Flow, child: Execution): Promise<Json> {
  const stop = (): void => flow.run.services.stop(child.arn);
  flow.signal.addEventListener('abort', stop, { once: true });
  try {
    await child.done;
  } finally {
    flow.signal.removeEventListener('abort', stop);
  }
  const report = {
    ExecutionArn: child.arn,
    Input: child.input,
    InputDetails: { Included: true },
    Name: child.name,
    StartDate: child.startDate,
    StateMachineArn: child.stateMachineArn,
    Status: child.status,
    StopDate: child.stopDate ?? child.startDate,
  };
  if (child.status === 'SUCCEEDED') {
    return { ...report, Output: child.output ?? null, OutputDetails: { Included: true } };
  }
  const cause = {
    ...(child.error !== undefined && { Error: child.error }),
    ...(child.cause !== undefined && { Cause: child.cause }),
    ...report,
    Input: JSON.stringify(child.input),
  };
  throw new StateFailure('States.TaskFailed', JSON.stringify(cause));
}
