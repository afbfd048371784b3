import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Instrumenter } from '@stryker-mutator/instrumenter';
import type { Mutant } from '../mutant.ts';
import { isSwitch, withSwitches } from './awaits.ts';

/** A mutant of a function, switched on by its number. */
export interface FunctionMutant extends Mutant {
  id: string;
}

const silent = () => undefined;
const log = {
  isTraceEnabled: () => false,
  isDebugEnabled: () => false,
  isInfoEnabled: () => false,
  isWarnEnabled: () => false,
  isErrorEnabled: () => false,
  isFatalEnabled: () => false,
  trace: silent,
  debug: silent,
  info: silent,
  warn: silent,
  error: silent,
  fatal: silent,
};

/** Where the list of the mutants is left in a project whose functions hold them all. */
export const listOf = (project: string) => join(project, 'functions', 'mutants.json');

/** Writes Stryker's mutants into the functions of a copy of the project, each behind a switch. */
export async function instrument(project: string): Promise<void> {
  const names = globSync('functions/**/*.ts', { cwd: project }).sort();
  const sources = new Map(names.map((name) => [name, readFileSync(join(project, name), 'utf8')]));
  const switched = [...sources].map(([name, source]) => ({ name, source, ...withSwitches(source, name) }));
  const files = switched.map(({ name, text }) => ({ name, mutate: true, content: text }));
  const made = await new Instrumenter(log).instrument(files, {
    ignorers: [],
    excludedMutations: [],
    plugins: null,
  });
  for (const { name, content } of made.files) writeFileSync(join(project, name), content);
  const seen = new Map<string, number>();
  const unique = (name: string) => {
    // A line may stand in a file twice.
    const times = (seen.get(name) ?? 0) + 1;
    seen.set(name, times);
    return times === 1 ? name : `${name} (${times})`;
  };
  const lines = new Map(
    switched.map(({ name, source, text }) => [name, [source.split('\n'), text.split('\n')]]),
  );
  const mutants = made.mutants.flatMap(
    ({ id, fileName, location: { start }, mutatorName, replacement = '' }) => {
      const [own, changed] = lines.get(fileName) ?? [];
      if (isSwitch(changed?.[start.line]?.slice(start.column) ?? '')) return [];
      const short = replacement
        .replaceAll(/globalThis\.held\("[^"]*", /g, '')
        .replaceAll(/\s+/g, ' ')
        .slice(0, 60);
      const key = unique(`${fileName}: ${own?.[start.line]?.trim()}: ${mutatorName} → ${short}`);
      return [{ id, operator: mutatorName, key }];
    },
  );
  const waits = switched.flatMap(({ name, awaited }) =>
    [...awaited].map(([id, what]) => ({
      id,
      operator: 'await removed',
      key: unique(`${name}: await ${what.replaceAll(/\s+/g, ' ').slice(0, 90)}: await removed`),
    })),
  );
  writeFileSync(listOf(project), JSON.stringify([...mutants, ...waits] satisfies FunctionMutant[]));
}
