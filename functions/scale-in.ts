import { z } from 'zod';
import { countsSetByAutoscaling } from '../shared/aws/autoscaling.ts';
import { autoscaling, ecs, store } from '../shared/aws/clients.ts';
import { readService, setDesiredCount } from '../shared/aws/ecs.ts';
import { serviceConfig } from '../shared/config.ts';
import { decideStepDown } from '../shared/desired-count.ts';
import { Approval, Assessment, Incident, Plan, Request } from '../shared/document.ts';
import { GuardError } from '../shared/errors.ts';
import { assertLock } from '../shared/incident.ts';
import { lambda, step } from '../shared/lambda.ts';
import { readSnapshot } from '../shared/snapshot-store.ts';
import type { Tools } from '../shared/tools.ts';

/** Scale-In Procedure, Step 1: one step down, at most max(1, 25 %) of the tasks, never without a needed approval. */
export const scaleIn = step({
  name: 'scale-in',
  input: z.object({
    document: z.object({
      request: Request,
      incident: Incident,
      plan: Plan,
      assessment: Assessment,
      approval: Approval.optional(),
      step: z.object({ to: z.int() }).optional(),
    }),
  }),
  async run({ document }, tools: Tools<'ecs' | 'autoscaling' | 'store'>) {
    const { request, incident, plan, assessment, approval } = document;
    if (plan.approvalRequired && approval?.planHash !== plan.hash) {
      throw new GuardError(
        `the plan ${plan.hash.slice(0, 12)} has no approval of its own; nothing was scaled in`,
      );
    }
    const [view, byAutoscaling, snapshot] = await Promise.all([
      readService(tools.ecs, incident.service),
      countsSetByAutoscaling(tools.autoscaling, incident.service, new Date(assessment.at)),
      readSnapshot(incident, tools.store),
    ]);
    const configured = serviceConfig(tools.config, request.service).capacity.baseline.min;
    const floor = Math.max(configured, snapshot?.bounds?.min ?? 1);
    const change = decideStepDown(
      plan,
      view.desired,
      document.step?.to,
      { byAutoscaling },
      floor,
      tools.config,
    );
    await assertLock(incident, tools.store);
    if (change.changed && !request.dryRun) await setDesiredCount(tools.ecs, incident.service, change.to);
    tools.log.info('scale-in step', { ...change });
    return { ...change, waitSeconds: tools.config.timing.calm.forSeconds };
  },
});

export const handler = lambda(scaleIn, { ecs, autoscaling, store });
