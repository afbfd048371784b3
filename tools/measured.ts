import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { failWith } from '../cli/fail-with.ts';
import { parseOptions } from '../cli/options.ts';
import { InvalidInputError } from '../shared/core/errors.ts';
import { type Measured, measuredNow, partOf, root, writePart } from './marked.ts';

/** What commands print, between its marks in docs/measured.md. */
const page = 'measured.md';

/** A part as it stands in the page: what takes too long for CI says of which commit it is. Pure. */
export const inPage = (printed: string, of?: Measured): string =>
  `${of ? `${of.date}, commit ${of.commit}:\n\n` : ''}\`\`\`text\n${printed.trimEnd()}\n\`\`\``;

/** Whether a part of a page is what its command printed. Pure. */
export const isAsPrinted = (text: string, name: string, printed: string): boolean =>
  partOf(text, name) === inPage(printed);

function printedNow(name: string, command: string): string {
  try {
    return readFileSync(join(root, 'out', `${name}.txt`), 'utf8');
  } catch {
    throw new InvalidInputError(`out/${name}.txt is missing: ${command} > out/${name}.txt`);
  }
}

/**
 * Compares docs/measured.md with what `.ci/run` has just measured, which is the same on every machine. `--write NAME` writes
 * a part: `diagnosis`, or `verdicts` of fifteen seeds, which CI does not play.
 */
export function measured(argv: readonly string[]): number {
  try {
    const { write } = parseOptions(argv, { options: { write: { type: 'string' } } });
    if (write === 'verdicts') {
      const text = inPage(printedNow('verdicts', 'npm run -s verdicts'), measuredNow());
      writePart(page, write, () => text);
      return 0;
    }
    if (write !== undefined && write !== 'diagnosis')
      throw new InvalidInputError(`--write: "${write}" must be diagnosis or verdicts`);
    const printed = printedNow('diagnosis', 'npm run -s diagnose');
    if (write) writePart(page, write, () => inPage(printed));
    if (isAsPrinted(readFileSync(join(root, 'docs', page), 'utf8'), 'diagnosis', printed)) return 0;
    process.stderr.write(`docs/${page} has another diagnosis; npm run measured -- --write diagnosis\n`);
    return 1;
  } catch (error) {
    return failWith(error);
  }
}

if (import.meta.main) process.exitCode = measured(process.argv.slice(2));
