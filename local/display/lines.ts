import { styleText } from 'node:util';
import { oneLine } from '../../shared/core/plain-text.ts';

/** What a line of the story is about; shown in its second column. */
export type LineKind = 'tasks' | 'alarm' | 'run' | 'state' | 'write' | 'mail' | 'approval';

/** One thing that happened, in words. */
export interface Line {
  /** Virtual milliseconds since the epoch. */
  at: number;
  kind: LineKind;
  text: string;
  /** The reasons, one by one. */
  details: readonly string[];
  /** Links that the reader has to open now, by who they are for. */
  links?: readonly { name: string; url: string }[];
  /** Good or bad news; coloured on a terminal. */
  tone?: 'good' | 'bad';
}

/** How lines are laid out. */
export interface Layout {
  /** Columns; text is wrapped there, links never. */
  width: number;
  /** The stream that the lines go to: colour only where it is a terminal and NO_COLOR is not set. */
  stream: NodeJS.WriteStream;
}

type Format = Parameters<typeof styleText>[0];

const kindWidth = 9;
const indent = 9 + kindWidth;
const ofKind: Record<LineKind, Format> = {
  tasks: 'dim',
  alarm: 'red',
  run: 'bold',
  state: 'cyan',
  write: 'yellow',
  mail: 'dim',
  approval: ['bold', 'magenta'],
};
const ofTone: Record<'good' | 'bad', Format> = { good: 'green', bad: 'red' };

/** Text for the stream, styled only where the stream shows it. */
export const styled = (format: Format, text: string, stream: NodeJS.WriteStream): string =>
  styleText(format, text, { stream });

/** Columns of the stream, between 60 and 120; 100 off a terminal. */
export const widthOf = (stream: NodeJS.WriteStream): number =>
  Math.min(120, Math.max(60, stream.columns ?? 100));

/** `HH:MM:SS` of a virtual moment, UTC. */
export const clockTime = (at: number): string => new Date(at).toISOString().slice(11, 19);

/** One line of the story as text, with its details below it, ending in a line break. */
export function renderLine(line: Line, { width, stream }: Layout): string {
  const [first = '', ...more] = wrapped(line.text, width - indent);
  const margin = ' '.repeat(indent);
  const colour = line.tone ? (text: string) => styled(ofTone[line.tone ?? 'good'], text, stream) : String;
  const head = `${clockTime(line.at)} ${styled(ofKind[line.kind], line.kind.padEnd(kindWidth - 1), stream)} ${colour(first)}`;
  const details = line.details.flatMap((detail) =>
    wrapped(detail, width - indent - 2).map((text, i) => `${margin}${i === 0 ? '· ' : '  '}${text}`),
  );
  const links = (line.links ?? []).flatMap(({ name, url }) => [
    '',
    `${margin}${name}:`,
    `${margin}${styled(['bold', 'underline'], url, stream)}`,
  ]);
  return `${[head, ...more.map((text) => margin + colour(text)), ...details, ...links, ...(links.length > 0 ? [''] : [])].join('\n')}\n`;
}

/** Breaks at blanks, but neither before a unit nor around an arrow; a word that is longer than the line stays whole. */
export function wrapped(text: string, width: number): string[] {
  const glued = oneLine(text)
    .replace(/ (?=(%|s|ms|min|h|→)(?![^\s.,;:)]))/g, '\u00a0')
    .replace(/→ /g, '→\u00a0');
  const lines: string[] = [];
  for (const word of glued.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines.map((line) => line.replaceAll('\u00a0', ' '));
}
