import * as v from 'valibot';
import { deletePolicy, writeCpuPolicy } from '../shared/aws/autoscaling.ts';
import { autoscaling, ecs, store } from '../shared/aws/clients.ts';
import type { Check } from '../shared/aws/repeated-attempts.ts';
import { switch as killSwitch } from '../shared/aws/switch.ts';
import { serviceConfig } from '../shared/config/packaged.ts';
import { int } from '../shared/core/schema.ts';
import { Assessment } from '../shared/document/assessment.ts';
import { Incident } from '../shared/document/incident.ts';
import { Plan } from '../shared/document/plan.ts';
import { Request } from '../shared/document/request.ts';
import { Changes, expectedSettings } from '../shared/drift/person-change.ts';
import { because } from '../shared/format/reasons.ts';
import { lambda, step } from '../shared/lambda/step.ts';
import type { Tools } from '../shared/lambda/tools.ts';
import { decideAbsolute, policyDifferences } from '../shared/writes/absolute-write.ts';
import { guardedWrite, readBeforeWrite } from '../shared/writes/guarded-write.ts';

/**
 * Runbook Step 3 and its reset: the CPU policy, changed in place under its own name (AWS allows one policy per
 * metric). `restore` also removes the runbook's temporary policy where one is found.
 */
export const putPolicy = step({
  name: 'put-policy',
  input: v.object({
    mode: v.picklist(['raise', 'restore']),
    document: v.object({
      request: Request,
      incident: Incident,
      plan: Plan,
      assessment: Assessment,
      change: v.optional(Changes),
      step: v.optional(v.object({ to: int })),
    }),
  }),
  async run({ mode, document }, tools: Tools<'ecs' | 'autoscaling' | 'store' | 'switch'>) {
    const { request, incident, plan, assessment } = document;
    const present = await readBeforeWrite(incident, assessment, tools);
    const known = expectedSettings(plan, assessment, document.change, document.step);
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
    const { temporaryName } = serviceConfig(tools.config, request.service).cpuPolicy;
    const inUse = temporaryName === cpuPolicy?.to.name;
    const removes = mode === 'restore' && present.policyNames.includes(temporaryName) && !inUse;
    const write = async (check: Check) => {
      if (cpuPolicy && change.changed)
        await writeCpuPolicy(tools.autoscaling, incident.service, cpuPolicy.to, check);
      if (!removes) return;
      // A write of its own, perhaps long after the first.
      if (change.changed) await check();
      await deletePolicy(tools.autoscaling, incident.service, temporaryName, check);
    };
    await guardedWrite(
      incident,
      { ...known, cpuPolicy: cpuPolicy?.from },
      present,
      { cpuPolicy: cpuPolicy?.to, restoreTo: plan.restoreTo },
      { dryRun: request.dryRun, write: change.changed || removes ? write : undefined },
      tools,
    );
    const policy = temporaryName;
    if (removes) change.reasons.push(because('temporary-policy-removed', { policy, dryRun: request.dryRun }));
    // AWS allows one CPU policy: without this one the service would have none.
    if (mode === 'restore' && inUse) change.reasons.push(because('temporary-policy-in-use', { policy }));
    tools.log.info('put-policy', { mode, ...change });
    return change;
  },
});

export const handler = lambda(putPolicy, { ecs, autoscaling, store, switch: killSwitch });
