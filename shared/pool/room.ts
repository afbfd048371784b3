import type { Config } from '../config/schema.ts';
import { isSameSetting, type PoolChange, type PoolRoom, type PoolsRead } from '../document/pool-settings.ts';
import { budgetOf, databaseOf, defaultRaises, isWithin } from './budget.ts';
import { holdsOf } from './holds.ts';
import type { Pools } from './login.ts';
import { type PoolsLook, poolLimits, slotsIn } from './look.ts';
import { raisesOf } from './raise.ts';
import { freeSlots, isFull } from './sessions.ts';
import { isSettable, withinFiles } from './tuning.ts';
import type { Instance, Postgres } from './types.ts';
import { knownOf, type PoolLimits, type PoolsSeen } from './waiting/pools.ts';

/** What a run may set by itself depends on. */
type Raisable = Pick<Pools, 'adminSecret' | 'openFiles'>;

/**
 * What the pools have left for more tasks, over all PgBouncers; undefined where one of them or PostgreSQL could not be read: a part
 * of a sum is no sum. A PostgreSQL that lets nobody in any more, this reader neither, has nothing left. Pure. Source: runbook,
 * PgBouncer Emergency Adjustments.
 */
export function roomOf(seen: PoolsSeen, pools: Raisable, limits: PoolLimits): PoolRoom | undefined {
  const all = knownOf(seen.instances);
  if (all.length === 0 || all.length < seen.instances.length) return undefined;
  const left = leftBy(seen, pools, limits);
  if (!left) return undefined;
  const sum = (of: (instance: Instance) => number) =>
    all.reduce((total, { instance }) => total + of(instance), 0);
  return {
    clients: sum(({ clients }) => clients),
    maxClients: sum(({ settings }) => settings.maxClientConn),
    busy: sum(({ pools: own }) => own.reduce((total, { serversActive }) => total + serversActive, 0)),
    open: sum(({ pools: own }) => own.reduce((total, { servers }) => total + servers, 0)),
    size: sum(sizeOf),
    ...left,
  };
}

/** What PostgreSQL has left, and may be raised because of it. */
function leftBy(
  seen: PoolsSeen,
  pools: Raisable,
  limits: PoolLimits,
): Pick<PoolRoom, 'freeSlots' | 'within' | 'raises'> | undefined {
  if ('unknown' in seen.postgres)
    return isFull(seen.postgres) ? { freeSlots: 0, within: false, raises: [] } : undefined;
  const postgres = seen.postgres.value;
  return {
    freeSlots: freeSlots(postgres),
    within: isWithin(budgetOf(knownOf(seen.instances), postgres)),
    raises: mostRaises(seen, postgres, pools, limits),
  };
}

/** What a look says to a plan: what there is, and what may be raised because somebody waits. Pure. */
export function poolsFound(
  look: PoolsLook,
  pools: Raisable & Pick<Pools, 'emergency'>,
  config: Config,
): Pick<PoolsRead, 'room' | 'raises' | 'slots'> {
  const room = roomOf(look, pools, poolLimits(pools, config));
  const raises = raisesOf(look, pools);
  return { ...(room ? { room } : slotsIn(look)), ...(raises.length > 0 ? { raises } : {}) };
}

/** What was planned of it, as far as that is still allowed at a look right before the writes. Pure. */
export const stillAllowed = (planned: readonly PoolChange[] = [], room?: PoolRoom): PoolChange[] =>
  planned.flatMap((change) => {
    const now = room?.raises.find((one) => isSameSetting(one, change));
    return now ? [{ ...now, to: Math.min(now.to, change.to) }] : [];
  });

/** Connections of every pool that is in use at its full size, without the reserves. */
const sizeOf = ({ pools, databases, settings }: Instance): number =>
  pools
    .map(({ database }) => databases.find(({ name }) => name === database)?.poolSize)
    .reduce<number>((total, own) => total + (own ?? settings.defaultPoolSize), 0);

/** As far as a run may raise everything by itself; nothing where no user for it is configured. */
function mostRaises(
  { instances }: PoolsSeen,
  postgres: Postgres,
  { adminSecret, openFiles }: Raisable,
  limits: PoolLimits,
): PoolChange[] {
  if (adminSecret === undefined) return [];
  const all = knownOf(instances);
  // What holds connections without end would take those of a larger pool as well.
  const isHeld = all.some(({ instance }) =>
    instance.pools.some((pool) => holdsOf(pool, databaseOf(instance, pool), postgres).length > 0),
  );
  const sizes = isHeld ? [] : defaultRaises(all, postgres, limits).filter(isSettable);
  const clients = all
    .map(({ name, instance }) => ({
      instance: name,
      setting: 'max_client_conn' as const,
      from: instance.settings.maxClientConn,
      to: limits.maxClientConn,
    }))
    .filter(({ from, to }) => from < to);
  return withinFiles([...sizes, ...clients], all, postgres, openFiles);
}
