import { z } from 'zod';
import { countsSetByAutoscaling, readBounds } from '../shared/aws/autoscaling.ts';
import { autoscaling, ecs, store } from '../shared/aws/clients.ts';
import { readService, setDesiredCount } from '../shared/aws/ecs.ts';
import { serviceConfig } from '../shared/config.ts';
import { decideScaleOut } from '../shared/desired-count.ts';
import { Assessment, Incident, Plan, Request } from '../shared/document.ts';
import { assertLock } from '../shared/incident.ts';
import { lambda, step } from '../shared/lambda.ts';
import type { Tools } from '../shared/tools.ts';

/** Runbook Step 2: sets the desired count to the plan's absolute number; a repeated call changes nothing more. */
export const scaleOut = step({
  name: 'scale-out',
  input: z.object({
    document: z.object({ request: Request, incident: Incident, plan: Plan, assessment: Assessment }),
  }),
  async run(
    { document: { request, incident, plan, assessment } },
    tools: Tools<'ecs' | 'autoscaling' | 'store'>,
  ) {
    const service = serviceConfig(tools.config, request.service);
    const [view, byAutoscaling, bounds] = await Promise.all([
      readService(tools.ecs, incident.service),
      countsSetByAutoscaling(tools.autoscaling, incident.service, new Date(assessment.at)),
      readBounds(tools.autoscaling, incident.service),
    ]);
    const change = decideScaleOut(plan, view.desired, { byAutoscaling, registeredMin: bounds?.min }, service);
    await assertLock(incident, tools.store);
    if (change.changed && !request.dryRun) await setDesiredCount(tools.ecs, incident.service, change.to);
    tools.log.info('scale-out', { ...change });
    return change;
  },
});

export const handler = lambda(scaleOut, { ecs, autoscaling, store });
