import {
  ExecutionError,
  type RunOptions,
  StateMachine,
  type StateMachineDefinition,
} from 'aws-local-stepfunctions';
import { StateFailure } from '../basics/failure.ts';
import type { Json } from '../basics/json.ts';
import type { ChoiceState } from '../definition/asl.ts';
import { normalizeRule, type Rule } from './choice-rules.ts';
import type { ContextObject } from './context.ts';
import { choosePlainly } from './plain-choice.ts';
import { fill, follow, partsNamedIn, put } from './references.ts';

/**
 * The data flow of states (paths, templates, intrinsic functions, Choice rules), as `aws-local-stepfunctions` interprets
 * it. Each function hands the interpreter a machine of one or two states; the order of states, retries, time-outs and the
 * history are ours, because the interpreter logs events late, draws jitter from Math.random and runs on after an abort.
 */

export interface InputFields {
  InputPath?: string | null | undefined;
  Parameters?: Json | undefined;
}

export interface OutputFields {
  ResultSelector?: Json | undefined;
  ResultPath?: string | null | undefined;
  OutputPath?: string | null | undefined;
}

type InterpreterStates = StateMachineDefinition['States'];

type InterpreterRules = Extract<InterpreterStates[string], { Type: 'Choice' }>['Choices'];

/** Effective input of a state: InputPath, then Parameters. */
export async function evaluateInput(fields: InputFields, input: Json, context: ContextObject): Promise<Json> {
  if (fields.InputPath === undefined && fields.Parameters === undefined) return input;
  const effective = fields.InputPath === undefined ? input : follow(fields.InputPath ?? '', input, context);
  if (effective !== undefined) {
    const filled = fields.Parameters === undefined ? effective : fill(fields.Parameters, effective, context);
    if (filled !== undefined) return filled;
  }
  const { InputPath, Parameters } = reroute(fields);
  return await interpret(
    {
      Input: {
        Type: 'Pass',
        ...(InputPath !== undefined && { InputPath }),
        ...(Parameters !== undefined && { Parameters }),
        End: true,
      },
    },
    input,
    context,
  );
}

/** Output of a state: ResultSelector, ResultPath over the raw input, OutputPath. */
export async function evaluateOutput(
  fields: OutputFields,
  rawInput: Json,
  result: Json,
  context: ContextObject,
): Promise<Json> {
  const { ResultSelector, ResultPath, OutputPath } = fields;
  // The interpreter takes `$` for a member of that name.
  const resultPath = ResultPath === '$' ? undefined : ResultPath;
  if (ResultSelector === undefined && resultPath === undefined && OutputPath === undefined) return result;
  const selected = ResultSelector === undefined ? result : fill(ResultSelector, result, context);
  if (selected !== undefined && OutputPath === undefined && resultPath !== null) {
    const output = resultPath === undefined ? selected : put(resultPath, rawInput, selected);
    if (output !== undefined) return output;
  }
  return await interpret(
    {
      Output: {
        Type: 'Task',
        Resource: 'result',
        ...reroute({
          ...(ResultSelector !== undefined && { ResultSelector }),
          ...(resultPath !== undefined && { ResultPath: resultPath }),
          ...(OutputPath !== undefined && { OutputPath }),
        }),
        End: true,
      },
    },
    rawInput,
    context,
    { taskResourceLocalHandlers: { Output: () => result } },
  );
}

/** The value of a JSONPath or intrinsic function, as after a key that ends in `.$`. */
export async function evaluateExpression(
  expression: string,
  input: Json,
  context: ContextObject,
): Promise<Json> {
  const found = await evaluateInput({ Parameters: { 'value.$': expression } }, input, context);
  return typeof found === 'object' && found !== null && !Array.isArray(found) ? (found.value ?? null) : null;
}

/** The name of the state that a Choice leads to. Fails with States.NoChoiceMatched. */
export async function evaluateChoice(
  state: ChoiceState,
  input: Json,
  context: ContextObject,
): Promise<string> {
  const plainly = choosePlainly(state, input, context);
  if (plainly !== undefined) return plainly;
  const parts = partsNamedIn(JSON.stringify(state.Choices), input);
  // A failure's text shows the whole input.
  return await choose(state, parts, context).catch(() => choose(state, input, context));
}

async function choose(state: ChoiceState, input: Json, context: ContextObject): Promise<string> {
  const targets = [...new Set([...state.Choices.map((rule) => rule.Next), state.Default ?? ''])];
  const markers = targets.map(
    (target, index) => [`Target ${index}`, { Type: 'Pass', Result: target, End: true }] as const,
  );
  const marker = (target: string): string => `Target ${targets.indexOf(target)}`;
  const choices = state.Choices.map((rule) => ({
    ...reroute(normalizeRule(withoutNext(rule))),
    Next: marker(rule.Next),
  }));
  if (!areRules(choices)) throw new Error('A Choice needs at least one rule');
  const chosen = await interpret(
    {
      Choice: {
        Type: 'Choice',
        Choices: choices,
        ...(state.Default !== undefined && { Default: marker(state.Default) }),
      },
      ...Object.fromEntries(markers),
    },
    input,
    context,
  );
  return String(chosen);
}

function withoutNext({ Next: _next, ...rule }: ChoiceState['Choices'][number]): Json {
  return JSON.parse(JSON.stringify(rule));
}

/** `normalizeRule` has checked the shape; this tells the interpreter's types so. */
function areRules(
  rules: (Rule & { Next: string })[],
): rules is InterpreterRules & (Rule & { Next: string })[] {
  return rules.length > 0;
}

/** The interpreter overwrites `$$.Execution`; our own object travels under another name. */
function reroute<T>(fields: T): T {
  const text = JSON.stringify(fields);
  if (!text?.includes('$$.Execution')) return fields;
  return JSON.parse(text.replaceAll('$$.Execution', () => '$$.TheExecution'));
}

async function interpret(
  states: InterpreterStates,
  input: Json,
  context: ContextObject,
  overrides: NonNullable<RunOptions['overrides']> = {},
): Promise<Json> {
  const [first = ''] = Object.keys(states);
  const { Execution, ...rest } = context;
  const machine = new StateMachine(
    { StartAt: first, States: states },
    { validationOptions: { noValidate: true } },
  );
  try {
    return await machine.run(input, { context: { ...rest, TheExecution: Execution }, overrides }).result;
  } catch (error) {
    throw asFailure(error, JSON.stringify(states).includes('States.'));
  }
}

/** Errors with a `States.` name belong to the run; anything else is a fault of the sandbox and stays what it is. */
function asFailure(error: unknown, usesIntrinsics: boolean): unknown {
  const inner = error instanceof ExecutionError ? error.cause : error;
  if (!(inner instanceof Error)) return error;
  if (inner.name.startsWith('States.')) return new StateFailure(inner.name, inner.message);
  return usesIntrinsics ? new StateFailure('States.IntrinsicFailure', inner.message) : inner;
}
