import { Interrupted } from './failure.ts';

/** `setTimeout` counts in 31 bits; a year-long task time-out needs several rounds. */
const longestTimer = 2_147_483_647;

/** Acts once after `milliseconds`; returns what cancels it. Uses the global timers, which virtual time replaces. */
export function after(milliseconds: number, act: () => void): () => void {
  const step = Math.min(Math.max(milliseconds, 0), longestTimer);
  const rest = milliseconds - step;
  let cancelRest = (): void => {};
  const timer = setTimeout(() => {
    if (rest > 0) cancelRest = after(rest, act);
    else act();
  }, step);
  return () => {
    clearTimeout(timer);
    cancelRest();
  };
}

/** Settles as `work` does, or rejects with Interrupted as soon as the signal fires. */
export function unlessAborted<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(new Interrupted());
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}

/** Sleeps in virtual time; rejects with Interrupted when the signal fires. */
export async function sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
  let cancel = (): void => {};
  const elapsed = new Promise<void>((resolve) => {
    cancel = after(milliseconds, resolve);
  });
  try {
    await unlessAborted(signal, elapsed);
  } finally {
    cancel();
  }
}
