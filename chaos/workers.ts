import { fork } from 'node:child_process';
import { join } from 'node:path';
import type { RareName } from './generate/circumstances.ts';
import { emptySummary, plus, type Summary } from './report/summary.ts';

/**
 * A play leaves much behind that is short-lived: room for it, megabytes, saves a tenth of the time. The SDK makes an error at
 * each call, mostly for nothing, and its stack takes a twentieth; `--replay` shows stacks.
 */
const execArgv = ['--max-semi-space-size=256', '--stack-trace-limit=0'];

export interface Work {
  runs: number;
  seed: number;
  workers: number;
  /** Stop after this many real seconds, whatever was played by then. */
  seconds?: number;
  /** Circumstances of which each incident holds one, in turns. */
  within?: readonly RareName[];
  onProgress?(sum: Summary): void;
}

/**
 * Plays the seeds from `seed` on in several processes.
 * @throws Error when a process ends otherwise than by itself.
 */
export async function playInProcesses({
  runs,
  seed,
  workers,
  seconds,
  within = [],
  onProgress,
}: Work): Promise<Summary> {
  let sum = emptySummary();
  const until = seconds === undefined ? 'Infinity' : String(Date.now() + seconds * 1000);
  const count = Math.min(workers, runs);
  const work = Array.from({ length: count }, (_, index) => {
    const own = Math.ceil((runs - index) / count);
    const range = [String(seed + index), String(own), String(count), until, ...within];
    const child = fork(join(import.meta.dirname, 'worker.ts'), range, { execArgv });
    child.on('message', (part: Summary) => {
      sum = plus(sum, part);
      onProgress?.(sum);
    });
    return new Promise<void>((resolve, reject) => {
      child.on('error', reject);
      child.on('exit', (code, signal) =>
        code === 0 ? resolve() : reject(new Error(`a chaos process ended with ${signal ?? code}`)),
      );
    });
  });
  await Promise.all(work);
  return { ...sum, violations: sum.violations.toSorted((a, b) => a.seed - b.seed) };
}
