import { StateFailure } from './failure.ts';
import { after } from './timer.ts';

/** The time limits of one attempt of a task, seconds. */
export interface TimeLimits {
  timeout?: number;
  heartbeat?: number;
}

/** Runs from the moment a task is scheduled. */
export interface Deadline {
  /** Rejects with States.Timeout when a limit has passed; never resolves. */
  readonly passed: Promise<never>;
  /** A heartbeat came: its limit starts anew. */
  beat(): void;
  cancel(): void;
}

/** A missed heartbeat is reported as States.Timeout, though Retry and Catch may name States.HeartbeatTimeout. */
export function startDeadline({ timeout, heartbeat }: TimeLimits): Deadline {
  const { promise, reject } = Promise.withResolvers<never>();
  promise.catch(() => {}); // the task may have ended before anyone looks
  const cancelTimeout = limit(timeout, () => reject(new StateFailure('States.Timeout')));
  const late = (): void => reject(new StateFailure('States.Timeout', undefined, 'States.HeartbeatTimeout'));
  let cancelHeartbeat = limit(heartbeat, late);
  return {
    passed: promise,
    beat: () => {
      cancelHeartbeat();
      cancelHeartbeat = limit(heartbeat, late);
    },
    cancel: () => {
      cancelTimeout();
      cancelHeartbeat();
    },
  };
}

function limit(seconds: number | undefined, act: () => void): () => void {
  return seconds === undefined ? () => {} : after(seconds * 1000, act);
}
