import type { HeldPool, PoolChange } from '../document/pool-settings.ts';
import type { Pools } from './login.ts';
import type { PoolsLook } from './look.ts';
import { changesOf, madeBefore, type Order, raiseOrders, withinFiles } from './tuning.ts';
import { knownOf } from './waiting/pools.ts';

/** What a run may set by itself now; nothing where nobody may set anything, or PostgreSQL is unknown. Pure. */
export function raisesOf(
  { findings, instances, postgres }: PoolsLook,
  { adminSecret, openFiles }: Pick<Pools, 'adminSecret' | 'openFiles'>,
): PoolChange[] {
  if (adminSecret === undefined || 'unknown' in postgres) return [];
  return withinFiles(changesOf(findings), knownOf(instances), postgres.value, openFiles);
}

/**
 * The orders for the raise that this look asks for, once it is noted. Where it asks for none because an earlier call of the step
 * has made one, whose answer was lost, that one is ordered again, which changes nothing and tells what it did. Pure.
 */
export const raising = (
  { instances }: PoolsLook,
  asked: readonly PoolChange[],
  held: readonly HeldPool[],
): Order[] => raiseOrders(asked.length > 0 ? asked : madeBefore(held, knownOf(instances)), held);
