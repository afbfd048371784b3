import { isCallback, parseResource, type Resource } from '../basics/arn.ts';
import { startDeadline, type TimeLimits } from '../basics/deadline.ts';
import { checkPayload, StateFailure } from '../basics/failure.ts';
import { isJsonObject, type Json, jsonText } from '../basics/json.ts';
import { unlessAborted } from '../basics/timer.ts';
import type { Callback } from '../callbacks/tokens.ts';
import type { ContextObject } from '../data/context.ts';
import { evaluateExpression, evaluateInput } from '../data/evaluate.ts';
import type { TaskState } from '../definition/asl.ts';
import type { Flow } from './flow.ts';
import { invokeFunction } from './invoke.ts';
import { awaitNested, startAnswer, startNested } from './nested.ts';
import { taskEvents } from './task-events.ts';

/** Says that the work is under way and only its answer is awaited. */
type Submit = (answer: Json) => void;

/** One attempt of a task: schedules the work, holds it to its time limits and records what happened. */
export async function attemptTask(
  flow: Flow,
  state: TaskState,
  input: Json,
  contextFor: (taskToken?: string) => ContextObject,
): Promise<Json> {
  const resource = parseResource(state.Resource);
  if (resource === undefined) throw new Error(`Resource ${state.Resource} is not supported`);
  const callback = isCallback(resource) ? flow.run.services.tokens.issue() : undefined;
  try {
    const context = contextFor(callback?.token);
    const parameters = await evaluateInput(state, input, context);
    const limits = await timeLimits(state, input, context);
    return await perform(flow, resource, parameters, limits, callback);
  } finally {
    callback?.close();
  }
}

async function perform(
  flow: Flow,
  resource: Resource,
  parameters: Json,
  limits: TimeLimits,
  callback: Callback | undefined,
): Promise<Json> {
  const events = taskEvents(flow, resource);
  events.scheduled(jsonText(parameters), limits);
  const deadline = startDeadline(limits);
  if (callback !== undefined) callback.onHeartbeat = deadline.beat;
  let open = true;
  const submit: Submit = (answer) => {
    if (open && !flow.signal.aborted) events.submitted(JSON.stringify(answer));
  };
  try {
    const work = doWork(flow, resource, parameters, callback, submit);
    const output = await unlessAborted(flow.signal, Promise.race([work, deadline.passed]));
    const text = jsonText(output);
    checkPayload(resource.kind === 'function' ? resource.arn : resource.integration, text);
    events.succeeded(text);
    return output;
  } catch (error) {
    if (error instanceof StateFailure) {
      if (error.error === 'States.Timeout') events.timedOut(error);
      else events.failed(error);
    }
    throw error;
  } finally {
    open = false;
    deadline.cancel();
  }
}

async function doWork(
  flow: Flow,
  resource: Resource,
  parameters: Json,
  callback: Callback | undefined,
  submit: Submit,
): Promise<Json> {
  if (resource.kind === 'function') return await invokeFunction(flow, resource.function, parameters);
  switch (resource.integration) {
    case 'lambda:invoke':
      return await invokeIntegration(flow, parameters);
    case 'lambda:invoke.waitForTaskToken':
      submit(await invokeIntegration(flow, parameters));
      return callback === undefined ? null : await callback.answer;
    case 'states:startExecution':
      return startAnswer(startNested(flow, parameters));
    case 'states:startExecution.sync:2': {
      const child = startNested(flow, parameters);
      submit(startAnswer(child));
      return await awaitNested(flow, child);
    }
  }
}

/** The service integration names the function and the payload in its parameters and wraps the result. */
async function invokeIntegration(flow: Flow, parameters: Json): Promise<Json> {
  const { FunctionName, Payload } = isJsonObject(parameters) ? parameters : {};
  if (typeof FunctionName !== 'string') {
    throw new StateFailure('States.Runtime', 'lambda:invoke needs the parameter FunctionName');
  }
  const result = await invokeFunction(flow, FunctionName, Payload ?? {});
  return { ExecutedVersion: '$LATEST', Payload: result, StatusCode: 200 };
}

async function timeLimits(state: TaskState, input: Json, context: ContextObject): Promise<TimeLimits> {
  const seconds = async (name: string, fixed: number | undefined, path: string | undefined) => {
    const value = path === undefined ? fixed : await evaluateExpression(path, input, context);
    if (value === undefined || (typeof value === 'number' && Number.isInteger(value) && value > 0))
      return value;
    throw new StateFailure(
      'States.Runtime',
      `${name} must be a positive integer, but is ${JSON.stringify(value)}`,
    );
  };
  const timeout = await seconds('TimeoutSecondsPath', state.TimeoutSeconds, state.TimeoutSecondsPath);
  const heartbeat = await seconds('HeartbeatSecondsPath', state.HeartbeatSeconds, state.HeartbeatSecondsPath);
  return { ...(timeout !== undefined && { timeout }), ...(heartbeat !== undefined && { heartbeat }) };
}
