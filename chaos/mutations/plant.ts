import { readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import {
  type Definitions,
  definitionTexts,
  parseDefinitions,
} from '../../sandbox/engine/definition/definitions.ts';
import { type Mutation, mutated } from './mutation.ts';
import type { Planted } from './planted.ts';

const root = join(import.meta.dirname, '..', '..');

/** The text of a mutation's file as it is shipped. */
export const shippedText = ({ file }: Mutation): string => readFileSync(join(root, file), 'utf8');

/**
 * Plants a bug into this process: a module gets its changed text when it is loaded, so nothing that imports it may be
 * loaded before. State machines are handed to the play instead.
 * @returns what the play is given, and whether the bug is in by now
 */
export function plant(mutation: Mutation): { planted: Planted; isIn(): boolean } {
  if (mutation.file.endsWith('.yml')) {
    const definitions = machinesWith(mutation);
    return { planted: { definitions: () => definitions }, isIn: () => true };
  }
  const target = pathToFileURL(join(root, mutation.file)).href;
  let loadedWithIt = false;
  registerHooks({
    load(url, context, next) {
      const loaded = next(url, context);
      if (url !== target) return loaded;
      loadedWithIt = true;
      return { ...loaded, source: mutated(mutation, String(loaded.source)) };
    },
  });
  return { planted: {}, isIn: () => loadedWithIt };
}

/** Every state machine, with the bug in the one that it is for. */
export function machinesWith(mutation: Mutation): Definitions {
  const folder = join(root, 'statemachines');
  const texts = definitionTexts(folder);
  const file = relative(folder, join(root, mutation.file));
  return parseDefinitions({ ...texts, [file]: mutated(mutation, texts[file] ?? '') });
}
