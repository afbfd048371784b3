import type { ServiceConfig } from '../config/service.ts';
import type { Reading } from '../core/reading.ts';
import { loggedIn, type Tools } from './read.ts';
import { isManaged } from './relief.ts';

type Configured = NonNullable<ServiceConfig['cache']>;

/** No server has a parameter of this name, so that CONFIG SET fails for whoever may set one, and nothing changes. */
const parameter = 'emergency-scaling-probe';
/** Redis 6.2 to 7 and Valkey say so. */
const noSuchParameter = /^ERR (Unsupported CONFIG parameter|Unknown option)/i;

/**
 * Whether the user may do what a relief takes; nothing is changed: it sets a parameter that there is not, and removes a key that
 * there is not. Whether it may flush is not tried.
 */
export const tryRelief = (cache: Configured, tools: Omit<Tools, 'after'>): Promise<Reading<'allowed'>> =>
  loggedIn(cache, tools, async ({ ask }) => {
    await ask('PING');
    if (!isManaged(cache))
      await ask('CONFIG', 'SET', parameter, '1').catch((error: unknown) => {
        if (!(error instanceof Error && noSuchParameter.test(error.message))) throw error;
      });
    for (const prefix of cache.prefixes ?? []) await ask('UNLINK', `${prefix}${parameter}`);
    return 'allowed' as const;
  });
