import { textTable } from '../../shared/format/text.ts';
import { wrapped } from './lines.ts';

const gap = 2;
const indent = 4;
/** Fewer columns than this leave no room for words below each other. */
const leastWidth = 40;

/**
 * A table for so many columns; off a terminal there is no limit. One that is too wide is told row by row: the first two
 * cells side by side where they fit, and what follows below them. A terminal would break its lines between any two letters.
 */
export function fittedTable(
  rows: readonly (readonly string[])[],
  columns = Number.POSITIVE_INFINITY,
): string {
  const table = textTable(rows);
  if (table.split('\n').every((line) => line.length <= columns)) return table;
  const width = Math.max(leastWidth, columns);
  const besides = rows.filter(([first = '', second = '']) => first.length + gap + second.length <= width);
  const start = Math.max(0, ...besides.map(([first = '']) => first.length)) + gap;
  return rows.flatMap((row) => rowLines(row, start, width)).join('\n');
}

function rowLines(
  [first = '', second = '', ...rest]: readonly string[],
  start: number,
  width: number,
): string[] {
  const below = (cell: string) =>
    cell === '' ? [] : wrapped(cell, width - indent).map((line) => ' '.repeat(indent) + line);
  const fits = first.length + gap <= start && start + second.length <= width;
  const head = fits
    ? [`${first.padEnd(start)}${second}`.trimEnd()]
    : [...wrapped(first, width), ...below(second)];
  return [...head, ...rest.flatMap(below)];
}
