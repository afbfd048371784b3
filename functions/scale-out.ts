import * as v from 'valibot';
import { autoscaling, ecs, store } from '../shared/aws/clients.ts';
import { setDesiredCount } from '../shared/aws/ecs.ts';
import type { Precondition } from '../shared/aws/repeated-attempts.ts';
import { switch as killSwitch } from '../shared/aws/switch.ts';
import { serviceConfig } from '../shared/config/packaged.ts';
import { documentWith } from '../shared/document/document.ts';
import { countsBefore, ownCount } from '../shared/drift/own-count.ts';
import { expectedSettings } from '../shared/drift/person-change.ts';
import type { StepContext } from '../shared/lambda/context.ts';
import { lambda, step } from '../shared/lambda/step.ts';
import { activitiesTrial, scalingTrials } from '../shared/preflight/autoscaling.ts';
import { countTrial, serviceTrial } from '../shared/preflight/ecs.ts';
import { switchTrial } from '../shared/preflight/parameters.ts';
import { recordTrials } from '../shared/preflight/records.ts';
import { forEach, tried } from '../shared/preflight/trials.ts';
import { decideScaleOut } from '../shared/writes/desired-count.ts';
import { guardedWrite, readBeforeWrite } from '../shared/writes/guarded-write.ts';

/** Runbook Step 2: sets the desired count to the plan's absolute number; a repeated call changes nothing more. */
export const scaleOut = step({
  name: 'scale-out',
  input: v.object({
    document: documentWith('request', 'incident', 'plan', 'assessment', 'change?', 'verification?'),
  }),
  async run({ document }, context: StepContext<'ecs' | 'autoscaling' | 'store' | 'switch'>) {
    const { request, incident, plan, assessment } = document;
    const own = ownCount(document);
    const present = await readBeforeWrite(incident, assessment, context, own);
    const movers = { byAutoscaling: present.setByAutoscaling, bounds: present.bounds };
    const change = decideScaleOut(
      plan,
      present.desired,
      movers,
      serviceConfig(context.config, request.service),
    );
    // The desired count of an earlier round is not expected any more: this plan started from a new one.
    const expected = { ...expectedSettings(plan, document.change), desired: plan.desired?.from };
    const write = (check: Precondition) => setDesiredCount(context.ecs, incident.service, change.to, check);
    await guardedWrite(
      incident,
      expected,
      present,
      { desired: change.to },
      { dryRun: request.dryRun, write: change.changed ? write : undefined },
      context,
    );
    context.log.info('scale-out', { ...change });
    const before = countsBefore(change.to, change.from, plan.desired?.from, own?.to, ...(own?.before ?? []));
    return { ...change, before, at: context.now().toISOString() };
  },
  preflight: (ask, context: StepContext<'ecs' | 'autoscaling' | 'store' | 'switch'>) =>
    tried(
      'scale-out',
      [
        switchTrial(context.switch),
        ...recordTrials(context.store, ask, { reads: ['service'], writes: ['written'] }),
        ...forEach(ask, context.config, (service) => [
          serviceTrial(context.ecs, service),
          ...scalingTrials(context.autoscaling, service),
          activitiesTrial(context.autoscaling, service),
          countTrial(context, ask, service),
        ]),
      ],
      context,
    ),
});

export const handler = lambda(scaleOut, { ecs, autoscaling, store, switch: killSwitch });
