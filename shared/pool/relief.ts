import {
  isInForce,
  type PoolOutcome,
  type PoolQueue,
  type PoolsRead,
  type PoolsRelief,
} from '../document/pool-settings.ts';
import { isFull } from './sessions.ts';
import { valueIn } from './tuning.ts';
import { isFullOfClients } from './verdict.ts';
import { knownOf, type PoolLimits, type PoolsSeen, type Waiting, waitingPools } from './waiting/pools.ts';

/**
 * How the pools do since they were raised. `better`: clients still wait, fewer of them or not as long. `slots-gone`: the last
 * slot of PostgreSQL is taken, so that nobody else gets in, whatever else is better. `lost`: clients wait, and what was set is
 * not in force any more.
 */
export type Relief = PoolsRelief['relief'];

/** Everybody who waits long enough to count. Pure. */
export function queueOf(instances: PoolsSeen['instances'], limits: PoolLimits): PoolQueue {
  const pools: readonly Waiting[] = waitingPools(instances, limits);
  return {
    clients: pools.reduce((sum, { clients }) => sum + clients, 0),
    seconds: Math.max(0, ...pools.map(({ seconds }) => seconds)),
  };
}

/**
 * Whether raising the pools helped: by waiting clients, the longest wait and PostgreSQL's free slots. Pure.
 * @param raised what the raise has set: a PgBouncer that has restarted since has lost it
 */
export function reliefOf(
  before: PoolQueue,
  after: PoolsSeen,
  limits: PoolLimits,
  raised: readonly PoolOutcome[] = [],
): Relief {
  if (isFull(after.postgres)) return 'slots-gone';
  if ('unknown' in after.postgres || after.instances.some(({ reading }) => 'unknown' in reading))
    return 'unknown';
  const now = queueOf(after.instances, limits);
  if (now.clients === 0 && !refusesClients(after)) return 'relieved';
  if (raised.some((outcome) => isLost(outcome, after))) return 'lost';
  return now.clients < before.clients || now.seconds < before.seconds ? 'better' : 'no-better';
}

/** Whether a PgBouncer has less than was set. */
function isLost({ instance, setting, code, to }: PoolOutcome, { instances }: PoolsSeen): boolean {
  const now = knownOf(instances).find(({ name }) => name === instance)?.instance.settings;
  return now !== undefined && isInForce({ code }) && valueIn(now, setting) < to;
}

const refusesClients = ({ instances }: PoolsSeen) =>
  knownOf(instances).some(({ instance }) => isFullOfClients(instance));

/**
 * What follows from it. Until the deadline it is looked at again; then what did not help is undone. What was
 * lost is raised again. What cannot be read is no proof that it did not help: it stays, within its budget, and a person is
 * told. Pure.
 */
export function afterLook(relief: Relief, isLate: boolean): PoolsRelief['next'] {
  if (relief === 'slots-gone') return 'undo';
  if (relief === 'relieved') return 'keep';
  if (!isLate) return relief === 'lost' ? 'raise-again' : 'look-again';
  return relief === 'no-better' ? 'undo' : 'keep';
}

/**
 * How often it has been looked whether a raise helped: what was found before the pools were last read was about an earlier
 * raise of the same run. Pure.
 */
export const looksSince = (
  read: Pick<PoolsRead, 'at'> | undefined,
  relief: Pick<PoolsRelief, 'at' | 'looks'> | undefined,
): number => (relief && (!read || relief.at > read.at) ? relief.looks : 0);
