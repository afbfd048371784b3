import { addressOf } from '../config/servers/place.ts';
import type { ServiceConfig } from '../config/service.ts';
import type { Reading } from '../core/reading.ts';
import { consolesOf, type Tools } from '../pool/login.ts';
import { readInstances, readPostgres } from '../pool/read.ts';
import { secretTrials } from './parameters.ts';
import type { Finding, Trial } from './trials.ts';

const postgresPort = 5432;

const ofReading = <T>(reading: Reading<T> | undefined): Finding | undefined =>
  reading && 'unknown' in reading ? { unknown: reading.unknown } : undefined;

/** Whether the secrets can be read, and each PgBouncer and PostgreSQL lets this function in and answers what it will ask. */
export function poolTrials({ pgbouncer }: ServiceConfig, tools: Tools): Trial[] {
  if (!pgbouncer?.instances) return [];
  const { instances, database, statsSecret } = pgbouncer;
  const names = consolesOf(pgbouncer).map(({ name }) => name);
  const each = instances.map(
    (instance, index): Trial => ({
      check: 'address',
      on: names[index] ?? '',
      try: async () =>
        ofReading((await readInstances({ ...pgbouncer, instances: [instance] }, tools))[0]?.reading),
    }),
  );
  const postgres: Trial[] = database
    ? [
        {
          check: 'address',
          on: addressOf(database, postgresPort),
          try: async () => ofReading(await readPostgres(pgbouncer, tools)),
        },
      ]
    : [];
  const secrets = [statsSecret, database?.secret].filter((name) => name !== undefined);
  return [...secretTrials(tools.secrets, [...new Set(secrets)]), ...each, ...postgres];
}
