import { payloadLimit, StepFunctionsError } from './basics/failure.ts';
import { equalJson, type Json, throughJson } from './basics/json.ts';
import type { Execution } from './history/execution.ts';

/** What StartExecution checks. Source: Step Functions API reference, StartExecution. */

/** Whitespace, brackets, wildcards, special and control characters, surrogates. */
const forbidden = /[\s<>{}[\]?*"#%\\^|~`$&,;:/\p{Cc}\p{Cs}]/u;

/** Throws InvalidName. */
export function acceptName(name: string): string {
  if (name.length < 1 || name.length > 80 || forbidden.test(name)) {
    throw new StepFunctionsError('InvalidName', `Invalid Name: '${name}'`);
  }
  return name;
}

/** The input as JSON carries it. Throws InvalidExecutionInput. */
export function acceptInput(input: unknown): Json {
  const value = asJson(input);
  const bytes = Buffer.byteLength(JSON.stringify(value));
  if (bytes > payloadLimit) {
    throw new StepFunctionsError(
      'InvalidExecutionInput',
      `Invalid State Machine Execution Input: '${bytes} bytes, where ${payloadLimit} are the limit'`,
    );
  }
  return value;
}

function asJson(input: unknown): Json {
  try {
    return throughJson(input);
  } catch (error) {
    throw new StepFunctionsError(
      'InvalidExecutionInput',
      `Invalid State Machine Execution Input: '${String(error)}'`,
    );
  }
}

/** The same name and input while it runs is the same start; anything else is refused. Throws ExecutionAlreadyExists. */
export function sameOrRefused(known: Execution, input: Json): Execution {
  if (known.status === 'RUNNING' && equalJson(known.input, input)) return known;
  throw new StepFunctionsError('ExecutionAlreadyExists', `Execution Already Exists: '${known.arn}'`);
}
