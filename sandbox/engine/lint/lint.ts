import validateAsl from 'asl-validator';
import type { Branch, State } from '../definition/asl.ts';
import { innerBranches } from '../definition/asl-graph.ts';
import type { MachineDefinition } from '../definition/definitions.ts';
import type { LintOptions, Problem } from './problem.ts';
import { lintReferences } from './references.ts';
import { lintState } from './state.ts';

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
