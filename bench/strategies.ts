import { mkdirSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { parseBenchArguments } from './strategies/arguments.ts';
import { strategies as catalogue } from './strategies/catalogue.ts';
import { benchConfig, conditionsOf } from './strategies/config.ts';
import { goalLines, goalsOfRuns } from './strategies/goals.ts';
import { definitions, executionLine, groupTable, pooledTable } from './strategies/output.ts';
import { overviewPicture, shapePicture } from './strategies/picture.ts';
import type { Job } from './strategies/run.ts';
import { labelOf, type Run, summaryOf } from './strategies/summary.ts';
import { playAll } from './strategies/threads.ts';

/**
 * `npm run bench -- strategies`: the same traffic against every strategy, side by side. Options: `--shape NAME`,
 * `--trace FILE` and `--start SECONDS` (repeatable), `--seeds N`, `--svg FOLDER`, `--json`.
 */
export async function strategies(argv: readonly string[]): Promise<void> {
  const chosen = parseBenchArguments(argv);
  const middle = chosen.starts[Math.floor((chosen.starts.length - 1) / 2)];
  const jobs: Job[] = chosen.shapes.flatMap((shape) =>
    chosen.starts.flatMap((startSeconds) =>
      Array.from({ length: chosen.seeds }, (_, index) => index + 1).flatMap((seed) =>
        catalogue.map(({ name }) => {
          const course = chosen.svg !== undefined && seed === 1 && startSeconds === middle;
          return { strategy: name, shape, startSeconds, seed, course };
        }),
      ),
    ),
  );
  const progress = (done: number) => {
    if (process.stderr.isTTY)
      process.stderr.write(`\r${done} of ${jobs.length} runs${done === jobs.length ? '\n' : ''}`);
  };
  const results = await playAll(jobs, Math.min(4, availableParallelism()), progress);
  const runs: Run[] = jobs.flatMap((job, index) => {
    const played = results[index];
    return played ? [{ job, played }] : [];
  });
  process.stdout.write(chosen.json ? `${JSON.stringify(documentOf(runs), null, 2)}\n` : textOf(runs));
  if (chosen.svg !== undefined) writePictures(chosen.svg, runs);
}

function textOf(runs: readonly Run[]): string {
  const own = runs.filter(({ job }) => job.strategy === 'ours');
  return [
    `Strategies side by side: ${runs.length} runs in virtual time\n${conditionsOf(benchConfig())}`,
    pooledTable(catalogue, runs),
    `By traffic\n${groupTable(catalogue, runs, ({ shape }) => labelOf(shape))}`,
    `By task start time\n${groupTable(catalogue, runs, ({ startSeconds }) => `${startSeconds} s`)}`,
    definitions,
    `Executions of ours: ${executionLine(own)}`,
    goalLines(runs).join('\n'),
    '',
  ].join('\n\n');
}

function documentOf(runs: readonly Run[]) {
  const of = (name: string) => runs.filter(({ job }) => job.strategy === name);
  return {
    conditions: conditionsOf(benchConfig()),
    pooled: Object.fromEntries(catalogue.map(({ name }) => [name, summaryOf(of(name))])),
    goals: goalsOfRuns(runs),
    runs: runs.map(
      ({ job: { strategy, shape, startSeconds, seed }, played: { score: own, apiCalls, executions } }) => ({
        strategy,
        traffic: labelOf(shape),
        startSeconds,
        seed,
        ...own,
        apiCalls,
        executions,
      }),
    ),
  };
}

function writePictures(folder: string, runs: readonly Run[]): void {
  mkdirSync(folder, { recursive: true });
  const shown = runs.filter(({ played }) => played.course);
  const first = shown[0];
  if (!first) return;
  const one = shown.filter(({ job }) => labelOf(job.shape) === labelOf(first.job.shape));
  const { latencyP99Seconds } = benchConfig().thresholds;
  for (const [name, picture] of [
    ['strategies-one-shape.svg', shapePicture(catalogue, one, latencyP99Seconds)],
    ['strategies-overview.svg', overviewPicture(catalogue, shown, latencyP99Seconds.critical)],
  ] as const) {
    writeFileSync(join(folder, name), picture);
    process.stderr.write(`wrote ${join(folder, name)}\n`);
  }
}
