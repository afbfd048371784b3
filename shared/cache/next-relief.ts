import type { Reading } from '../core/reading.ts';
import type { ReliefCode, ReliefDone } from '../document/cache-relief.ts';
import type { CacheLook } from './look.ts';
import {
  approversNeeded,
  type NoRelief,
  type Omission,
  type Relief,
  type ReliefSeen,
  reliefs,
} from './relief.ts';
import type { Cache } from './types.ts';

/** What the next relief follows from: the look, what may be read besides, and what this run has done already. */
export interface Situation extends Omit<ReliefSeen, 'finding'> {
  look: CacheLook;
  /** Active sessions of PostgreSQL; absent where no limit for them is configured. */
  load?: Reading<number>;
  /** At most so many may be active. */
  loadLimit?: number | undefined;
  done: readonly ReliefDone[];
}

/** A relief that a machine can do, and how many have to approve it. */
export type OwnRelief = Extract<Relief, { approvers: number }>;

/** The closed list of why no relief follows. */
export type WhyHeld =
  | {
      because:
        | NoRelief
        | 'not-helped'
        | 'not-flushed'
        | 'database-loaded'
        | 'database-unknown'
        | 'no-reliever';
    }
  | { because: 'for-person'; relief: Relief['code'] }
  | { because: 'not-limited'; relief: Relief['code'] }
  | { because: 'omitted'; omission: Omission };

export type Next =
  | { action: 'relieve'; relief: OwnRelief }
  | { action: 'relieved' | 'none' }
  | { action: 'hold'; why: readonly WhyHeld[] };

/** Reliefs after which reads go to the database that the cache has answered. */
const loads: readonly ReliefCode[] = ['unlink', 'flush'];

/**
 * What follows: the mildest relief that was not tried yet, or the end. A flush that a person names is the last one for a
 * cache that is full; where there is room it is what was asked for. Whatever is unknown holds. Pure.
 */
export function nextRelief(seen: Situation): Next {
  const { look, done, request } = seen;
  const [finding] = look.findings;
  const { code } = finding;
  const takesWrites = code === 'ok' || code === 'slow' || code === 'evicting';
  if (takesWrites && done.some(({ worked }) => worked)) return afterRelief(seen);
  if (takesWrites && request.by === 'person' && request.flush) return flushAsked(seen);
  if (code === 'ok') return { action: 'none' };
  return firstOf(seen);
}

/** Keys that are gone are read from the database: that it bears this is a part of the relief. */
function afterRelief({ done, load, loadLimit }: Situation): Next {
  if (!done.some(({ code, worked }) => worked && loads.includes(code))) return { action: 'relieved' };
  if (!load || 'unknown' in load) return held({ because: 'database-unknown' });
  return load.value <= (loadLimit ?? 0) ? { action: 'relieved' } : held({ because: 'database-loaded' });
}

const held = (...why: WhyHeld[]): Next => ({ action: 'hold', why });

function firstOf(seen: Situation): Next {
  const { look, done, loadLimit } = seen;
  const found = reliefs({ ...seen, finding: look.findings[0] });
  if ('none' in found) return held({ because: found.none });
  const why: WhyHeld[] = [];
  for (const relief of found.reliefs) {
    if (done.some(({ code }) => code === relief.code)) continue;
    if (!('approvers' in relief)) why.push({ because: 'for-person', relief: relief.code });
    else if (loads.includes(relief.code) && loadLimit === undefined)
      why.push({ because: 'not-limited', relief: relief.code });
    else return { action: 'relieve', relief };
  }
  const omitted = found.omitted.map((omission) => ({ because: 'omitted', omission }) as const);
  return held(...(done.length > 0 ? [{ because: 'not-helped' } as const] : []), ...why, ...omitted);
}

/** There is room, and a person wants everything gone all the same: what is in it may be wrong. */
function flushAsked({ look: { reading }, done, loadLimit }: Situation): Next {
  if (done.some(({ code }) => code === 'flush')) return held({ because: 'not-flushed' });
  if (loadLimit === undefined) return held({ because: 'not-limited', relief: 'flush' });
  if ('unknown' in reading) return held({ because: 'not-known' });
  return { action: 'relieve', relief: flushOf(reading.value) };
}

function flushOf({ keys, expiring, memory, cluster, counters }: Cache): OwnRelief {
  const reads = counters.hits + counters.misses;
  return {
    code: 'flush',
    approvers: approversNeeded.flush,
    keys,
    of: { keys, expiring },
    memory,
    ...(reads > 0 ? { hitRate: { hits: counters.hits, reads, since: 'start' } } : {}),
    cluster,
  };
}
