import type { RunEnd, VirtualTime } from '../sandbox/clock.ts';

/**
 * Plays at a speed that may change on the way: a request for approval expires after hours, so while a person is asked
 * virtual time runs no faster than theirs. `limit` is in virtual milliseconds.
 */
export async function paced(
  time: VirtualTime,
  done: () => boolean,
  limit: number,
  speed: () => number,
): Promise<RunEnd> {
  const until = time.now() + limit;
  for (;;) {
    const present = speed();
    const end = await time.runPaced(() => done() || speed() !== present, present, until - time.now());
    if (end !== 'done' || done()) return end;
  }
}

/** What Ctrl-C does until it is let go. */
export function onInterrupt(act: () => void): () => void {
  process.once('SIGINT', act);
  return () => process.removeListener('SIGINT', act);
}
