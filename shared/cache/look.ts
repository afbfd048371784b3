import type { ServiceConfig } from '../config/service.ts';
import { readCache, type Tools } from './read.ts';
import { type CacheSeen, cacheVerdict, type Finding, needsSecondLook } from './verdict.ts';

/** So long after the first look a second one tells what still happens from what is over. */
const secondLookSeconds = 5;

/** What is known of a service's cache, and what is wrong with it, the first to be mended in front. */
export interface CacheLook extends CacheSeen {
  findings: [Finding, ...Finding[]];
}

/** Reads the cache, a second time where something was counted that may be over, and judges it. */
export async function lookAtCache(
  cache: NonNullable<ServiceConfig['cache']>,
  tools: Tools,
): Promise<CacheLook> {
  const first = await readCache(cache, tools);
  if (!needsSecondLook(first)) return { reading: first, findings: cacheVerdict({ reading: first }) };
  await tools.after(secondLookSeconds * 1000).passed;
  const reading = await readCache(cache, tools);
  const seen = { reading, before: { reading: first, secondsAgo: secondLookSeconds } };
  return { ...seen, findings: cacheVerdict(seen) };
}
