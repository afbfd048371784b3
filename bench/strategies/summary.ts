import { basename } from 'node:path';
import type { Job, Played } from './run.ts';
import { percentile, pool, type Score } from './score.ts';
import type { Shape } from './shapes.ts';

/** One run with its result. */
export interface Run {
  job: Job;
  played: Played;
}

/** What the figures of a strategy come to, pooled over its runs. */
export interface Summary {
  runs: number;
  badMinutes: number;
  overTaskMinutes: number;
  thetaUPercent: number;
  thetaOPercent: number;
  tauUPercent: number;
  tauOPercent: number;
  /** Seconds from demand above what serves until enough serve, over all spells; null when there was none. */
  enoughP50Seconds: number | null;
  enoughP95Seconds: number | null;
  spells: number;
  peakTasks: number;
  taskHours: number;
  apiCalls: number;
}

/** The name of a shape, or of a trace's file. */
export const labelOf = (shape: Shape): string => ('trace' in shape ? basename(shape.trace) : shape.shape);

/** The score of all runs together. */
export const scoreOfRuns = (runs: readonly Run[]): Score => pool(runs.map(({ played }) => played.score));

/** Pools runs into the figures of the table. */
export function summaryOf(runs: readonly Run[]): Summary {
  const score = scoreOfRuns(runs);
  const percent = (part: number) => round((100 * part) / Math.max(1, score.seconds), 2);
  return {
    runs: runs.length,
    badMinutes: round(score.badSeconds / 60, 1),
    overTaskMinutes: round(score.overTaskSeconds / 60, 0),
    thetaUPercent: percent(score.underShare),
    thetaOPercent: percent(score.overShare),
    tauUPercent: percent(score.underSeconds),
    tauOPercent: percent(score.overSeconds),
    enoughP50Seconds: percentile(score.spells, 0.5) ?? null,
    enoughP95Seconds: percentile(score.spells, 0.95) ?? null,
    spells: score.spells.length,
    peakTasks: score.peakTasks,
    taskHours: round(score.taskSeconds / 3600, 1),
    apiCalls: runs.reduce((sum, { played }) => sum + played.apiCalls, 0),
  };
}

function round(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
