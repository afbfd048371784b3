import * as v from 'valibot';
import { assessmentOf } from '../shared/assess/judge.ts';
import { observe } from '../shared/assess/observe.ts';
import { autoscaling, cloudwatch, ecs, store } from '../shared/aws/clients.ts';
import { http } from '../shared/aws/platform.ts';
import { serviceConfig } from '../shared/config/packaged.ts';
import type { Assessment } from '../shared/document/assessment.ts';
import { documentWith } from '../shared/document/document.ts';
import type { Request } from '../shared/document/request.ts';
import { Verification } from '../shared/document/verification.ts';
import { type OwnCount, ownCount, withOwnCount } from '../shared/drift/own-count.ts';
import { changedByPersonError, changedSince } from '../shared/drift/person-change.ts';
import { assertLock } from '../shared/incident/lock.ts';
import { readSnapshot } from '../shared/incident/snapshot-store.ts';
import type { StepContext } from '../shared/lambda/context.ts';
import { lambda, step } from '../shared/lambda/step.ts';
import { addressTrials } from '../shared/preflight/addresses.ts';
import { activitiesTrial, scalingTrials } from '../shared/preflight/autoscaling.ts';
import { metricsTrial } from '../shared/preflight/cloudwatch.ts';
import { deploymentTrials } from '../shared/preflight/deployments.ts';
import { serviceTrial, taskTrials } from '../shared/preflight/ecs.ts';
import { recordTrials } from '../shared/preflight/records.ts';
import { forEach, tried } from '../shared/preflight/trials.ts';
import { verify } from '../shared/verify/verify.ts';

/** Runbook Step 4: one check of a polling loop towards a goal; the state machine waits and asks again. Reads only. */
export const waitVerify = step({
  name: 'wait-verify',
  // The next poll asks again; where AWS throttles, whoever has not scaled yet comes first.
  attempts: 1,
  input: v.object({
    goal: Verification.entries.goal,
    document: documentWith(
      'request',
      'incident',
      'assessment?',
      'plan?',
      'verification?',
      'pools?',
      'change?',
      'step?',
      'rollback?',
      'throttled?',
    ),
  }),
  async run(
    { goal, document },
    context: StepContext<'ecs' | 'autoscaling' | 'cloudwatch' | 'http' | 'store'>,
  ) {
    const { request, incident, plan } = document;
    // A run that lost its lock ends here too, not only at its next write.
    const { joinedNow: joined } = await assertLock(incident, context.store);
    const lowers = goal === 'calm' || goal === 'step' || goal === 'restored';
    const snapshot = lowers ? await readSnapshot(incident, context.store) : undefined;
    const service = serviceConfig(context.config, request.service);
    const seen = await observe(service, context);
    const own = ownCount(document);
    const check = {
      goal,
      request,
      plan,
      change: document.change,
      rollback: document.rollback,
      late: own !== undefined && !own.shown,
      joined,
      before: document.assessment,
      room: document.pools?.room,
      slots: document.pools?.slots,
      snapshot,
      throttled: document.throttled !== undefined,
      previous: document.verification ?? handedOn(request, goal),
    };
    const found = assessmentOf(seen, context.config);
    const now = withOwnCount(found, own);
    if (goal === 'recovered' || goal === 'step') {
      const changed = changedSince(document, now);
      if (changed.length > 0) throw changedByPersonError(changed);
    }
    const checks = (document.verification?.checks ?? 0) + 1;
    const shown = countShown(found, own);
    const known = joined?.length ? { joined } : {};
    const verdict = verify(check, now, service, context.config);
    const verification = { ...verdict, at: now.at, ...shown, ...known, checks };
    context.log.info(`verification: ${verification.state}`, { ...verification });
    return verification;
  },
  preflight: (ask, context: StepContext<'ecs' | 'autoscaling' | 'cloudwatch' | 'http' | 'store'>) =>
    tried(
      'wait-verify',
      [
        ...recordTrials(context.store, ask, { reads: ['service', 'snapshot'] }),
        ...forEach(ask, context.config, (service, config) => [
          serviceTrial(context.ecs, service),
          ...deploymentTrials(context.ecs, service),
          ...taskTrials(context.ecs, service),
          ...scalingTrials(context.autoscaling, service),
          activitiesTrial(context.autoscaling, service),
          metricsTrial(context.cloudwatch, service, config, context.now()),
          ...addressTrials(service, { ...context, config }),
        ]),
      ],
      context,
    ),
});

/** Once ECS has shown what this run wrote, an older count is no late answer any more. */
function countShown({ service }: Assessment, own: OwnCount | undefined): { shown?: number } {
  if (!own || 'unknown' in service) return {};
  return own.shown || service.desired === own.to ? { shown: own.to } : {};
}

/** An execution that goes on for another one keeps its deadline; calm itself is looked for anew. */
function handedOn({ waitingSince }: Request, goal: Verification['goal']): Verification | undefined {
  if (!waitingSince || goal !== 'calm') return undefined;
  return { goal, state: 'waiting', since: waitingSince, mention: false, nextCheckSeconds: 0, reasons: [] };
}

export const handler = lambda(waitVerify, { ecs, autoscaling, cloudwatch, http, store });
