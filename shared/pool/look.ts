import type { Config } from '../config/schema.ts';
import type { Pools, Tools } from './login.ts';
import type { PlacedPools } from './places.ts';
import { readInstances, readPostgres } from './read.ts';
import { type Finding, needsSecondLook, type PoolLimits, type PoolsSeen, poolVerdict } from './verdict.ts';

/** So long after the first look a second one tells what still happens from what is over. */
const secondLookSeconds = 5;

/** What is known of a service's pools, and what is wrong with them, the first to be mended in front. */
export interface PoolsLook extends PoolsSeen {
  findings: [Finding, ...Finding[]];
}

/** What the configuration allows in an emergency, and from when on a wait counts. */
export const poolLimits = ({ emergency }: Pick<Pools, 'emergency'>, { thresholds }: Config): PoolLimits => ({
  ...emergency,
  waitSeconds: thresholds.pgbouncerWaitMilliseconds.warning / 1000,
  // A request has one query or more: of an API whose queries take that long none answers in time.
  slowSeconds: thresholds.latencyP95Seconds.warning,
});

/**
 * Reads every PgBouncer and PostgreSQL and judges them; the PgBouncers a second time where clients wait, since only growth tells
 * a pool that PostgreSQL refuses from one that fills, and slow queries from a small pool.
 */
export async function lookAtPools(pools: PlacedPools, config: Config, tools: Tools): Promise<PoolsLook> {
  const limits = poolLimits(pools, config);
  const first = await readInstances(pools, tools);
  const again = needsSecondLook(first, limits);
  // A pool that has not grown meanwhile is one that PostgreSQL refuses.
  if (again) await tools.after(secondLookSeconds * 1000).passed;
  const [instances, postgres] = await Promise.all([
    again ? readInstances(pools, tools) : first,
    readPostgres(pools, tools),
  ]);
  const seen = {
    instances,
    postgres,
    ...(again ? { before: first, secondsBetween: secondLookSeconds } : {}),
  };
  return { ...seen, findings: poolVerdict(seen, limits) };
}
