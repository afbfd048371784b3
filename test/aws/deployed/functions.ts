import { type SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import type { Context } from 'aws-lambda';
import { z } from 'zod';
import { functionFiles } from '../../../resources/names.ts';
import { startFunctions } from './definitions.ts';
import { executionEnded } from './executions.ts';

/** A function as Lambda calls it: the event is what came over the wire. */
export type Handler = (event: unknown) => Promise<unknown>;

/** Lambda's context object, as far as the handlers read it. */
function contextOf(functionName: string): Context {
  return {
    functionName,
    awsRequestId: 'test',
    callbackWaitsForEmptyEventLoop: false,
    functionVersion: '1',
    invokedFunctionArn: `arn:aws:lambda:ap-southeast-1:123456789012:function:${functionName}`,
    memoryLimitInMB: '512',
    logGroupName: `/aws/lambda/${functionName}`,
    logStreamName: 'test',
    getRemainingTimeInMillis: () => 60_000,
    done: () => undefined,
    fail: () => undefined,
    succeed: () => undefined,
  };
}

/** The handlers that are deployed, with their own clients: region, endpoint and names come from the environment. */
export async function deployedHandlers(): Promise<ReadonlyMap<string, Handler>> {
  const handlers = new Map<string, Handler>();
  for (const [name, file] of functionFiles()) {
    const { handler } = await import(`../../../${file}`);
    handlers.set(name, (event) => handler(event, contextOf(name)));
  }
  return handlers;
}

const Start = z.object({ StateMachineArn: z.string(), Name: z.string(), Input: z.json() });

/** In place of Step Functions' own integration: starts an execution, and waits for its end where the state does. */
export function startingHandlers(states: SFNClient): ReadonlyMap<string, Handler> {
  const start = async (event: unknown) => {
    const { StateMachineArn: stateMachineArn, Name: name, Input } = Start.parse(event);
    const command = new StartExecutionCommand({ stateMachineArn, name, input: JSON.stringify(Input) });
    return { ExecutionArn: (await states.send(command)).executionArn ?? '' };
  };
  const startAndWait = async (event: unknown) => {
    const { ExecutionArn } = await start(event);
    const { status, output, failure } = await executionEnded(states, ExecutionArn);
    if (status === 'SUCCEEDED') return { ExecutionArn, Status: status, Output: output };
    throw Object.assign(new Error(JSON.stringify(failure)), { name: 'States.TaskFailed' });
  };
  return new Map([
    [startFunctions.start, start],
    [startFunctions.startAndWait, startAndWait],
  ]);
}
