import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { drawing } from '../local/drawing/svg.ts';
import { statemachinesFolder } from '../sandbox/config-files.ts';
import { loadDefinitions } from '../sandbox/engine/definition/definitions.ts';

const folder = join(import.meta.dirname, '..', 'docs', 'images');

/** The pictures of the documentation, by file name: one for each state machine. */
export function pictures(): Map<string, string> {
  const { machines } = loadDefinitions(statemachinesFolder);
  return new Map(
    [...machines].map(([name, { definition }]) => [
      `${name}.svg`,
      String(drawing(name, definition, { standalone: true })),
    ]),
  );
}

// Called as a command it writes docs/images; imported it only draws.
if (import.meta.main) {
  mkdirSync(folder, { recursive: true });
  for (const [file, picture] of pictures()) writeFileSync(join(folder, file), picture);
}
