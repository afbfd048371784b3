import { readSecret } from '../aws/read-secret.ts';
import { cachePort } from '../config/servers/address.ts';
import type { ServiceConfig } from '../config/service.ts';
import { InvalidInputError } from '../core/errors.ts';
import { type Reading, within } from '../core/reading.ts';
import type { Unknown } from '../core/unknown.ts';
import type { AskCache, Basics, CacheTarget, Resources } from '../lambda/context.ts';
import { faultOf } from './faults.ts';
import { cacheOf, type Info, nothing, sections } from './info.ts';
import type { Session } from './relieve.ts';
import type { Cache } from './types.ts';

type Configured = NonNullable<ServiceConfig['cache']>;
export type Tools = Pick<Resources, 'secrets' | 'caches'> & Pick<Basics, 'after'>;

/** For everything that is asked. */
const deadlineSeconds = 5;
/** The newest of them; Redis keeps 128. */
const slowest = '32';

/** The cache of the configuration, at the latest when the deadline passes; what cannot be read is unknown with its cause. */
export const readCache = (cache: Configured, { after, ...tools }: Tools): Promise<Reading<Cache>> =>
  within(deadlineSeconds, after, read(cache, tools));

const read = (cache: Configured, tools: Omit<Tools, 'after'>): Promise<Reading<Cache>> =>
  loggedIn(cache, tools, async ({ ask, user }) => cacheBy(ask, user));

/** Logs in as the user of the cache's secret, and lets `work` ask; what keeps it out, or what `work` throws, is the cause. */
export async function loggedIn<T>(
  cache: Configured,
  { secrets, caches }: Omit<Tools, 'after'>,
  work: (session: Session) => Promise<T>,
): Promise<Reading<T>> {
  const login = cache.secret === undefined ? { value: undefined } : await loginOf(cache.secret, secrets);
  if ('unknown' in login) return login;
  const { host, port = cachePort, serverName, tls } = cache;
  const target: CacheTarget = { host, port, serverName, tls: tls !== 'none', login: login.value };
  const user = login.value?.user;
  try {
    return { value: await caches.connect(target, deadlineSeconds * 1000, (ask) => work({ ask, user })) };
  } catch (error) {
    return { unknown: faultOf(error, user) };
  }
}

/** The cache as the user is let in who may relieve it; undefined where none is configured. */
export const asReliever = (cache: Configured | undefined): Configured | undefined =>
  cache?.reliefSecret === undefined ? undefined : { ...cache, secret: cache.reliefSecret };

async function cacheBy(ask: AskCache, user: string | undefined): Promise<Cache> {
  const info: Info = { ...nothing };
  for (const section of sections) info[section] = sectionOf(await ask('INFO', section));
  const unread = (error: unknown) => ({ unknown: faultOf(error, user) });
  const ping = await ask('PING').then(
    (answer) => (answer === 'PONG' ? { value: 'ok' as const } : { unknown: otherThanPong }),
    (error: unknown) => misconfigured(error) ?? unread(error),
  );
  const slowlog = await ask('SLOWLOG', 'GET', slowest).then((value) => ({ value }), unread);
  return cacheOf(info, ping, slowlog);
}

const otherThanPong: Unknown = {
  cause: 'malformed',
  problem: 'other-format',
  detail: 'PING: the answer is not PONG',
};

/** A section has some thousand characters; what is longer is none. */
const longestSection = 64 * 1024;

function sectionOf(answer: unknown): string {
  const text = String(answer);
  if (text.length > longestSection) throw new InvalidInputError('INFO: an answer that is too long');
  return text;
}

/** Why it refuses writes, and PING with them. */
function misconfigured(error: unknown): { value: 'snapshot-failed' | 'append-failed' } | undefined {
  if (!(error instanceof Error && error.message.startsWith('MISCONF'))) return undefined;
  return { value: /\bAOF\b/.test(error.message) ? 'append-failed' : 'snapshot-failed' };
}

/** The user and the password of a parameter that holds `user:password`, or the password of `default`. */
async function loginOf(name: string, secrets: Tools['secrets']): Promise<Reading<CacheTarget['login']>> {
  const secret = await readSecret(name, secrets);
  if ('unknown' in secret) return secret;
  const [, user = 'default', password = ''] = /(?:([^:\s]+):)?(.+)/s.exec(secret.value.trim()) ?? [];
  return { value: { user, password } };
}
