import { type CacheLook, lookAtCache } from '../shared/cache/look.ts';
import type { Tools } from '../shared/cache/read.ts';
import { addressOf, cachePort } from '../shared/config/servers/address.ts';
import type { ServiceConfig } from '../shared/config/service.ts';
import { cacheAdvice, placeOf } from '../shared/format/cache/findings.ts';
import { cacheLines } from '../shared/format/cache/seen.ts';
import { ofPerson } from './beside.ts';
import { advised, entry } from './display/entry.ts';

type Configured = NonNullable<ServiceConfig['cache']>;

/** Reads the cache; undefined where the configuration names none. */
export const cacheStatus = async (
  { cache }: ServiceConfig,
  tools: Tools = ofPerson(),
): Promise<CacheLook | undefined> => (cache ? lookAtCache(cache, tools) : undefined);

/** The same in lines of at most 80 columns; a line to type is never broken. */
export function cacheStatusLines({ reading, findings }: CacheLook, cache: Configured): string[] {
  const place = placeOf(cache);
  return [
    ...entry('Cache', cacheLines(addressOf(cache, cachePort), reading)),
    ...advised(
      '',
      findings.map((finding) => cacheAdvice(finding, place)),
    ),
  ];
}
