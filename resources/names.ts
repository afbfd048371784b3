import { readdirSync } from 'node:fs';
import { basename, join, posix, sep } from 'node:path';

const root = join(import.meta.dirname, '..');

/** CloudFormation's logical ids are letters and digits; hyphens and underscores are spelt out, as osls does. */
export const logicalId = (name: string): string =>
  `${name[0]?.toUpperCase()}${name.slice(1)}`.replaceAll('-', 'Dash').replaceAll('_', 'Underscore');

/** A name with hyphens as a logical id. */
export const pascal = (name: string): string =>
  name.replace(/(?:^|-)(\w)/g, (_, letter: string) => letter.toUpperCase());

const namesIn = (folder: string, ending: string): string[] =>
  readdirSync(join(root, folder))
    .filter((file) => file.endsWith(ending))
    .map((file) => basename(file, ending))
    .sort();

/** The file of each function of the package, by the function's name; some stand in a folder below `functions/`. */
export const functionFiles = (): ReadonlyMap<string, string> =>
  new Map(
    readdirSync(join(root, 'functions'), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts'))
      .map((file) => [basename(file, '.ts'), posix.join('functions', file.replaceAll(sep, '/'))] as const)
      .sort(([one], [other]) => (one < other ? -1 : 1)),
  );

/** The functions of the package: one for each file. */
export const functionNames = (): string[] => [...functionFiles().keys()];

/** The state machines of the package: name and logical id. */
export const machines = (): { name: string; id: string }[] =>
  namesIn('statemachines', '.yml').map((name) => ({ name, id: pascal(name) }));
