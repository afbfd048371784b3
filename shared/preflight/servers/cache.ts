import { readCache, type Tools } from '../../cache/read.ts';
import { addressOf, cachePort, cacheSecrets } from '../../config/servers/address.ts';
import type { ServiceConfig } from '../../config/service.ts';
import { secretTrials } from '../parameters.ts';
import type { Trial } from '../trials.ts';
import { answers } from './answers.ts';

/** Whether the cache's secret can be read, and the cache answers. */
export const cacheTrials = ({ cache }: ServiceConfig, tools: Tools): Trial[] =>
  cache
    ? [
        ...secretTrials(tools.secrets, cacheSecrets(cache)),
        answers(addressOf(cache, cachePort), () => readCache(cache, tools)),
      ]
    : [];
