import type { Branch } from '../definition/asl.ts';
import { successors } from '../definition/asl-graph.ts';
import type { Problem } from './problem.ts';

/** Transitions that lead nowhere, and states that nothing leads to. */
export function lintReferences(file: string, branch: Branch): Problem[] {
  return [...unknownStates(file, branch), ...unreachableStates(file, branch)];
}

function unknownStates(file: string, branch: Branch): Problem[] {
  const exists = (name: string): boolean => Object.hasOwn(branch.States, name);
  const start: Problem[] = exists(branch.StartAt)
    ? []
    : [{ file, state: '', rule: 'unknown-state', message: `StartAt leads to '${branch.StartAt}'` }];
  const later = Object.entries(branch.States).flatMap(([state, definition]) =>
    successors(definition)
      .filter((target) => !exists(target))
      .map((target): Problem => ({ file, state, rule: 'unknown-state', message: `leads to '${target}'` })),
  );
  return [...start, ...later];
}

function unreachableStates(file: string, branch: Branch): Problem[] {
  const reached = new Set<string>();
  const waiting = [branch.StartAt];
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    const state = branch.States[name];
    if (state === undefined || reached.has(name)) continue;
    reached.add(name);
    waiting.push(...successors(state));
  }
  return Object.keys(branch.States)
    .filter((name) => !reached.has(name))
    .map((state) => ({ file, state, rule: 'unreachable', message: 'no transition leads here' }));
}
