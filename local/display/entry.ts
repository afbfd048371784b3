import type { Advice, Line } from '../../shared/format/advice.ts';
import { wrapped } from './lines.ts';

const width = 80;
const column = 13;

/** An entry of the status screen: texts beside its label, broken at 80 columns; a line to type is never broken. */
export function entry(label: string, texts: readonly string[], below: readonly Line[] = []): string[] {
  const margin = ' '.repeat(column);
  const lines = [
    ...texts.flatMap(broken),
    ...below.flatMap((line) => ('say' in line ? broken(line.say) : [`  ${line.type}`])),
  ];
  return lines.map((line, index) => (index === 0 ? label.padEnd(column) : margin) + line);
}

/** What is wrong, the first to be mended in front: each a sentence, and what may be typed below it. */
export const advised = (label: string, all: readonly Advice[]): string[] =>
  all.flatMap(({ text, lines }, index) =>
    index === 0 ? entry(label, [text], lines) : entry('', [`also: ${text}`], lines),
  );

/** A text in lines that keep its indentation. */
function broken(text: string): string[] {
  const indent = text.length - text.trimStart().length;
  return wrapped(text, width - column - indent - 2).map(
    (line, index) => ' '.repeat(indent + (index === 0 ? 0 : 2)) + line,
  );
}
