import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The project's pages, relative to its root. */
export const pages = [
  'README.md',
  'CONTRIBUTING.md',
  'SECURITY.md',
  'CHANGELOG.md',
  'events/README.md',
  ...readdirSync('docs')
    .filter((file) => file.endsWith('.md'))
    .map((file) => join('docs', file)),
];

export const read = (page: string): string => readFileSync(page, 'utf8');

/** A fenced block: the words after the fence, and its lines. */
export interface Block {
  info: string;
  lines: string[];
}

export function blocksOf(text: string): Block[] {
  return [...text.matchAll(/^```([^\n]*)\n(.*?)^```$/gms)].map(([, info = '', body = '']) => ({
    info,
    lines: body.trimEnd().split('\n'),
  }));
}

/** The text without its fenced blocks. */
const prose = (text: string): string => text.replace(/^```.*?^```$/gms, '');

/** Everything between single backticks, outside of blocks. */
export function codeSpans(text: string): string[] {
  return [...prose(text).matchAll(/`([^`\n]+)`/g)].map(([, span = '']) => span);
}

/** Targets of links and pictures. */
export function linkTargets(text: string): string[] {
  return [...prose(text).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target);
}

/** Names that GitHub gives to the headings of a page. */
export function anchorsOf(text: string): string[] {
  return [...prose(text).matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s-]/gu, '')
      .replace(/\s/g, '-'),
  );
}

/** The cells of every table row that is neither a heading nor the line under it. */
export function tableRows(text: string): string[][] {
  const lines = prose(text).split('\n');
  return lines
    .filter(
      (line, i) => line.startsWith('|') && !/^\|[-|]+$/.test(line) && !/^\|[-|]+$/.test(lines[i + 1] ?? ''),
    )
    .map((line) =>
      line
        .split(/(?<!\\)\|/)
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
}

/** The part of a page from one heading to the next of the same or a higher level. */
export function section(text: string, heading: string): string {
  const start = text.indexOf(`${heading}\n`);
  if (start < 0) throw new Error(`no heading "${heading}"`);
  const level = /^#+/.exec(heading)?.[0].length ?? 1;
  const end = text.slice(start + heading.length).search(new RegExp(`^#{1,${level}} `, 'm'));
  return end < 0 ? text.slice(start) : text.slice(start, start + heading.length + end);
}
