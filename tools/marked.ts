import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Parts of pages that a command writes: they stand between two marks, and the rest is a person's. */

export const root = join(import.meta.dirname, '..');

export function git(...words: string[]): string {
  return execFileSync('git', words, { cwd: root, encoding: 'utf8' }).trim();
}

/** When and on which commit something was measured. */
export interface Measured {
  date: string;
  commit: string;
}

/** What is measured now, on the present commit. */
export const measuredNow = (): Measured => ({
  date: new Intl.DateTimeFormat('en-GB', { dateStyle: 'long' }).format(new Date()),
  commit: git('rev-parse', '--short', 'HEAD'),
});

/** What stands between the comment NAME and the comment `end of the NAME`. */
const between = (name: string) =>
  new RegExp(`(?<=\\x3C!-- ${name} -->\\n\\n).*(?=\\n\\n\\x3C!-- end of the ${name} -->)`, 's');

/** The part of a page that a command writes; empty where the marks are missing. */
export const partOf = (page: string, name: string): string => between(name).exec(page)?.[0] ?? '';

/** Writes the part of a page in `docs/` anew, given the one before. */
export function writePart(file: string, name: string, make: (before: string) => string): void {
  const path = join(root, 'docs', file);
  const text = readFileSync(path, 'utf8');
  writeFileSync(
    path,
    text.replace(between(name), (before) => make(before)),
  );
}
