import * as v from 'valibot';
import { deletePolicy, writeCpuPolicy } from '../shared/aws/autoscaling.ts';
import { autoscaling, ecs, store } from '../shared/aws/clients.ts';
import type { Precondition } from '../shared/aws/repeated-attempts.ts';
import { switch as killSwitch } from '../shared/aws/switch.ts';
import { serviceConfig } from '../shared/config/packaged.ts';
import { plannedWrite } from '../shared/document/document.ts';
import { ownCount } from '../shared/drift/own-count.ts';
import { expectedSettings } from '../shared/drift/person-change.ts';
import { because } from '../shared/format/reasons.ts';
import type { StepContext } from '../shared/lambda/context.ts';
import { lambda, step } from '../shared/lambda/step.ts';
import {
  activitiesTrial,
  deletionTrials,
  policyTrial,
  scalingTrials,
} from '../shared/preflight/autoscaling.ts';
import { serviceTrial } from '../shared/preflight/ecs.ts';
import { switchTrial } from '../shared/preflight/parameters.ts';
import { recordTrials } from '../shared/preflight/records.ts';
import { forEach, tried } from '../shared/preflight/trials.ts';
import { decideAbsolute, policyDifferences } from '../shared/writes/absolute-write.ts';
import { assertApproved } from '../shared/writes/approved.ts';
import { guardedWrite, readBeforeWrite } from '../shared/writes/guarded-write.ts';

/**
 * Runbook Step 3 and its reset: the CPU policy, changed in place under its own name (AWS allows one policy per
 * metric). `restore` also removes the runbook's temporary policy where one is found.
 */
export const putPolicy = step({
  name: 'put-policy',
  input: v.object({
    mode: v.picklist(['raise', 'restore']),
    document: plannedWrite(),
  }),
  async run({ mode, document }, context: StepContext<'ecs' | 'autoscaling' | 'store' | 'switch'>) {
    const { request, incident, plan, assessment } = document;
    if (mode === 'restore') assertApproved(plan, document.approval);
    const own = ownCount(document);
    const present = await readBeforeWrite(incident, assessment, context, own);
    const known = expectedSettings(plan, document.change, document.step);
    const { cpuPolicy } = plan;
    const change = cpuPolicy
      ? decideAbsolute({
          what: `policy ${cpuPolicy.to.name}`,
          ...cpuPolicy,
          present: present.cpuPolicy,
          differences: policyDifferences,
        })
      : {
          changed: false,
          from: null,
          to: null,
          reasons: [because('nothing-to-change', { what: 'CPU policy' })],
        };
    const { temporaryName } = serviceConfig(context.config, request.service).cpuPolicy;
    const inUse = temporaryName === cpuPolicy?.to.name;
    // Only what the approved plan names, and only as long as it is the runbook's.
    const removes =
      mode === 'restore' &&
      plan.removes === temporaryName &&
      present.cpuPolicyNames.includes(temporaryName) &&
      !inUse;
    const write = async (check: Precondition) => {
      if (cpuPolicy && change.changed)
        await writeCpuPolicy(context.autoscaling, incident.service, cpuPolicy.to, check);
      if (!removes) return;
      // A write of its own, perhaps long after the first.
      if (change.changed) await check();
      await deletePolicy(context.autoscaling, incident.service, temporaryName, check);
    };
    await guardedWrite(
      incident,
      { ...known, cpuPolicy: cpuPolicy?.from },
      present,
      { cpuPolicy: cpuPolicy?.to, restoreTo: plan.restoreTo },
      { dryRun: request.dryRun, write: change.changed || removes ? write : undefined },
      context,
    );
    const policy = temporaryName;
    if (removes) change.reasons.push(because('temporary-policy-removed', { policy, dryRun: request.dryRun }));
    // AWS allows one CPU policy: without this one the service would have none.
    if (mode === 'restore' && inUse) change.reasons.push(because('temporary-policy-in-use', { policy }));
    context.log.info('put-policy', { mode, ...change });
    return { ...change, shown: present.shown };
  },
  preflight: (ask, context: StepContext<'ecs' | 'autoscaling' | 'store' | 'switch'>) =>
    tried(
      'put-policy',
      [
        switchTrial(context.switch),
        ...recordTrials(context.store, ask, { reads: ['service'], writes: ['written'] }),
        ...forEach(ask, context.config, (service) => [
          serviceTrial(context.ecs, service),
          ...scalingTrials(context.autoscaling, service),
          activitiesTrial(context.autoscaling, service),
          policyTrial(context, ask, service),
          ...deletionTrials(context, ask, service),
        ]),
      ],
      context,
    ),
});

export const handler = lambda(putPolicy, { ecs, autoscaling, store, switch: killSwitch });
