import type { Config } from '../shared/config/schema.ts';
import type { ServiceConfig } from '../shared/config/service.ts';
import { poolAdvice } from '../shared/format/pools/findings.ts';
import { instanceLines, postgresText } from '../shared/format/pools/seen.ts';
import { asking } from '../shared/pool/console.ts';
import { readInstances, readPostgres } from '../shared/pool/read.ts';
import {
  type Finding,
  needsSecondLook,
  type PoolLimits,
  type PoolsSeen,
  poolVerdict,
} from '../shared/pool/verdict.ts';
import { type BesideTools, ofPerson, secondLookSeconds } from './beside.ts';
import { advised, entry } from './display/entry.ts';

/** What is known of a service's pools, and what is wrong with them, the first to be mended in front. */
export interface PoolsStatus extends PoolsSeen {
  findings: Finding[];
}

/** Reads every PgBouncer and PostgreSQL; undefined where the configuration names none. */
export async function poolsStatus(
  { pgbouncer }: ServiceConfig,
  config: Config,
  tools: BesideTools = ofPerson(),
  connect = asking,
): Promise<PoolsStatus | undefined> {
  if (!pgbouncer?.instances) return undefined;
  const limits: PoolLimits = {
    ...pgbouncer.emergency,
    waitSeconds: config.thresholds.pgbouncerWaitMilliseconds.warning / 1000,
  };
  const first = await readInstances(pgbouncer, tools, connect);
  const again = needsSecondLook(first, limits);
  // A pool that has not grown meanwhile is one that PostgreSQL refuses.
  if (again) await tools.after(secondLookSeconds * 1000).passed;
  const [instances, postgres] = await Promise.all([
    again ? readInstances(pgbouncer, tools, connect) : first,
    readPostgres(pgbouncer, tools, connect),
  ]);
  const seen = { instances, postgres, ...(again ? { before: first } : {}) };
  return { ...seen, findings: poolVerdict(seen, limits) };
}

/** The same in lines of at most 80 columns; a line to type is never broken. */
export function poolLines({ instances, postgres, findings }: PoolsStatus): string[] {
  return [
    ...entry('PgBouncer', instances.flatMap(instanceLines)),
    ...entry('PostgreSQL', [postgresText(postgres)]),
    ...advised('Pools', findings.map(poolAdvice)),
  ];
}
