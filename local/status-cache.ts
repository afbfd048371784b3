import { readCache } from '../shared/cache/read.ts';
import { isManaged } from '../shared/cache/relief.ts';
import { type CacheSeen, cacheVerdict, type Finding, needsSecondLook } from '../shared/cache/verdict.ts';
import { addressOf, cachePort } from '../shared/config/servers/address.ts';
import type { ServiceConfig } from '../shared/config/service.ts';
import { cacheAdvice } from '../shared/format/cache/findings.ts';
import { cacheLines } from '../shared/format/cache/seen.ts';
import { type BesideTools, ofPerson } from './beside.ts';
import { advised, entry } from './display/entry.ts';

/** So long after the first look a second one tells what still happens from what is over. */
const secondLookSeconds = 5;

/** What is known of a service's cache, and what is wrong with it, the first to be mended in front. */
export interface CacheStatus extends CacheSeen {
  findings: Finding[];
}

type Configured = NonNullable<ServiceConfig['cache']>;

/** Reads the cache; undefined where the configuration names none. */
export async function cacheStatus(
  { cache }: ServiceConfig,
  tools: Omit<BesideTools, 'databases'> = ofPerson(),
): Promise<CacheStatus | undefined> {
  if (!cache) return undefined;
  const first = await readCache(cache, tools);
  if (!needsSecondLook(first)) return { reading: first, findings: cacheVerdict({ reading: first }) };
  await tools.after(secondLookSeconds * 1000).passed;
  const reading = await readCache(cache, tools);
  const seen = { reading, before: { reading: first, secondsAgo: secondLookSeconds } };
  return { ...seen, findings: cacheVerdict(seen) };
}

/** The same in lines of at most 80 columns; a line to type is never broken. */
export function cacheStatusLines({ reading, findings }: CacheStatus, cache: Configured): string[] {
  const { host, port = cachePort, secret, tls, prefixes = [] } = cache;
  const place = {
    ...{ host, port, prefixes },
    tls: tls !== 'none',
    login: secret !== undefined,
    managed: isManaged(cache),
  };
  return [
    ...entry('Cache', cacheLines(addressOf(cache, cachePort), reading)),
    ...advised(
      '',
      findings.map((finding) => cacheAdvice(finding, place)),
    ),
  ];
}
