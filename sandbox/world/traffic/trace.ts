/** Traffic traces: CSV with the columns `t_seconds,requests_per_second` and a constant step. */

import { median } from '../model/median.ts';
import type { Arrivals } from '../model/options.ts';

export interface Trace {
  /** Time of the first row, seconds. */
  firstSeconds: number;
  stepSeconds: number;
  /** One rate per step. */
  requestsPerSecond: readonly number[];
}

const COLUMNS = ['t_seconds', 'requests_per_second'] as const;
type Column = (typeof COLUMNS)[number];

/** Between rows that are further apart than an hour an incident would be over. */
const longestStep = 3600;

/** Seconds reach this in the year 5138, milliseconds did in 1973. */
const secondsBelow = 1e11;

/**
 * Reads a trace. Throws one Error that names the row (the header is row 1), the column, the value and what is
 * allowed. Empty lines at the end and carriage returns are accepted.
 */
export function parseTrace(text: string): Trace {
  const lines = text
    .replace(/^\uFEFF/, '')
    .trimEnd()
    .split(/\r?\n/);
  const header = lines[0]?.trim() ?? '';
  if (header !== COLUMNS.join(',')) {
    throw new Error(`trace row 1: header must be ${COLUMNS.join(',')}, not ${JSON.stringify(header)}`);
  }
  const rows = lines.slice(1).map((line, index) => parseRow(line, index + 2));
  const [first, second] = rows;
  if (first === undefined || second === undefined) {
    throw new Error(`trace has ${rows.length} rows below the header; at least 2 are needed`);
  }
  requireSeconds(first.seconds);
  const stepSeconds = second.seconds - first.seconds;
  rows.forEach((row, index) => {
    requireStep(row.seconds, rows[index - 1]?.seconds, stepSeconds, index + 2);
  });
  if (stepSeconds > longestStep) {
    throw new Error(
      `trace row 3: t_seconds: a step of ${stepSeconds} s is no traffic trace; allowed: up to ${longestStep} s`,
    );
  }
  return { firstSeconds: first.seconds, stepSeconds, requestsPerSecond: rows.map(({ rate }) => rate) };
}

/**
 * The trace as arrivals from its first row on: linear between the rows, level after the last.
 * `scaleToMedian` multiplies it so that its median is that many requests per second.
 */
export function arrivalsOf(trace: Trace, options: { scaleToMedian?: number } = {}): Arrivals {
  const rates = trace.requestsPerSecond;
  const factor = options.scaleToMedian === undefined ? 1 : options.scaleToMedian / positiveMedian(rates);
  return (secondsSinceStart) => {
    const place = Math.min(rates.length - 1, Math.max(0, secondsSinceStart / trace.stepSeconds));
    const index = Math.floor(place);
    const from = rates[index] ?? 0;
    const to = rates[index + 1] ?? from;
    return factor * (from + (to - from) * (place - index));
  };
}

/** How long the trace lasts, seconds. */
export function durationOf(trace: Trace): number {
  return trace.requestsPerSecond.length * trace.stepSeconds;
}

function parseRow(line: string, row: number): { seconds: number; rate: number } {
  const cells = line.split(',');
  if (cells.length !== COLUMNS.length) {
    throw new Error(`trace row ${row}: must have ${COLUMNS.length} columns, not ${JSON.stringify(line)}`);
  }
  return {
    seconds: parseCell(cells[0] ?? '', row, 'a number from 0', 't_seconds'),
    rate: parseCell(cells[1] ?? '', row, 'a finite number from 0', 'requests_per_second'),
  };
}

function parseCell(cell: string, row: number, allowed: string, column: Column): number {
  const text = cell.trim();
  const value = /^[+-]?[0-9]*\.?[0-9]+(e[+-]?[0-9]+)?$/i.test(text) ? Number(text) : Number.NaN;
  if (Number.isFinite(value) && value >= 0) return value;
  throw new Error(`trace row ${row}: ${column} must be ${allowed}, not ${JSON.stringify(text)}`);
}

/** Grafana, for one, exports milliseconds since the epoch. */
function requireSeconds(seconds: number): void {
  if (seconds < secondsBelow) return;
  throw new Error(
    `trace row 2: t_seconds: ${seconds} is not in seconds but looks like milliseconds since the epoch; divide the column by 1000`,
  );
}

function requireStep(seconds: number, before: number | undefined, step: number, row: number): void {
  if (before === undefined) return;
  if (seconds <= before) {
    throw new Error(`trace row ${row}: t_seconds must be above ${before} of the row before, not ${seconds}`);
  }
  if (Math.abs(seconds - before - step) > 1e-6 * step) {
    throw new Error(
      `trace row ${row}: t_seconds must be ${before + step} (constant step of ${step}), not ${seconds}`,
    );
  }
}

/** Median; of the rows with traffic when half of the trace is silent. */
function positiveMedian(rates: readonly number[]): number {
  const middle = median(rates);
  const value = middle > 0 ? middle : median(rates.filter((rate) => rate > 0));
  if (value > 0) return value;
  throw new Error('trace has no requests at all; it cannot be scaled to a median');
}
