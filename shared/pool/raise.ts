import type { HeldPool, PoolChange } from '../document/pool-settings.ts';
import type { Pools } from './login.ts';
import type { PoolsLook } from './look.ts';
import { changesOf, madeBefore, noted, type Order, raiseOrders, withinFiles } from './tuning.ts';
import { knownOf } from './verdict.ts';

/** What a run may set by itself now; nothing where nobody may set anything, or PostgreSQL is unknown. Pure. */
export function raisesOf(
  { findings, instances, postgres }: PoolsLook,
  { adminSecret, openFiles }: Pools,
): PoolChange[] {
  if (adminSecret === undefined || 'unknown' in postgres) return [];
  return withinFiles(changesOf(findings), knownOf(instances), postgres.value, openFiles);
}

/** What is noted and ordered at a look right before the writes, which may be a repeated one. */
export interface Raising {
  held: HeldPool[];
  orders: Order[];
}

/**
 * The raise that this look asks for. Where it asks for none because an earlier call of the step has made one, whose answer was
 * lost, that one is ordered again, which changes nothing and tells what it did. Pure.
 */
export function raising(look: PoolsLook, pools: Pools, held: readonly HeldPool[]): Raising {
  const asked = raisesOf(look, pools);
  const changes = asked.length > 0 ? asked : madeBefore(held, knownOf(look.instances));
  const all = noted(held, changes);
  return { held: all, orders: raiseOrders(changes, all) };
}
