import validateAsl from 'asl-validator';
import type { Branch, State } from '../definition/asl.ts';
import { innerBranches } from '../definition/asl-graph.ts';
import type { MachineDefinition } from '../definition/definitions.ts';
import { lintReferences } from './references.ts';
import { lintState } from './state.ts';

/** One thing that is wrong with a definition. */
export interface Problem {
  /** File name, for example `scale-in.yml`. */
  file: string;
  /** Name of the state; empty when the definition as a whole is meant. */
  state: string;
  rule: LintRule;
  message: string;
}

export type LintRule =
  | 'asl' // the States Language itself, as asl-validator checks it
  | 'timeout' // every Task limits its time
  | 'retry' // every Task has Retry, or is excused
  | 'backoff' // every Retry spreads its attempts, up to a longest delay
  | 'catch' // every Task has Catch, or is excused
  | 'catch-all' // whatever is not caught by name is caught, too
  | 'callback' // a callback Task passes its token
  | 'comment' // every state says what it is for
  | 'default' // every Choice has a Default
  | 'fail-error' // every Fail names its error
  | 'ending' // a machine ends only in Succeed or Fail
  | 'error-name' // ErrorEquals lists only errors that exist
  | 'unknown-state' // a transition leads nowhere
  | 'unreachable'; // no transition leads here

export interface LintOptions {
  /** Error names that functions throw; those of Step Functions and Lambda are known. */
  errorNames: readonly string[];
  /** States, as `file.yml/State name`, whose Task needs no Retry. */
  withoutRetry?: readonly string[];
  /** States, as `file.yml/State name`, whose Task needs no Catch. */
  withoutCatch?: readonly string[];
}

/** Finds what Step Functions would accept and an operator would regret, and what it would refuse. Empty when all is well. */
export function lint(machine: MachineDefinition, options: LintOptions): Problem[] {
  const { file, definition } = machine;
  return [...lintLanguage(machine), ...lintBranch(file, definition, options, true)];
}

function lintBranch(file: string, branch: Branch, options: LintOptions, outermost: boolean): Problem[] {
  const states = Object.entries(branch.States);
  return [
    ...lintReferences(file, branch),
    ...states.flatMap(([name, state]) => [
      ...lintState(file, name, state, options, outermost),
      ...lintInside(file, state, options),
    ]),
  ];
}

function lintInside(file: string, state: State, options: LintOptions): Problem[] {
  return innerBranches(state).flatMap((branch) => lintBranch(file, branch, options, false));
}

function lintLanguage({ file, definition }: MachineDefinition): Problem[] {
  const { errors } = validateAsl(structuredClone(definition), { checkPaths: true, checkArn: true });
  return errors.map((error) => ({
    file,
    state: '',
    rule: 'asl',
    message: `${error['Error code']}: ${error.Message}`,
  }));
}
