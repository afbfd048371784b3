import { readSecret } from '../aws/read-secret.ts';
import { addressOf, type Place, pgbouncerPort } from '../config/servers/address.ts';
import type { ServiceConfig } from '../config/service.ts';
import { InvalidInputError } from '../core/errors.ts';
import { type Reading, within } from '../core/reading.ts';
import type { AskDatabase, Basics, DatabaseTarget, Resources } from '../lambda/context.ts';
import { faultOf } from './faults.ts';

/** A service's PgBouncers, as `config/` has them. */
export type Pools = NonNullable<ServiceConfig['pgbouncer']>;
export type Tools = Pick<Resources, 'secrets' | 'databases'> & Pick<Basics, 'after'>;

/** For one console or database, with everything that is asked there. */
const deadlineSeconds = 5;

/** Where the console of each PgBouncer is, by its address. */
export const consolesOf = ({
  instances = [],
  tls,
}: {
  instances?: readonly Place[] | undefined;
  tls?: Pools['tls'];
}) =>
  instances.map((instance) => {
    const { host, port = pgbouncerPort, serverName } = instance;
    return {
      name: addressOf(instance, pgbouncerPort),
      target: { host, port, serverName, database: 'pgbouncer', tls: tls !== 'none' },
    };
  });

/** Logs in with the secret and works, at the latest until the deadline; what went wrong is told by its cause. */
export function loggedIn<T>(
  secret: string,
  target: Omit<DatabaseTarget, 'user' | 'password'>,
  { secrets, databases, after }: Tools,
  work: (ask: AskDatabase) => Promise<T>,
): Promise<Reading<T>> {
  const reading = credentialOf(secret, secrets).then(async (credential): Promise<Reading<T>> => {
    if ('unknown' in credential) return credential;
    const { user } = credential.value;
    try {
      const whole = { ...target, ...credential.value };
      return { value: await databases.connect(whole, deadlineSeconds * 1000, work) };
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
