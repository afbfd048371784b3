import type { Config } from '../shared/config/schema.ts';
import type { ServiceConfig } from '../shared/config/service.ts';
import type { Assessment } from '../shared/document/assessment.ts';
import { poolAdvice } from '../shared/format/pools/findings.ts';
import { instanceLines, postgresText } from '../shared/format/pools/seen.ts';
import type { Tools } from '../shared/pool/login.ts';
import { lookAtPools, type PoolsLook } from '../shared/pool/look.ts';
import { placed } from '../shared/pool/places.ts';
import { ofPerson } from './beside.ts';
import { advised, entry } from './display/entry.ts';

/**
 * Reads every PgBouncer and PostgreSQL; undefined where the configuration names none.
 * @param found where the tasks of PgBouncer's ECS service are, by the assessment
 */
export async function poolsStatus(
  { pgbouncer }: ServiceConfig,
  config: Config,
  tools: Tools = ofPerson(),
  found?: Assessment['pgbouncer'],
): Promise<PoolsLook | undefined> {
  return pgbouncer?.instances ? await lookAtPools(placed(pgbouncer, found), config, tools) : undefined;
}

/** The same in lines of at most 80 columns; a line to type is never broken. */
export function poolLines({ instances, postgres, findings }: PoolsLook): string[] {
  return [
    ...entry('PgBouncer', instances.flatMap(instanceLines)),
    ...entry('PostgreSQL', [postgresText(postgres)]),
    ...advised('Pools', findings.map(poolAdvice)),
  ];
}
