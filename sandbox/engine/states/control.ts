import { checkPayload, Interrupted, StateFailure } from '../basics/failure.ts';
import { type Json, jsonText } from '../basics/json.ts';
import { sleep } from '../basics/timer.ts';
import { evaluateOutput } from '../data/evaluate.ts';
import type { Branch, State } from '../definition/asl.ts';
import { untruncated } from '../history/history.ts';
import type { Flow } from './flow.ts';
import { findCatcher, RetryCounter } from './retry.ts';
import { attemptState, type StateResult } from './states.ts';

/** States whose work can be cut off; the others take no time. */
const interruptible = new Set(['Task', 'Wait', 'Parallel', 'Map']);

/** Runs a set of states from its entry to its end and returns the last output. Throws StateFailure or Interrupted. */
export async function runStates(flow: Flow, branch: Branch, input: Json): Promise<Json> {
  let name: string | undefined = branch.StartAt;
  let data = input;
  while (name !== undefined) {
    if (flow.signal.aborted) throw new Interrupted();
    const state: State | undefined = branch.States[name];
    if (state === undefined) throw new StateFailure('States.Runtime', `There is no state '${name}'`);
    const result: StateResult = await visit(flow, name, state, data);
    data = result.output;
    name = result.next;
  }
  return data;
}

/** One visit of a state: entry, attempts until one succeeds or no retry is left, Catch, exit. */
async function visit(flow: Flow, name: string, state: State, input: Json): Promise<StateResult> {
  const enteredAt = flow.run.services.now();
  const entered = flow.record(`${state.Type}StateEntered`, {
    stateEnteredEventDetails: { name, input: jsonText(input), inputDetails: untruncated },
  });
  flow.run.execution.stateTransitions += 1;
  const result = await withRecovery(flow, state, { name, enteredAt, entered }, input).catch(
    (error: unknown) => {
      if (error instanceof Interrupted && interruptible.has(state.Type))
        flow.record(`${state.Type}StateAborted`);
      throw error;
    },
  );
  flow.record(`${state.Type}StateExited`, {
    stateExitedEventDetails: {
      name,
      output: jsonText(result.output),
      outputDetails: untruncated,
    },
  });
  return result;
}

async function withRecovery(
  flow: Flow,
  state: State,
  { name, enteredAt, entered }: { name: string; enteredAt: number; entered: number },
  input: Json,
): Promise<StateResult> {
  const retries = new RetryCounter('Retry' in state ? state.Retry : undefined);
  for (;;) {
    const current = { name, enteredAt, retryCount: retries.total };
    try {
      return await attemptState(flow, state, current, input);
    } catch (error) {
      if (!(error instanceof StateFailure)) throw error;
      const wait = retries.next(error, flow.run.services.random);
      if (wait === undefined)
        return await recover(flow, state, current, input, located(error, name, entered));
      await sleep(wait, flow.signal);
      flow.run.execution.stateTransitions += 1;
    }
  }
}

/** Goes where the first fitting catcher leads, with `{Error, Cause}` at its ResultPath; else the failure goes on. */
async function recover(
  flow: Flow,
  state: State,
  visited: { name: string; enteredAt: number; retryCount: number },
  input: Json,
  failure: StateFailure,
): Promise<StateResult> {
  const catcher = findCatcher('Catch' in state ? state.Catch : undefined, failure);
  if (catcher === undefined) throw failure;
  const errorOutput = { Error: failure.error, Cause: failure.reason ?? '' };
  const output = await evaluateOutput(
    { ResultPath: catcher.ResultPath },
    input,
    errorOutput,
    flow.context(visited),
  );
  checkPayload(visited.name, jsonText(output));
  return { output, next: catcher.Next };
}

/** A run-time error tells where it happened, as AWS words it. */
function located(failure: StateFailure, name: string, entered: number): StateFailure {
  if (failure.error !== 'States.Runtime' || failure.reason?.startsWith('An error occurred')) return failure;
  const where = `An error occurred while executing the state '${name}' (entered at the event id #${entered}).`;
  return new StateFailure(failure.error, `${where} ${failure.reason ?? ''}`);
}
