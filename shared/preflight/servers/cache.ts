import { tryRelief } from '../../cache/probe.ts';
import { asReliever, readCache, type Tools } from '../../cache/read.ts';
import {
  addressOf,
  cachePort,
  cacheSecrets,
  postgresPort,
  reliefSecrets,
} from '../../config/servers/address.ts';
import type { ServiceConfig } from '../../config/service.ts';
import type { Tools as Databases } from '../../pool/login.ts';
import { readLoad } from '../../pool/postgres.ts';
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

/** The same for who relieves it, and whether its user may: it sets what there is not, and removes a key that there is not. */
export function relievingTrials(service: ServiceConfig, tools: Tools & Databases): Trial[] {
  const { pgbouncer } = service;
  const cache = asReliever(service.cache);
  if (!cache) return [];
  const { database } = pgbouncer ?? {};
  const asksLoad = cache.mostActiveSessions !== undefined && database;
  return [
    ...secretTrials(tools.secrets, reliefSecrets(service)),
    answers(addressOf(cache, cachePort), () => tryRelief(cache, tools)),
    ...(asksLoad ? [answers(addressOf(database, postgresPort), () => readLoad(pgbouncer, tools))] : []),
  ];
}
