import type { Config } from '../../shared/config/schema.ts';
import { addressOf, cachePort } from '../../shared/config/servers/address.ts';
import type { ServiceConfig } from '../../shared/config/service.ts';
import type { AskCache, CacheTarget, Resources } from '../../shared/lambda/context.ts';
import { isSandboxValue } from '../pools/asking.ts';
import { refusedAt } from '../refused.ts';
import type { SimulatedCache, SimulatedService } from '../world/model/types.ts';
import { infoOf } from './info.ts';

/** The configuration with an address that the sandbox answers, where a service has no cache: every simulated one uses one. */
export function withCaches(config: Config): Config {
  const secret = `/emergency-scaling/${config.environment}/cache-reader`;
  const services = Object.entries(config.services).map(
    ([name, service]) => [name, { cache: { host: '10.0.4.5', secret }, ...service }] as const,
  );
  return { ...config, services: Object.fromEntries(services) };
}

/**
 * The cache of a simulated service at its address of the configuration, in place of the network: it is well, or gone. The
 * user reads.
 */
export function simulatedCaches(
  service: SimulatedService | undefined,
  cache: ServiceConfig['cache'],
): Resources['caches'] {
  return { connect };

  async function connect<T>(
    target: CacheTarget,
    _given: number,
    work: (ask: AskCache) => Promise<T>,
  ): Promise<T> {
    const address = addressOf(target, cachePort);
    const seen = service?.cache();
    if (!seen || seen.down || !cache || address !== addressOf(cache, cachePort)) throw refusedAt(address);
    if (cache.secret !== undefined && !isSandboxValue(target.login?.password))
      throw new Error('WRONGPASS invalid username-password pair or user is disabled.');
    return work(async (command, ...words) => answerOf(seen, command, words));
  }
}

function answerOf(cache: SimulatedCache, command: string, words: readonly string[]): unknown {
  switch (command) {
    case 'PING':
      return 'PONG';
    case 'INFO':
      return infoOf(cache, words[0] ?? '');
    case 'SLOWLOG':
      return [];
    default:
      throw new Error(`NOPERM User reader has no permissions to run the '${command.toLowerCase()}' command`);
  }
}
