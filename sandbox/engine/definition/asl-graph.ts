import type { Branch, State } from './asl.ts';

/** The states to which a state can lead, in the order in which they are written. */
export function successors(value: State): string[] {
  const targets: string[] = [];
  if ('Next' in value && value.Next !== undefined) targets.push(value.Next);
  if (value.Type === 'Choice') {
    targets.push(...value.Choices.map((rule) => rule.Next));
    if (value.Default !== undefined) targets.push(value.Default);
  }
  if ('Catch' in value) targets.push(...(value.Catch ?? []).map((one) => one.Next));
  return [...new Set(targets)];
}

/** The branches inside a state: of a Parallel, or the body of a Map. */
export function innerBranches(value: State): Branch[] {
  if (value.Type === 'Parallel') return value.Branches;
  return value.Type === 'Map' ? [value.ItemProcessor] : [];
}
