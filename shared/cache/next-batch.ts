import type { Reading } from '../core/reading.ts';
import type { Cache } from './types.ts';

/** What was seen right before a batch of keys would be removed. */
export interface BeforeBatch {
  /** Somebody has turned the switch that stops every run. */
  stopped: boolean;
  /** Until whoever removes keys has to be done. */
  secondsLeft: number;
  memory: Reading<Pick<Cache['memory'], 'counted' | 'limit'>>;
  /** The database's: what is no key any more is read from it. In the unit of its limit. */
  load: Reading<number>;
  /** The highest load at which a further batch may go. */
  loadLimit: number;
}

/** The closed list of why no batch follows. */
export type Stop =
  | 'stopped'
  | 'deadline-near'
  | 'memory-unknown'
  | 'relieved'
  | 'load-unknown'
  | 'load-above-limit';

/** Time for one batch, and for what is read before it. */
const nearSeconds = 10;
/** Below this share of its limit a cache has room for the writes of some minutes. */
export const relievedShare = 0.8;

/** Whether a batch may go, the first too; anything unknown ends it. Pure. Source: safety, invariants 4 and 22. */
export function nextBatch({ stopped, secondsLeft, memory, load, loadLimit }: BeforeBatch): 'go-on' | Stop {
  if (stopped) return 'stopped';
  // So that what is no number stops, too.
  if (!(secondsLeft > nearSeconds)) return 'deadline-near';
  if ('unknown' in memory) return 'memory-unknown';
  if (isRelieved(memory.value)) return 'relieved';
  if ('unknown' in load || !(load.value >= 0)) return 'load-unknown';
  return load.value <= loadLimit ? 'go-on' : 'load-above-limit';
}

/** Without a limit no write is refused for want of memory. */
export const isRelieved = ({ counted, limit }: Pick<Cache['memory'], 'counted' | 'limit'>): boolean =>
  limit === 0 || counted < relievedShare * limit;
