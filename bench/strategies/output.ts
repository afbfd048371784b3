import { textTable } from '../../shared/format/text.ts';
import type { Job } from './run.ts';
import type { Strategy } from './strategy.ts';
import { type Run, summaryOf } from './summary.ts';

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
bound          not a policy: all tasks of the ceiling at the first 20-s point after the rise (40 s); its bad minutes are the
               least for anyone who reacts to CloudWatch, because a point and a task start take their time
API calls      of the strategy's own clients; what Application Auto Scaling calls by itself is not counted
θ and τ: Herbst et al., "Ready for rain? A view from SPEC research on the future of cloud metrics" (SPEC Research Group)`;
