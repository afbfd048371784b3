import type { Report } from '../sandbox/report.ts';
import { type Layout, type Line, renderLine } from './display/lines.ts';
import { type Command, summaryOf, verdictOf } from './display/summary.ts';

/** A finished incident for people: what happened in order, what it came to, and the verdict as the last line. */
export function storyOf(report: Report, lines: readonly Line[], command: Command, layout: Layout): string {
  const told = lines.map((line) => renderLine(line, layout)).join('');
  return `${told}\n${summaryOf(report, layout)}\n${verdictOf(report, command, layout)}`;
}
