import type { ECSClient } from '@aws-sdk/client-ecs';
import { readAddresses } from '../aws/ecs-addresses.ts';
import { tasksOf } from '../config/servers/address.ts';
import type { ServiceConfig } from '../config/service.ts';
import { type Reading, within } from '../core/reading.ts';
import { unknownBy } from '../core/unknown.ts';
import type { Assessment, TaskAddress } from '../document/assessment.ts';
import { told } from '../format/unknown.ts';
import type { Basics } from '../lambda/context.ts';

/** The ECS service whose tasks are the PgBouncers; undefined where their addresses stand in `config/`. */
export function poolServiceOf({ cluster: own, pgbouncer }: ServiceConfig) {
  const tasks = tasksOf(pgbouncer?.instances);
  return tasks && { cluster: tasks.cluster ?? own, service: tasks.service };
}

/** Whether a look at the pools says more than the configuration: of PgBouncers, or with one beside each task of PostgreSQL. */
export const canAskPools = ({ pgbouncer }: ServiceConfig): boolean =>
  pgbouncer?.instances !== undefined || pgbouncer?.topology === 'sidecar';

/**
 * Where PgBouncer's tasks are, for functions in the network, which cannot ask ECS. What cannot be read in time is unknown, and
 * stands in nobody's way but that of a raise. Nothing where the configuration names no such service.
 */
export async function readPoolTasks(
  config: ServiceConfig,
  { ecs, after }: { ecs: ECSClient } & Pick<Basics, 'after'>,
  deadlineSeconds: number,
): Promise<Pick<Assessment, 'pgbouncer'>> {
  const service = poolServiceOf(config);
  if (!service) return {};
  const read = readAddresses(ecs, service).then(
    (value): Reading<TaskAddress[]> => ({ value }),
    (error: unknown) => ({ unknown: unknownBy(error) }),
  );
  const reading = await within(deadlineSeconds, after, read);
  return { pgbouncer: 'value' in reading ? reading.value : { unknown: told(reading.unknown) } };
}
