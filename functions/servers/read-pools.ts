import * as v from 'valibot';
import { secrets } from '../../shared/aws/secrets.ts';
import { serviceConfig } from '../../shared/config/packaged.ts';
import { documentWith } from '../../shared/document/document.ts';
import type { PoolsRead, PoolsRelief } from '../../shared/document/pool-settings.ts';
import { poolFinding } from '../../shared/format/pools/findings.ts';
import { reliefText } from '../../shared/format/pools/outcomes.ts';
import type { StepContext } from '../../shared/lambda/context.ts';
import { lambda, step } from '../../shared/lambda/step.ts';
import { databases } from '../../shared/pool/console.ts';
import { lookOf, poolLimits } from '../../shared/pool/look.ts';
import { afterLook, looksSince, queueOf, reliefOf } from '../../shared/pool/relief.ts';
import { poolsFound } from '../../shared/pool/room.ts';
import { poolTrials } from '../../shared/preflight/servers/pools.ts';
import { forEach, tried } from '../../shared/preflight/trials.ts';

type Tools = StepContext<'secrets' | 'databases'>;

/** So often it is looked whether a raise has helped, some seconds apart; then what has not is given back. */
const looksAtMost = 6;

/**
 * PgBouncer Emergency Adjustments, Step 1: every PgBouncer and PostgreSQL, what is wrong, what may be raised, and what a person
 * may type. `verify` looks whether a raise has helped. Without addresses in the configuration nothing is read. Reads only.
 */
export const readPools = step({
  name: 'read-pools',
  input: v.object({
    mode: v.picklist(['look', 'verify']),
    document: documentWith('request', 'assessment?', 'pools?', 'change?', 'relief?'),
  }),
  async run({ mode, document }, context: Tools): Promise<PoolsRead | PoolsRelief> {
    const { request } = document;
    const service = serviceConfig(context.config, request.service);
    const { pgbouncer } = service;
    const at = context.now().toISOString();
    const look = await lookOf(service, document.assessment, context.config, context);
    if (!look || !pgbouncer) return { at, findings: [] };
    const limits = poolLimits(pgbouncer, context.config);
    const queue = queueOf(look.instances, limits);
    if (mode === 'verify') {
      const before = document.pools?.queue ?? { clients: 0, seconds: 0 };
      const relief = reliefOf(before, look, limits, document.change?.pools?.outcomes);
      const looks = looksSince(document.pools, document.relief) + 1;
      const next = afterLook(relief, looks >= looksAtMost);
      const text = reliefText({ relief, next, ...queue });
      context.log.info('pools looked at since the raise', { relief, next, looks, ...queue });
      return { at, relief, next, looks, text };
    }
    const read = {
      at,
      findings: look.findings.map(poolFinding),
      queue,
      ...(document.assessment ? { of: document.assessment.at } : {}),
      ...poolsFound(look, pgbouncer, context.config),
    };
    context.log.info('pools read', {
      findings: read.findings.map(({ code }) => code),
      raises: read.raises ?? [],
    });
    return read;
  },
  preflight: (ask, context: Tools) =>
    tried(
      'read-pools',
      forEach(ask, context.config, (service) => poolTrials(service, context)),
      context,
    ),
});

export const handler = lambda(readPools, { secrets, databases });
