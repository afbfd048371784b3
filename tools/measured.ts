import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { failWith } from '../cli/fail-with.ts';
import { parseOptions } from '../cli/options.ts';
import { InvalidInputError } from '../shared/core/errors.ts';
import { type Measured, measuredNow, partOf, root, writePart } from './marked.ts';

const page = 'measured.md';

interface Part {
  /** What prints it, into `out/NAME.txt`. */
  command: string;
  /** It is the same on every machine and soon made: CI compares it. Everything else says when and on which commit it was. */
  compared: boolean;
}

/** What commands print, each between its marks in docs/measured.md. */
export const parts: Readonly<Record<string, Part>> = {
  diagnosis: { command: 'npm run -s diagnose', compared: true },
  price: { command: 'npm run -s bench -- price', compared: true },
  verdicts: { command: 'npm run -s verdicts', compared: false },
  strategies: { command: 'npm run -s bench -- strategies', compared: false },
  bundles: { command: 'npm run -s bench -- bundles', compared: false },
  storm: { command: 'npm run -s bench -- storm', compared: false },
};

/** A part as it stands in the page. Pure. */
export const inPage = (printed: string, of?: Measured): string =>
  `${of ? `${of.date}, commit ${of.commit}:\n\n` : ''}\`\`\`text\n${printed.trimEnd()}\n\`\`\``;

/** Whether a part of a page is what its command printed. Pure. */
export const isAsPrinted = (text: string, name: string, printed: string): boolean =>
  partOf(text, name) === inPage(printed);

function printedNow(name: string): string {
  try {
    return readFileSync(join(root, 'out', `${name}.txt`), 'utf8');
  } catch {
    throw new InvalidInputError(`out/${name}.txt is missing: ${parts[name]?.command} > out/${name}.txt`);
  }
}

/** Compares docs/measured.md with what `.ci/run` has just measured; `--write NAME` writes a part as it was printed. */
export function measured(argv: readonly string[]): number {
  try {
    const { write } = parseOptions(argv, { options: { write: { type: 'string' } } });
    if (write !== undefined) {
      const part = parts[write];
      if (!part) throw new InvalidInputError(`--write: "${write}" must be ${Object.keys(parts).join(', ')}`);
      const text = inPage(printedNow(write), part.compared ? undefined : measuredNow());
      writePart(page, write, () => text);
      return 0;
    }
    const text = readFileSync(join(root, 'docs', page), 'utf8');
    const compared = Object.keys(parts).filter((name) => parts[name]?.compared);
    const wrong = compared.filter((name) => !isAsPrinted(text, name, printedNow(name)));
    for (const name of wrong)
      process.stderr.write(
        `docs/${page} says something else than ${parts[name]?.command}; npm run measured -- --write ${name}\n`,
      );
    return wrong.length === 0 ? 0 : 1;
  } catch (error) {
    return failWith(error);
  }
}

if (import.meta.main) process.exitCode = measured(process.argv.slice(2));
