import type { Known } from '../budget.ts';
import { workingShare } from '../holds.ts';
import type { Instance, Pool } from '../types.ts';
import { type Busy, heldBy, isSamePool, isShort, knownOf, type PoolLimits, type PoolsSeen } from './pools.ts';

/** Full pools whose queries take long, although none of them has run for long: more at once make PostgreSQL no faster. */
export function slowOnAverage(
  filled: readonly Busy[],
  before: readonly Busy[],
  { instances, postgres, secondsBetween = 0 }: PoolsSeen,
  { slowSeconds }: PoolLimits,
): { one: Busy; seconds: number }[] {
  const known = 'value' in postgres ? postgres.value : undefined;
  const all = knownOf(instances);
  const share = ({ pool, database }: Busy) =>
    known ? workingShare(pool, database, known, connectionsOf(pool, all)) : 1;
  return filled
    .map((one) => {
      const then = before.find((each) => isSamePool(one, each));
      return { one, seconds: share(one) * querySeconds(one, then, secondsBetween) };
    })
    .filter(({ one, seconds }) => seconds >= slowSeconds && heldBy(one, known).length === 0);
}

/** Connections of a database and user that clients have at this moment, and those that none has, over all PgBouncers. */
function connectionsOf({ database, user }: Pool, all: readonly Known[]): { linked: number; spare: number } {
  const pools = all
    .flatMap(({ instance }) => instance.pools)
    .filter((pool) => pool.database === database && pool.user === user);
  const linked = pools.reduce((sum, { serversActive }) => sum + serversActive, 0);
  const open = pools.reduce((sum, { servers, serversLogin }) => sum + servers - serversLogin, 0);
  return { linked, spare: Math.max(0, open - linked) };
}

/**
 * How long a query of this pool's database took on average between two looks in which it was full: its connections were busy
 * all the time, and so many queries ended (Little's law). Nothing is known of it where one of the looks is missing. PgBouncer's
 * own means and sums of times hold the wait for a connection, which is counted at another moment.
 */
function querySeconds(now: Busy, then: Busy | undefined, secondsBetween: number): number {
  const { database } = now.waiting;
  const countIn = ({ queryCounts }: Instance) =>
    'value' in queryCounts ? queryCounts.value.find((one) => one.database === database)?.queries : undefined;
  const counts = [
    countIn(now.known.instance),
    then && !isShort(then) ? countIn(then.known.instance) : undefined,
  ];
  const [later, earlier] = counts;
  if (later === undefined || earlier === undefined || later < earlier) return 0;
  const busy = now.known.instance.pools
    .filter((pool) => pool.database === database)
    .reduce((sum, { serversActive }) => sum + serversActive, 0);
  return (busy * secondsBetween) / Math.max(1, later - earlier);
}
