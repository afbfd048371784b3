import * as v from 'valibot';
import type { Config } from '../config/schema.ts';
import { InvalidInputError } from '../core/errors.ts';
import { tryParse } from '../core/schema.ts';
import { jsonOf } from '../format/errors.ts';
import { isTypedByPerson, serviceOfInput } from './run-service.ts';

/** The input of an execution, as JSON; undefined where there is no such execution. */
export type InputOfExecution = (executionArn: string) => Promise<string | undefined>;

const StartedInput = v.object({ startedBy: v.string() });

/** A scale-in of a week hands over to a new run about seven times; a circle of claims has no end. */
const longestChain = 50;

/**
 * Whether it is only somebody's word who asked for this run: an alarm and an alert are named by their own event, a run that
 * another run started is asked for by whoever started the first of them.
 * @param input what the execution was started with
 * @throws InvalidInputError when `startedBy` is no run of this service: only the execution itself is believed.
 */
export async function isClaimed(
  input: unknown,
  execution: { arn: string },
  inputOf: InputOfExecution,
  config: Config,
): Promise<boolean> {
  let json = JSON.stringify(input);
  const service = serviceOfInput(json, config);
  const ours = execution.arn.slice(0, execution.arn.indexOf(':execution:'));
  for (let depth = 0; depth < longestChain; depth++) {
    const startedBy = tryParse(StartedInput, jsonOf(json))?.startedBy;
    if (startedBy === undefined) return isTypedByPerson(json);
    const parent = startedBy.startsWith(`${ours}:execution:`) ? await inputOf(startedBy) : undefined;
    if (parent === undefined || service === undefined || serviceOfInput(parent, config) !== service)
      throw new InvalidInputError(
        `startedBy: "${startedBy}" is no run of this service; leave it out, only workflows set it`,
      );
    json = parent;
  }
  return true;
}
