import { parentPort } from 'node:worker_threads';
import { type Job, playJob } from './run.ts';

/** Plays the jobs that the main thread sends, one after the other: virtual time replaces the clock of a thread. */
parentPort?.on('message', (job: Job) => {
  void playJob(job).then(
    (played) => parentPort?.postMessage({ played }),
    (error: unknown) =>
      parentPort?.postMessage({ failed: error instanceof Error ? error.message : String(error) }),
  );
});
