import * as v from 'valibot';
import { secrets } from '../shared/aws/secrets.ts';
import { serviceConfig } from '../shared/config/packaged.ts';
import { documentWith } from '../shared/document/document.ts';
import type { ServersRead } from '../shared/document/servers-read.ts';
import { poolFinding } from '../shared/format/pools/findings.ts';
import type { StepContext } from '../shared/lambda/context.ts';
import { lambda, step } from '../shared/lambda/step.ts';
import { databases } from '../shared/pool/console.ts';
import { lookAtPools } from '../shared/pool/look.ts';
import { poolTrials } from '../shared/preflight/servers/pools.ts';
import { forEach, tried } from '../shared/preflight/trials.ts';

type Tools = StepContext<'secrets' | 'databases'>;

/**
 * PgBouncer Emergency Adjustments, Step 1: every PgBouncer and PostgreSQL, what is wrong, and what a person may type. Without
 * addresses in the configuration nothing is read. Reads only.
 */
export const readPools = step({
  name: 'read-pools',
  input: v.object({ document: documentWith('request') }),
  async run({ document: { request } }, context: Tools): Promise<ServersRead> {
    const { pgbouncer } = serviceConfig(context.config, request.service);
    const at = context.now().toISOString();
    if (!pgbouncer?.instances) return { at, findings: [] };
    const { findings } = await lookAtPools(pgbouncer, context.config, context);
    const read = { at, findings: findings.map(poolFinding) };
    context.log.info('pools read', { findings: read.findings.map(({ code }) => code) });
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
