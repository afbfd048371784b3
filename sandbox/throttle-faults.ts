import type { FaultPlan } from './aws/wire.ts';

/** Throttles this share of all calls, whichever they are. `random` must be a stream of its own. */
export function throttling(percent: number, random: () => number): FaultPlan {
  return () =>
    random() * 100 < percent
      ? { kind: 'error', name: 'ThrottlingException', message: 'Rate exceeded', status: 400 }
      : undefined;
}
