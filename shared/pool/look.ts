import type { Config } from '../config/schema.ts';
import type { ServiceConfig } from '../config/service.ts';
import type { Assessment } from '../document/assessment.ts';
import type { Pools, Tools } from './login.ts';
import { readPostgres } from './postgres.ts';
import { readInstances } from './read.ts';
import { freeSlots } from './sessions.ts';
import { type PlacedPools, placed } from './topology/places.ts';
import { toldApart } from './topology/processes.ts';
import { largerPool, type Slots, sidecarBudget } from './topology/sidecar.ts';
import { type Finding, poolVerdict } from './verdict.ts';
import { needsSecondLook, type PoolLimits, type PoolsSeen } from './waiting/pools.ts';

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
  const [read, postgres] = await Promise.all([
    again ? readInstances(pools, tools) : first,
    readPostgres(pools, tools),
  ]);
  const seen = {
    instances: again ? toldApart(read, first) : toldApart(read),
    postgres,
    ...(again ? { before: first, secondsBetween: secondLookSeconds } : {}),
  };
  return { ...seen, findings: poolVerdict(seen, limits) };
}

/**
 * What there is to say where a PgBouncer stands beside each task: PostgreSQL is read, where it is configured, and what people may
 * change is found. Nobody asks these PgBouncers, and nothing is set in them.
 * @param tasks so many shall run
 */
async function lookBesideTasks(pools: Pools, tasks: number, tools: Tools): Promise<PoolsLook | undefined> {
  const postgres = await readPostgres(pools, tools);
  const said = 'value' in postgres ? postgres.value : undefined;
  const budget = sidecarBudget(pools, said);
  if (!budget) return undefined;
  const to = largerPool(budget, tasks, pools.emergency.defaultPoolSize);
  const finding: Finding = {
    code: 'sidecar',
    budget,
    tasks,
    ...(said ? { freeSlots: freeSlots(said) } : {}),
    ...(to === undefined ? {} : { to }),
  };
  return { instances: [], postgres, findings: [finding] };
}

/**
 * A service's pools, wherever its PgBouncers are; undefined where the configuration does not say how they are read.
 * @param seen the last assessment
 */
export async function lookOf(
  { pgbouncer, capacity }: ServiceConfig,
  seen: Pick<Assessment, 'service' | 'pgbouncer'> | undefined,
  config: Config,
  tools: Tools,
): Promise<PoolsLook | undefined> {
  if (pgbouncer?.topology === 'sidecar') {
    const tasks = seen && 'desired' in seen.service ? seen.service.desired : capacity.baseline.desired;
    return lookBesideTasks(pgbouncer, tasks, tools);
  }
  if (!pgbouncer?.instances) return undefined;
  return lookAtPools(placed(pgbouncer, seen?.pgbouncer), config, tools);
}

/** PostgreSQL's slots for the document, where they are all that can be asked. */
export const slotsIn = ({ instances, postgres }: PoolsLook): { slots?: Slots } => {
  if (instances.length > 0 || 'unknown' in postgres) return {};
  const { maxConnections, reserved } = postgres.value;
  return { slots: { maxConnections, reserved } };
};
