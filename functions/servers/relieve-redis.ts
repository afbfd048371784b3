import * as v from 'valibot';
import { store } from '../../shared/aws/clients.ts';
import { secrets } from '../../shared/aws/secrets.ts';
import { switch as killSwitch } from '../../shared/aws/switch.ts';
import { caches } from '../../shared/cache/connection.ts';
import { serviceConfig } from '../../shared/config/packaged.ts';
import { GuardError } from '../../shared/core/errors.ts';
import { type CacheChange, type CachePlan, reliefCodes } from '../../shared/document/cache-relief.ts';
import { documentWith } from '../../shared/document/document.ts';
import type { StepContext } from '../../shared/lambda/context.ts';
import { lambda, step } from '../../shared/lambda/step.ts';
import { lookForRelief } from '../../shared/plan/cache/look.ts';
import { databases } from '../../shared/pool/console.ts';
import { switchTrial } from '../../shared/preflight/parameters.ts';
import { recordTrials } from '../../shared/preflight/records.ts';
import { relievingTrials } from '../../shared/preflight/servers/cache.ts';
import { forEach, tried } from '../../shared/preflight/trials.ts';
import { assertReliefApproved } from '../../shared/writes/cache-approved.ts';
import { relieve } from '../../shared/writes/cache-relief.ts';

type Tools = StepContext<'secrets' | 'caches' | 'databases' | 'store' | 'switch'>;

/**
 * Redis Cache Emergency: `plan` says which relief comes next, the mildest first, with the keys that are at stake; `policy`,
 * `unlink`, `flush` and `restore` do what people have approved, and nothing else. Each looks again before it writes.
 */
export const relieveRedis = step({
  name: 'relieve-redis',
  input: v.object({
    mode: v.picklist(['plan', ...reliefCodes]),
    document: documentWith('request', 'incident', 'cachePlan?', 'change?', 'approval?'),
  }),
  async run({ mode, document }, context: Tools): Promise<CachePlan | CacheChange> {
    const { request, incident, cachePlan, change, approval } = document;
    const service = serviceConfig(context.config, request.service);
    const before = change?.cache;
    if (mode === 'plan') {
      const plan = await lookForRelief(
        { request, incident, cachePlan, done: before?.done ?? [] },
        service,
        context,
      );
      context.log.info(`relief: ${plan.action}`, { ...plan });
      return plan;
    }
    if (request.dryRun || cachePlan?.action !== 'relieve' || cachePlan.relief.code !== mode)
      throw new GuardError(`${mode} is not what was planned; nothing was done`);
    if (mode === 'flush' && !request.flush)
      throw new GuardError('nobody has asked for a flush; nothing was done');
    const approvers = assertReliefApproved(incident, request.service, cachePlan, approval);
    const changed = await relieve({ incident, plan: cachePlan, approvers, before }, service, context);
    context.log.info(`relieve-redis: ${mode}`, { ...changed });
    return changed;
  },
  preflight: (ask, context: Tools) =>
    tried(
      'relieve-redis',
      [
        switchTrial(context.switch),
        ...recordTrials(context.store, ask, { reads: ['service'], writes: ['cache'] }),
        ...forEach(ask, context.config, (service) => relievingTrials(service, context)),
      ],
      context,
    ),
});

export const handler = lambda(relieveRedis, { secrets, caches, databases, store, switch: killSwitch });
