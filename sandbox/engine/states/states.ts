import { checkPayload, StateFailure } from '../basics/failure.ts';
import { type Json, jsonText } from '../basics/json.ts';
import { sleep } from '../basics/timer.ts';
import type { ContextObject } from '../data/context.ts';
import { evaluateChoice, evaluateExpression, evaluateInput, evaluateOutput } from '../data/evaluate.ts';
import type { FailState, State, WaitState } from '../definition/asl.ts';
import { runMap, runParallel } from './branches.ts';
import type { Flow } from './flow.ts';
import { attemptTask } from './task.ts';

/** What a state comes to: its output, and the next state unless it is the last. */
export interface StateResult {
  output: Json;
  next?: string | undefined;
}

/** One visit of a state, as its context object shows it. */
export interface Visit {
  name: string;
  enteredAt: number;
  retryCount: number;
}

/** One attempt of a state. Throws StateFailure, which Retry and Catch then see. */
export async function attemptState(
  flow: Flow,
  state: State,
  visit: Visit,
  input: Json,
): Promise<StateResult> {
  const contextFor = (taskToken?: string): ContextObject => flow.context(visit, taskToken);
  const result = await perform(flow, state, visit, input, contextFor);
  checkPayload(visit.name, jsonText(result.output));
  return result;
}

async function perform(
  flow: Flow,
  state: State,
  visit: Visit,
  input: Json,
  contextFor: (taskToken?: string) => ContextObject,
): Promise<StateResult> {
  const context = contextFor();
  switch (state.Type) {
    case 'Task': {
      const result = await attemptTask(flow, state, input, contextFor);
      return { output: await evaluateOutput(state, input, result, context), next: state.Next };
    }
    case 'Pass': {
      const effective = await evaluateInput(state, input, context);
      const output = await evaluateOutput(state, input, state.Result ?? effective, context);
      return { output, next: state.Next };
    }
    case 'Wait': {
      const effective = await evaluateInput(state, input, context);
      await sleep(await waitMilliseconds(flow, state, effective, context), flow.signal);
      return { output: await evaluateOutput(state, input, effective, context), next: state.Next };
    }
    case 'Choice': {
      const effective = await evaluateInput(state, input, context);
      const next = await evaluateChoice(state, effective, context);
      return { output: await evaluateOutput(state, input, effective, context), next };
    }
    case 'Succeed': {
      const effective = await evaluateInput(state, input, context);
      return { output: await evaluateOutput(state, input, effective, context) };
    }
    case 'Fail':
      throw await failureOf(state, input, context);
    case 'Parallel': {
      const result = await runParallel(flow, state, input, context);
      return { output: await evaluateOutput(state, input, result, context), next: state.Next };
    }
    case 'Map': {
      const result = await runMap(flow, state, visit.name, input, context);
      return { output: await evaluateOutput(state, input, result, context), next: state.Next };
    }
  }
}

async function waitMilliseconds(
  flow: Flow,
  state: WaitState,
  input: Json,
  context: ContextObject,
): Promise<number> {
  const valueAt = (path: string): Promise<Json> => evaluateExpression(path, input, context);
  const seconds = state.SecondsPath === undefined ? state.Seconds : await valueAt(state.SecondsPath);
  if (typeof seconds === 'number' && seconds >= 0) return seconds * 1000;
  if (seconds !== undefined) throw wrongWait('SecondsPath', seconds);
  const timestamp = state.TimestampPath === undefined ? state.Timestamp : await valueAt(state.TimestampPath);
  const until = typeof timestamp === 'string' ? Date.parse(timestamp) : Number.NaN;
  if (Number.isNaN(until)) throw wrongWait('TimestampPath', timestamp ?? null);
  return Math.max(0, until - flow.run.services.now());
}

function wrongWait(field: string, value: Json): StateFailure {
  return new StateFailure('States.Runtime', `The ${field} parameter does not fit: ${JSON.stringify(value)}`);
}

async function failureOf(state: FailState, input: Json, context: ContextObject): Promise<StateFailure> {
  const text = async (path: string | undefined, fixed: string | undefined): Promise<string | undefined> => {
    if (path === undefined) return fixed;
    const value = await evaluateExpression(path, input, context);
    if (typeof value === 'string') return value;
    throw new StateFailure(
      'States.Runtime',
      `${path} must lead to a string, but leads to ${JSON.stringify(value)}`,
    );
  };
  return new StateFailure(
    (await text(state.ErrorPath, state.Error)) ?? '',
    await text(state.CausePath, state.Cause),
  );
}
