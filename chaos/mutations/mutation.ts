import type { Circumstances } from '../generate/circumstances.ts';

/** A bug that a tired developer could have written, as a change of one piece of text in one shipped file. */
export interface Mutation {
  /** Number of the scenario in `scenarios.ts`; the further ones break an invariant that has none of its own. */
  scenario: number | `invariant ${number}`;
  /** The bug in a few words; each has its own. */
  name: string;
  /** Path in the project: a TypeScript file of `shared/` or `functions/`, or a file of `statemachines/`. */
  file: string;
  /** The sound text: occurs exactly once in the file. */
  find: string;
  replace: string;
  /** What every incident holds in which the bug is looked for; without it incidents are as generated. */
  amid?: Circumstances;
}

/**
 * The file's text with the bug in it.
 * @throws Error when the sound text does not occur exactly once, or when nothing would change.
 */
export function mutated({ name, file, find, replace }: Mutation, text: string): string {
  const places = text.split(find).length - 1;
  if (places !== 1) throw new Error(`"${name}": its text occurs ${places} times in ${file}, not once`);
  if (find === replace) throw new Error(`"${name}" changes nothing in ${file}`);
  return text.replace(find, () => replace);
}
