import { isFull } from './sessions.ts';
import {
  isFullOfClients,
  knownOf,
  type PoolLimits,
  type PoolsSeen,
  type Waiting,
  waitingPools,
} from './verdict.ts';

/** How the pools do since they were raised. */
export type Relief =
  | 'relieved'
  /** Clients still wait: fewer of them, or not as long. */
  | 'better'
  | 'no-better'
  /** The last slot of PostgreSQL is taken: whatever else is better, nobody else gets in. */
  | 'slots-gone'
  | 'unknown';

const clientsOf = (pools: readonly Waiting[]) => pools.reduce((sum, { clients }) => sum + clients, 0);
const longestOf = (pools: readonly Waiting[]) => Math.max(0, ...pools.map(({ seconds }) => seconds));

/** Whether raising the pools helped: by waiting clients, the longest wait and PostgreSQL's free slots. Pure. */
export function reliefOf(before: PoolsSeen, after: PoolsSeen, limits: PoolLimits): Relief {
  if (isFull(after.postgres)) return 'slots-gone';
  if ('unknown' in after.postgres || after.instances.some(({ reading }) => 'unknown' in reading))
    return 'unknown';
  const [then, now] = [waitingPools(before.instances, limits), waitingPools(after.instances, limits)];
  if (now.length === 0 && !refusesClients(after)) return 'relieved';
  return clientsOf(now) < clientsOf(then) || longestOf(now) < longestOf(then) ? 'better' : 'no-better';
}

const refusesClients = ({ instances }: PoolsSeen) =>
  knownOf(instances).some(({ instance }) => isFullOfClients(instance));

/**
 * What follows from it. Until the deadline it is looked at again; then what did not help is undone. What cannot be read
 * is no proof that it did not: it stays, within its budget, and a person is told. Pure.
 */
export function afterLook(relief: Relief, isLate: boolean): 'keep' | 'look-again' | 'undo' {
  if (relief === 'slots-gone') return 'undo';
  if (relief === 'relieved') return 'keep';
  if (!isLate) return 'look-again';
  return relief === 'no-better' ? 'undo' : 'keep';
}
