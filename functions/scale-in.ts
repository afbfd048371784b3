import * as v from 'valibot';
import { autoscaling, ecs, store } from '../shared/aws/clients.ts';
import { readService, setDesiredCount } from '../shared/aws/ecs.ts';
import type { Precondition } from '../shared/aws/repeated-attempts.ts';
import { switch as killSwitch } from '../shared/aws/switch.ts';
import { serviceConfig } from '../shared/config/packaged.ts';
import { GuardError } from '../shared/core/errors.ts';
import { plannedWrite } from '../shared/document/document.ts';
import type { Incident } from '../shared/document/incident.ts';
import { countsBefore, ownCount } from '../shared/drift/own-count.ts';
import { expectedSettings } from '../shared/drift/person-change.ts';
import { readSnapshot } from '../shared/incident/snapshot-store.ts';
import type { StepContext } from '../shared/lambda/context.ts';
import { lambda, step } from '../shared/lambda/step.ts';
import { tasksAtRest } from '../shared/plan/demand.ts';
import { floorOf } from '../shared/plan/guards/limits.ts';
import { activitiesTrial, scalingTrials } from '../shared/preflight/autoscaling.ts';
import { countTrial, serviceTrial } from '../shared/preflight/ecs.ts';
import { switchTrial } from '../shared/preflight/parameters.ts';
import { recordTrials } from '../shared/preflight/records.ts';
import { forEach, tried } from '../shared/preflight/trials.ts';
import { assertApproved } from '../shared/writes/approved.ts';
import { decideStepDown } from '../shared/writes/desired-count.ts';
import { guardedWrite, readBeforeWrite } from '../shared/writes/guarded-write.ts';

/** Scale-In Procedure, Step 1: one step down, at most max(1, 25 %) of the tasks, never without a needed approval. */
export const scaleIn = step({
  name: 'scale-in',
  input: v.object({
    document: plannedWrite(),
  }),
  async run({ document }, context: StepContext<'ecs' | 'autoscaling' | 'store' | 'switch'>) {
    const { request, incident, plan, assessment, approval } = document;
    assertApproved(plan, approval);
    // A step of an earlier plan says nothing about this one.
    const lastStep = document.step?.planHash === plan.hash ? document.step : undefined;
    const own = ownCount({ ...document, step: lastStep });
    const present = await readBeforeWrite(incident, assessment, context, own);
    const snapshot = await readSnapshot(incident, context.store);
    const service = serviceConfig(context.config, request.service);
    // Before the first step the assessment is the newest look at the traffic, after it the check of the step.
    const tasksNeeded = lastStep ? document.verification?.tasksNeeded : tasksAtRest(assessment, service);
    if (tasksNeeded === undefined)
      throw new GuardError('what the present traffic needs is unknown; nothing was scaled in');
    const change = decideStepDown(
      plan,
      present.desired,
      lastStep,
      { byAutoscaling: present.setByAutoscaling },
      { floor: floorOf(service, snapshot), tasksNeeded, deploying: present.rollout !== 'steady' },
      context.config,
    );
    const expected = expectedSettings(plan, document.change, lastStep);
    const write = (check: Precondition) => setDesiredCount(context.ecs, incident.service, change.to, check);
    await guardedWrite(
      incident,
      expected,
      present,
      { desired: change.to },
      { dryRun: request.dryRun, write: change.changed ? write : undefined },
      context,
    );
    context.log.info('scale-in step', { ...change });
    const before = countsBefore(change.to, change.from, own?.to, ...(own?.before ?? []));
    const shown = change.changed && !request.dryRun ? await shownNow(incident, context) : {};
    const waitSeconds = context.config.timing.calm.forSeconds;
    const at = context.now().toISOString();
    return { ...change, before, at, ...shown, planHash: plan.hash, waitSeconds };
  },
  preflight: (ask, context: StepContext<'ecs' | 'autoscaling' | 'store' | 'switch'>) =>
    tried(
      'scale-in',
      [
        switchTrial(context.switch),
        ...recordTrials(context.store, ask, { reads: ['service', 'snapshot'], writes: ['written'] }),
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

/** Whether ECS shows the step already; one that cannot be read is not shown. */
async function shownNow({ service }: Incident, { ecs }: StepContext<'ecs'>): Promise<{ shown?: number }> {
  const look = await readService(ecs, service).catch(() => undefined);
  return look ? { shown: look.desired } : {};
}

export const handler = lambda(scaleIn, { ecs, autoscaling, store, switch: killSwitch });
