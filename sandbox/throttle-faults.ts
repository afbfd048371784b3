import type { FaultPlan } from './aws/wire.ts';
import { mulberry32 } from './world/model/random.ts';

/** What throttles this share of all calls of a play; nothing where it is zero. The stream is the seed's own. */
export const throttled = (percent: number, seed: number): { faults?: FaultPlan } =>
  percent > 0 ? { faults: throttling(percent, mulberry32(seed ^ 0x77777)) } : {};

/** Throttles this share of all calls, whichever they are. `random` must be a stream of its own. */
export function throttling(percent: number, random: () => number): FaultPlan {
  return () =>
    random() * 100 < percent
      ? { kind: 'error', name: 'ThrottlingException', message: 'Rate exceeded', status: 400 }
      : undefined;
}
