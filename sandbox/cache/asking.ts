import type { Config } from '../../shared/config/schema.ts';
import { addressOf, cachePort } from '../../shared/config/servers/address.ts';
import type { ServiceConfig } from '../../shared/config/service.ts';
import type { AskCache, CacheTarget, Resources } from '../../shared/lambda/context.ts';
import type { Aws } from '../aws/aws.ts';
import { isSandboxValue } from '../pools/asking.ts';
import { refusedAt } from '../refused.ts';
import { readPrefix } from '../world/model/cache.ts';
import type { SimulatedService } from '../world/model/types.ts';
import { answerOf } from './answer.ts';
import { callOf, nameOf, refuse } from './commands.ts';

/** A cache that the sandbox answers: its address, the secrets of its users, and what the database bears while keys go. */
export function cacheOf(environment: Config['environment']): NonNullable<ServiceConfig['cache']> {
  const secret = (name: string) => `/emergency-scaling/${environment}/cache-${name}`;
  return {
    host: '10.0.4.5',
    secret: secret('reader'),
    reliefSecret: secret(RELIEVER),
    mostActiveSessions: 60,
    prefixes: [readPrefix],
  };
}

/** The configuration with a cache where a service has none: every simulated one uses one. */
export function withCaches(config: Config): Config {
  const cache = cacheOf(config.environment);
  const services = Object.entries(config.services).map(
    ([name, service]) => [name, { cache, ...service }] as const,
  );
  return { ...config, services: Object.fromEntries(services) };
}

/** The user who may relieve the cache; every other one reads. */
export const RELIEVER = 'reliever';

/** Who asks, and what keeps the changes; without that nobody does. */
interface Asked {
  who: string;
  recorded?: Aws['recorded'];
}

/** The cache of a simulated service at its address of the configuration, in place of the network. */
export function simulatedCaches(
  service: SimulatedService | undefined,
  cache: ServiceConfig['cache'],
  asked: Asked = { who: 'a person' },
): Resources['caches'] {
  return { connect };

  async function connect<T>(
    target: CacheTarget,
    _given: number,
    work: (ask: AskCache) => Promise<T>,
  ): Promise<T> {
    const address = addressOf(target, cachePort);
    const seen = service?.cache();
    if (!service || !seen || seen.down || !cache || address !== addressOf(cache, cachePort))
      throw refusedAt(address);
    const { counters, maxClients } = seen.state;
    if (seen.clients >= maxClients) {
      counters.rejected += 1;
      throw new Error('ERR max number of clients reached');
    }
    if (cache.secret !== undefined && !isSandboxValue(target.login?.password))
      throw new Error('WRONGPASS invalid username-password pair or user is disabled.');
    const user = target.login?.user ?? 'default';
    return work(async (command, ...words) => answer(service, user, command, words));
  }

  /** As the cache is in the moment that it is asked. */
  function answer(service: SimulatedService, user: string, command: string, words: readonly string[]) {
    const seen = service.cache();
    if (seen.down) throw new Error('Connection is closed.');
    refuse({ cache: seen, user, mayRelieve: user === RELIEVER }, command, words);
    const name = nameOf(command, words);
    let given: unknown;
    const work = () => {
      given = answerOf(seen, name, words);
    };
    if (asked.recorded) asked.recorded(callOf(command, words), service, asked.who, work);
    else work();
    return given;
  }
}
