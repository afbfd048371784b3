import { readdirSync, readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Definitions, parseDefinitions } from '../../sandbox/engine/definition/definitions.ts';
import { type Mutation, mutated } from './mutation.ts';
import type { Planted } from './planted.ts';

const root = join(import.meta.dirname, '..', '..');

/** The text of a mutation's file as it is shipped. */
export const shippedText = ({ file }: Mutation): string => readFileSync(join(root, file), 'utf8');

/**
 * Plants a bug into this process: a module gets its changed text when it is loaded, so nothing that imports it may be
 * loaded before. State machines are handed to the play instead.
 */
export function plant(mutation: Mutation): Planted {
  if (mutation.file.endsWith('.yml')) {
    const definitions = machinesWith(mutation);
    return { definitions: () => definitions };
  }
  const target = pathToFileURL(join(root, mutation.file)).href;
  registerHooks({
    load(url, context, next) {
      const loaded = next(url, context);
      return url === target ? { ...loaded, source: mutated(mutation, String(loaded.source)) } : loaded;
    },
  });
  return {};
}

/** Every state machine, with the bug in the one that it is for. */
export function machinesWith(mutation: Mutation): Definitions {
  const folder = join(root, 'statemachines');
  const files = readdirSync(folder).filter((file) => file.endsWith('.yml'));
  const texts = files.sort().map((file) => {
    const text = readFileSync(join(folder, file), 'utf8');
    return [file, mutation.file.endsWith(`/${file}`) ? mutated(mutation, text) : text] as const;
  });
  return parseDefinitions(Object.fromEntries(texts));
}
