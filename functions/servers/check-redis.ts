import * as v from 'valibot';
import { secrets } from '../../shared/aws/secrets.ts';
import { caches } from '../../shared/cache/connection.ts';
import { lookAtCache } from '../../shared/cache/look.ts';
import { serviceConfig } from '../../shared/config/packaged.ts';
import { documentWith } from '../../shared/document/document.ts';
import type { ServersRead } from '../../shared/document/servers-read.ts';
import { cacheFinding, placeOf } from '../../shared/format/cache/findings.ts';
import type { StepContext } from '../../shared/lambda/context.ts';
import { lambda, step } from '../../shared/lambda/step.ts';
import { cacheTrials } from '../../shared/preflight/servers/cache.ts';
import { forEach, tried } from '../../shared/preflight/trials.ts';

type Tools = StepContext<'secrets' | 'caches'>;

/**
 * Redis Cache Emergency: what is wrong with the service's Redis or Valkey, and what a person may type, the mildest first.
 * Without a cache in the configuration nothing is read. Reads only.
 */
export const checkRedis = step({
  name: 'check-redis',
  input: v.object({ document: documentWith('request') }),
  async run({ document: { request } }, context: Tools): Promise<ServersRead> {
    const { cache } = serviceConfig(context.config, request.service);
    const at = context.now().toISOString();
    if (!cache) return { at, findings: [] };
    const { findings } = await lookAtCache(cache, context);
    const place = placeOf(cache);
    const read = { at, findings: findings.map((finding) => cacheFinding(finding, place)) };
    context.log.info('cache read', { findings: read.findings.map(({ code }) => code) });
    return read;
  },
  preflight: (ask, context: Tools) =>
    tried(
      'check-redis',
      forEach(ask, context.config, (service) => cacheTrials(service, context)),
      context,
    ),
});

export const handler = lambda(checkRedis, { secrets, caches });
