import { addressOf, poolSecrets, postgresPort, tuningSecrets } from '../../config/servers/address.ts';
import type { ServiceConfig } from '../../config/service.ts';
import { consolesOf, type Tools } from '../../pool/login.ts';
import { readAsAdmin } from '../../pool/probe.ts';
import { readInstances, readPostgres } from '../../pool/read.ts';
import { secretTrials } from '../parameters.ts';
import { once, type Trial } from '../trials.ts';
import { answers } from './answers.ts';

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

/** The same for who sets them, and whether its user may: it sets what does not exist, which nobody can. */
export function tuningTrials({ pgbouncer }: ServiceConfig, tools: Tools): Trial[] {
  const { adminSecret } = pgbouncer ?? {};
  if (!pgbouncer || adminSecret === undefined) return [];
  return [
    ...secretTrials(tools.secrets, tuningSecrets(pgbouncer)),
    ...consolesOf(pgbouncer).map(({ name, target }) =>
      answers(name, () => readAsAdmin(adminSecret, target, tools)),
    ),
  ];
}
