import { addressOf, poolSecrets, postgresPort } from '../config/servers/address.ts';
import type { ServiceConfig } from '../config/service.ts';
import type { Reading } from '../core/reading.ts';
import { consolesOf, type Tools } from '../pool/login.ts';
import { readInstances, readPostgres } from '../pool/read.ts';
import { secretTrials } from './parameters.ts';
import { once, type Trial } from './trials.ts';

/** Whether a server lets this function in, and answers what it will ask. */
const answers = (on: string, read: () => Promise<Reading<unknown> | undefined>): Trial => ({
  check: 'address',
  on,
  async try() {
    const reading = await read();
    return reading && 'unknown' in reading ? { unknown: reading.unknown } : undefined;
  },
});

/** Whether the secrets can be read, and each PgBouncer and PostgreSQL answers. */
export function poolTrials({ pgbouncer }: ServiceConfig, tools: Tools): Trial[] {
  if (!pgbouncer?.instances) return [];
  const { database } = pgbouncer;
  const seen = once(() => readInstances(pgbouncer, tools));
  return [
    ...secretTrials(tools.secrets, poolSecrets(pgbouncer)),
    ...consolesOf(pgbouncer).map(({ name }) =>
      answers(name, async () => (await seen()).find((one) => one.name === name)?.reading),
    ),
    ...(database ? [answers(addressOf(database, postgresPort), () => readPostgres(pgbouncer, tools))] : []),
  ];
}
