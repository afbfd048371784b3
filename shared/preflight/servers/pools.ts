import {
  addressOf,
  poolSecrets,
  postgresPort,
  tasksOf,
  tuningSecrets,
} from '../../config/servers/address.ts';
import type { ServiceConfig } from '../../config/service.ts';
import { consolesOf, type Pools, type Tools } from '../../pool/login.ts';
import { readPostgres } from '../../pool/postgres.ts';
import { readAsAdmin, readInstances } from '../../pool/read.ts';
import { placed } from '../../pool/topology/places.ts';
import { secretTrials } from '../parameters.ts';
import { notTried, once, type Trial } from '../trials.ts';
import { answers } from './answers.ts';

/** Whether the secrets can be read, and each PgBouncer and PostgreSQL answers. */
export function poolTrials({ pgbouncer }: ServiceConfig, tools: Tools): Trial[] {
  if (!pgbouncer?.instances && pgbouncer?.topology !== 'sidecar') return [];
  const { database } = pgbouncer;
  const pools = placed(pgbouncer, []);
  const seen = once(() => readInstances(pools, tools));
  return [
    ...secretTrials(tools.secrets, poolSecrets(pgbouncer)),
    ...consolesOf(pools).map(({ name }) =>
      answers(name, async () => (await seen()).find((one) => one.name === name)?.reading),
    ),
    ...notPlaced(pgbouncer),
    ...(database ? [answers(addressOf(database, postgresPort), () => readPostgres(pgbouncer, tools))] : []),
  ];
}

/** Tasks of an ECS service, which this function cannot ask for. */
const notPlaced = ({ instances }: Pools): Trial[] => {
  const tasks = tasksOf(instances);
  return tasks ? [{ ...notTried('address', 'found-by-assess'), on: tasks.service }] : [];
};

/** The same for who sets them, and whether its user may: it sets what does not exist, which nobody can. */
export function tuningTrials({ pgbouncer }: ServiceConfig, tools: Tools): Trial[] {
  const { adminSecret } = pgbouncer ?? {};
  if (!pgbouncer || adminSecret === undefined) return [];
  return [
    ...secretTrials(tools.secrets, tuningSecrets(pgbouncer)),
    ...consolesOf(placed(pgbouncer, [])).map(({ name, target }) =>
      answers(name, () => readAsAdmin(adminSecret, target, tools)),
    ),
    ...notPlaced(pgbouncer),
  ];
}
