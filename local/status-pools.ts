import type { Config } from '../shared/config/schema.ts';
import type { ServiceConfig } from '../shared/config/service.ts';
import type { Assessment } from '../shared/document/assessment.ts';
import { poolAdvice } from '../shared/format/pools/findings.ts';
import { instanceLines, postgresText } from '../shared/format/pools/seen.ts';
import type { Tools } from '../shared/pool/login.ts';
import { lookOf, type PoolsLook } from '../shared/pool/look.ts';
import { ofPerson } from './beside.ts';
import { advised, entry } from './display/entry.ts';

/**
 * Reads every PgBouncer and PostgreSQL; undefined where the configuration names none.
 * @param seen the assessment: how many tasks there are, and where those of PgBouncer's ECS service are
 */
export const poolsStatus = (
  service: ServiceConfig,
  config: Config,
  tools: Tools = ofPerson(),
  seen?: Pick<Assessment, 'service' | 'pgbouncer'>,
): Promise<PoolsLook | undefined> => lookOf(service, seen, config, tools);

/** The same in lines of at most 80 columns; a line to type is never broken. */
export function poolLines({ instances, postgres, findings }: PoolsLook): string[] {
  return [
    ...(instances.length > 0 ? entry('PgBouncer', instances.flatMap(instanceLines)) : []),
    ...entry('PostgreSQL', [postgresText(postgres)]),
    ...advised('Pools', findings.map(poolAdvice)),
  ];
}
