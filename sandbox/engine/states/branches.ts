import { Interrupted, StateFailure } from '../basics/failure.ts';
import type { Json } from '../basics/json.ts';
import type { ContextObject } from '../data/context.ts';
import { evaluateExpression, evaluateInput } from '../data/evaluate.ts';
import type { Branch, MapState, ParallelState } from '../definition/asl.ts';
import type { EventDetails } from '../history/history.ts';
import type { Flow, MapItem } from './flow.ts';

/** Most iterations of an inline Map at a time. Source: Step Functions developer guide, "Map state". */
const mostConcurrent = 40;

/** Runs the branches of a Parallel at once; the first failure stops the others. The result lists their outputs. */
export async function runParallel(
  flow: Flow,
  state: ParallelState,
  input: Json,
  context: ContextObject,
): Promise<Json> {
  const effective = await evaluateInput(state, input, context);
  flow.record('ParallelStateStarted');
  const branches = state.Branches.map(
    (branch) => (scope: AbortSignal) => flow.run.runStates(flow.fork(scope), branch, effective),
  );
  return await settle(flow, 'Parallel', branches, branches.length);
}

/** Runs the body of a Map for each item. The result lists the outputs in the order of the items. */
export async function runMap(
  flow: Flow,
  state: MapState,
  name: string,
  input: Json,
  context: ContextObject,
): Promise<Json> {
  const effective = await evaluateInput({ InputPath: state.InputPath }, input, context);
  const items =
    state.ItemsPath === undefined ? effective : await evaluateExpression(state.ItemsPath, effective, context);
  if (!Array.isArray(items)) throw new StateFailure('States.Runtime', 'The items of a Map must be an array');
  flow.record('MapStateStarted', { mapStateStartedEventDetails: { length: items.length } });
  const iterations = items.map((Value, Index) => async (scope: AbortSignal) => {
    const selector = { Parameters: state.ItemSelector };
    const item = { Index, Value };
    const body = await evaluateInput(selector, selector.Parameters === undefined ? Value : effective, {
      ...context,
      Map: { Item: item },
    });
    return await iterate(flow.fork(scope, item), name, item, state.ItemProcessor, body);
  });
  return await settle(flow, 'Map', iterations, state.MaxConcurrency || mostConcurrent);
}

async function iterate(flow: Flow, name: string, item: MapItem, body: Branch, input: Json): Promise<Json> {
  const details = { name, index: item.Index };
  flow.record('MapIterationStarted', { mapIterationStartedEventDetails: details });
  try {
    const output = await flow.run.runStates(flow, body, input);
    flow.record('MapIterationSucceeded', { mapIterationSucceededEventDetails: details });
    return output;
  } catch (error) {
    if (error instanceof StateFailure) {
      flow.record('MapIterationFailed', { mapIterationFailedEventDetails: details });
    } else if (error instanceof Interrupted) {
      flow.record('MapIterationAborted', { mapIterationAbortedEventDetails: details } satisfies EventDetails);
    }
    throw error;
  }
}

/** Runs jobs, at most `concurrency` at a time. On the first failure the rest are aborted and waited for. */
async function settle(
  flow: Flow,
  type: 'Parallel' | 'Map',
  jobs: readonly ((scope: AbortSignal) => Promise<Json>)[],
  concurrency: number,
): Promise<Json[]> {
  const scope = new AbortController();
  const signal = AbortSignal.any([flow.signal, scope.signal]);
  const outputs: Json[] = [];
  const waiting = jobs.entries();
  let failure: { error: unknown } | undefined;
  const work = async (): Promise<void> => {
    for (const [index, job] of waiting) {
      if (signal.aborted) return;
      try {
        outputs[index] = await job(signal);
      } catch (error) {
        failure ??= { error };
        scope.abort();
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(concurrency, jobs.length) }, work));
  if (flow.signal.aborted) throw new Interrupted();
  if (failure !== undefined) {
    if (failure.error instanceof StateFailure) flow.record(`${type}StateFailed`);
    throw failure.error;
  }
  flow.record(`${type}StateSucceeded`);
  return outputs;
}
