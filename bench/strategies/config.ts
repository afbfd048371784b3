import { readConfig } from '../../sandbox/config-files.ts';
import type { ServiceOptions } from '../../sandbox/world/model/options.ts';
import { parseConfig } from '../../shared/config/config.ts';
import { serviceConfig } from '../../shared/config/packaged.ts';
import type { Config } from '../../shared/config/schema.ts';
import type { ServiceConfig } from '../../shared/config/service.ts';

/** Key of the service that every strategy scales. */
export const benchService = 'buywhere-api';

/** Most tasks that any strategy may ask for. */
const ceiling = 60;

/**
 * `config/production.yml` with one ceiling for all strategies, and with a task quota and a connection budget above it,
 * so that strategies are compared and not guards.
 */
export function benchConfig(): Config {
  const config = structuredClone(readConfig('production'));
  const { capacity, pgbouncer } = serviceConfig(config, benchService);
  capacity.baseline.max = ceiling;
  capacity.emergency.max = ceiling;
  capacity.taskQuota = 100;
  if (pgbouncer) pgbouncer.baseline.maxClientConn = 2000;
  return parseConfig(config, 'bench');
}

/** The connection pool of the simulated service, and the database behind it, large enough for the ceiling. */
export const benchPool: NonNullable<ServiceOptions['dbPool']> = {
  poolSize: 400,
  maxClientConnections: 2000,
  maxConnections: 600,
  connectionsPerTask: 10,
};

/** One line that says under which conditions all strategies play. */
export function conditionsOf(config: Config): string {
  const { capacity } = serviceConfig(config, benchService);
  const { baseline, perTask } = capacity;
  return (
    `config/production.yml with max ${capacity.emergency.max} for every strategy (baseline and emergency), ` +
    `task quota ${capacity.taskQuota}, a connection pool that never decides; start: ${baseline.desired} tasks of ` +
    `${perTask.requestsPerMinute} requests/min at half load, metrics visible 60 s after their minute`
  );
}

/** The configured service of the bench. */
export const benchServiceOf = (config: Config): ServiceConfig => serviceConfig(config, benchService);
