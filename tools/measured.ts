import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { failWith } from '../cli/fail-with.ts';
import { parseOptions } from '../cli/options.ts';
import { InvalidInputError } from '../shared/core/errors.ts';
import { partOf, root, writePart } from './marked.ts';

/** What commands print that is the same on every machine, between its marks in docs/measured.md. */
const parts = { diagnosis: 'npm run diagnose', verdicts: 'npm run verdicts' } as const;
const page = 'measured.md';

/** A part as it stands in the page. Pure. */
export const inPage = (printed: string): string => `\`\`\`text\n${printed.trimEnd()}\n\`\`\``;

/** The parts of a page that are not what their command printed. Pure. */
export const differing = (text: string, printed: Readonly<Record<string, string>>): string[] =>
  Object.keys(printed).filter((name) => partOf(text, name) !== inPage(printed[name] ?? ''));

function printedNow(name: string): string {
  try {
    return readFileSync(join(root, 'out', `${name}.txt`), 'utf8');
  } catch {
    throw new InvalidInputError(
      `out/${name}.txt is missing: ${parts[name as keyof typeof parts]} > out/${name}.txt`,
    );
  }
}

/** Compares docs/measured.md with what `.ci/run` has just measured; with `--write` it writes it. */
export function measured(argv: readonly string[]): number {
  try {
    const { write } = parseOptions(argv, { options: { write: { type: 'boolean', default: false } } });
    const printed = Object.fromEntries(Object.keys(parts).map((name) => [name, printedNow(name)]));
    if (write) for (const [name, text] of Object.entries(printed)) writePart(page, name, () => inPage(text));
    const wrong = differing(readFileSync(join(root, 'docs', page), 'utf8'), printed);
    for (const name of wrong)
      process.stderr.write(
        `docs/${page}: "${name}" is not what ${parts[name as keyof typeof parts]} prints; npm run measured -- --write\n`,
      );
    return wrong.length === 0 ? 0 : 1;
  } catch (error) {
    return failWith(error);
  }
}

if (import.meta.main) process.exitCode = measured(process.argv.slice(2));
