import { Worker } from 'node:worker_threads';
import type { Job, Played } from './run.ts';

type Answer = { played: Played } | { failed: string };

/**
 * Plays all jobs, `threads` at a time; the results are in the order of the jobs. `progress` hears of each that ended.
 * @throws Error of the first job that failed.
 */
export async function playAll(
  jobs: readonly Job[],
  threads: number,
  progress: (done: number) => void,
): Promise<Played[]> {
  const results: Played[] = [];
  let next = 0;
  let done = 0;
  const workOff = async (): Promise<void> => {
    const worker = new Worker(new URL('./worker.ts', import.meta.url));
    try {
      for (let index = next++; index < jobs.length; index = next++) {
        const job = jobs[index];
        if (job === undefined) break;
        results[index] = await playOn(worker, job);
        progress(++done);
      }
    } finally {
      await worker.terminate();
    }
  };
  await Promise.all(Array.from({ length: Math.min(threads, jobs.length) }, workOff));
  return results;
}

function playOn(worker: Worker, job: Job): Promise<Played> {
  return new Promise((resolve, reject) => {
    const settle = (answer: Answer): void => {
      worker.off('error', reject);
      if ('played' in answer) resolve(answer.played);
      else reject(new Error(`${job.strategy}: ${answer.failed}`));
    };
    worker.once('message', settle);
    worker.once('error', reject);
    worker.postMessage(job);
  });
}
