import { basename } from 'node:path';
import { textTable } from '../../shared/format.ts';
import { goalsOf } from './goals.ts';
import type { Job, Played } from './run.ts';
import { percentile, pool, type Score } from './score.ts';
import type { Shape } from './shapes.ts';
import type { Strategy } from './strategy.ts';

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

const headings = [
  'strategy',
  'bad min',
  'over task-min',
  'θU %',
  'θO %',
  'τU %',
  'τO %',
  'enough p50 s',
  'enough p95 s',
  'spells',
  'peak',
  'task-h',
  'API calls',
];

/** One row per strategy, pooled over all its runs. */
export function pooledTable(strategies: readonly Strategy[], runs: readonly Run[]): string {
  const rows = strategies.map(({ name, title }) => {
    const own = summaryOf(runs.filter(({ job }) => job.strategy === name));
    return [
      title,
      own.badMinutes.toFixed(1),
      String(own.overTaskMinutes),
      own.thetaUPercent.toFixed(2),
      own.thetaOPercent.toFixed(2),
      own.tauUPercent.toFixed(2),
      own.tauOPercent.toFixed(2),
      String(own.enoughP50Seconds ?? '–'),
      String(own.enoughP95Seconds ?? '–'),
      String(own.spells),
      String(own.peakTasks),
      own.taskHours.toFixed(1),
      String(own.apiCalls),
    ];
  });
  return textTable([headings, ...rows]);
}

/** One row per strategy and one column per group of runs, such as a shape or a start time. */
export function groupTable(
  strategies: readonly Strategy[],
  runs: readonly Run[],
  groupOf: (job: Job) => string,
): string {
  const groups = [...new Set(runs.map(({ job }) => groupOf(job)))];
  const cell = (name: string, group: string) => {
    const own = summaryOf(runs.filter(({ job }) => job.strategy === name && groupOf(job) === group));
    return `${own.badMinutes.toFixed(1)} / ${own.overTaskMinutes}`;
  };
  const rows = strategies.map(({ name, title }) => [title, ...groups.map((group) => cell(name, group))]);
  return textTable([['bad min / over task-min', ...groups], ...rows]);
}

/** The goals, one line each, and whether they are met. */
export function goalLines(runs: readonly Run[]): string[] {
  const of = (name: string) => scoreOfRuns(runs.filter(({ job }) => job.strategy === name));
  return goalsOf(of('ours'), of('target-tracking'), of('person-3min')).map(
    ({ name, value, goal, met }) =>
      `${met ? 'met    ' : 'not met'}  ${name}: ${value === undefined ? 'divides by zero' : value.toFixed(2)} (goal: ${goal})`,
  );
}

/** How the project's executions ended, all runs together. */
export function executionLine(runs: readonly Run[]): string {
  const counts = new Map<string, number>();
  for (const { played } of runs) {
    for (const [end, count] of Object.entries(played.executions))
      counts.set(end, (counts.get(end) ?? 0) + count);
  }
  return [...counts].map(([end, count]) => `${count} × ${end}`).join(', ');
}

/** The definitions, one line each. */
export const definitions = `bad min        minutes with p99 above critical, or with more than 1 % of the requests failed, second by second
d              demand: the fewest tasks that keep p99 below the warning at the traffic of that second
over task-min  Σ max(running − d, 0) · Δt
θU, θO         (100 / T) · Σ max(d − serving, 0) / d · Δt and (100 / T) · Σ max(running − d, 0) / d · Δt
τU, τO         share of the time with serving < d, and with running > d
enough         from the moment when d exceeds the tasks that serve until enough serve (pauses under 60 s do not count)
API calls      of the strategy's own clients; what Application Auto Scaling calls by itself is not counted
θ and τ: Herbst et al., "Ready for rain? A view from SPEC research on the future of cloud metrics" (SPEC Research Group)`;

function round(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
