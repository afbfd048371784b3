import { readSecret } from '../aws/read-secret.ts';
import { addressOf } from '../config/servers/place.ts';
import { pgbouncerPort } from '../config/servers/pools.ts';
import type { ServiceConfig } from '../config/service.ts';
import { InvalidInputError } from '../core/errors.ts';
import { type Reading, within } from '../core/reading.ts';
import type { Basics, Resources } from '../lambda/context.ts';
import { type Ask, asking, type Target } from './console.ts';
import { faultOf } from './faults.ts';
import { averageWaitsOf, instanceOf } from './rows.ts';
import { hiddenSessions, limitsQuery, postgresOf, sessionsQuery } from './sessions.ts';
import type { Instance, Postgres, Seen } from './types.ts';

type Pools = NonNullable<ServiceConfig['pgbouncer']>;
type Tools = Pick<Resources, 'secrets'> & Pick<Basics, 'after'>;

/** For one console or database, with everything that is asked there. */
const deadlineSeconds = 5;

/** Every PgBouncer of the configuration, each by itself and all at once; what cannot be read is unknown with its cause. */
export function readInstances(pools: Pools, tools: Tools, connect = asking): Promise<Seen<Instance>[]> {
  const { instances = [], statsSecret = '', tls } = pools;
  return Promise.all(
    instances.map(async (instance) => {
      const { host, port = pgbouncerPort, serverName } = instance;
      const target = { host, port, serverName, database: 'pgbouncer', tls: tls !== 'none' };
      const reading = await readAs(statsSecret, target, tools, connect, instanceBy);
      return { name: addressOf(instance, pgbouncerPort), reading };
    }),
  );
}

/** PostgreSQL on the direct connection, where one is configured. */
export async function readPostgres(
  { database }: Pools,
  tools: Tools,
  connect = asking,
): Promise<Reading<Postgres>> {
  if (!database) return { unknown: { cause: 'not-configured', lacks: 'database' } };
  const { host, port = 5432, name, secret, serverName, tls } = database;
  const target = { host, port, serverName, database: name, tls: tls !== 'none' };
  const rows = await readAs(secret, target, tools, connect, async (ask) => ({
    limits: await ask(limitsQuery),
    sessions: await ask(sessionsQuery),
  }));
  if ('unknown' in rows) return rows;
  return understood(() => {
    const hidden = hiddenSessions(rows.value.sessions);
    if (hidden > 0) return { unknown: { cause: 'hidden', sessions: hidden } };
    return { value: postgresOf(rows.value.limits, rows.value.sessions) };
  });
}

function understood<T>(read: () => Reading<T>): Reading<T> {
  try {
    return read();
  } catch (error) {
    return { unknown: faultOf(error, '') };
  }
}

async function instanceBy(ask: Ask): Promise<Instance> {
  // One after the other: the console answers one at a time.
  const version = await ask('SHOW VERSION');
  const pools = await ask('SHOW POOLS');
  const databases = await ask('SHOW DATABASES');
  const config = await ask('SHOW CONFIG');
  const lists = await ask('SHOW LISTS');
  const stats = await ask('SHOW STATS');
  const averageWaits = understood(() => ({ value: averageWaitsOf(stats) }));
  return instanceOf({ version, pools, databases, config, lists, averageWaits });
}

/** Logs in with the secret and reads, at the latest until the deadline. */
function readAs<T>(
  secret: string,
  target: Omit<Target, 'user' | 'password'>,
  { secrets, after }: Tools,
  connect: typeof asking,
  read: (ask: Ask) => Promise<T>,
): Promise<Reading<T>> {
  const reading = credentialOf(secret, secrets).then(async (credential): Promise<Reading<T>> => {
    if ('unknown' in credential) return credential;
    const { user } = credential.value;
    try {
      return { value: await connect({ ...target, ...credential.value }, deadlineSeconds * 1000, read) };
    } catch (error) {
      return { unknown: faultOf(error, user) };
    }
  });
  return within(deadlineSeconds, after, reading);
}

type Credential = { user: string; password: string };

/** The user and the password of a parameter that holds `user:password`; neither is in any message. */
async function credentialOf(name: string, secrets: Tools['secrets']): Promise<Reading<Credential>> {
  const secret = await readSecret(name, secrets);
  if ('unknown' in secret) return secret;
  const both = secret.value.trim();
  const colon = both.indexOf(':');
  if (/^[^:\s]+:./s.test(both))
    return { value: { user: both.slice(0, colon), password: both.slice(colon + 1) } };
  const detail = `the SSM parameter ${name} must hold user:password`;
  return { unknown: faultOf(new InvalidInputError(detail), '') };
}
