import * as v from 'valibot';
import { planAutoscaling } from '../shared/autoscaling/plan.ts';
import { readAutoscalingOf } from '../shared/autoscaling/present.ts';
import { autoscaling, ecs } from '../shared/aws/clients.ts';
import { serviceConfig } from '../shared/config/packaged.ts';
import { documentWith } from '../shared/document/document.ts';
import type { StepContext } from '../shared/lambda/context.ts';
import { lambda, step } from '../shared/lambda/step.ts';
import { scalingTrials } from '../shared/preflight/autoscaling.ts';
import { serviceTrial } from '../shared/preflight/ecs.ts';
import { forEach, tried } from '../shared/preflight/trials.ts';

/** Appendix: what autoscaling is, what it should be, and where it differs from the configuration. Reads only. */
export const readAutoscaling = step({
  name: 'read-autoscaling',
  input: v.object({ document: documentWith('request') }),
  async run({ document: { request } }, context: StepContext<'ecs' | 'autoscaling'>) {
    const service = serviceConfig(context.config, request.service);
    const present = await readAutoscalingOf(service, context);
    const { requiredForScaleIn } = context.config.approval;
    const plan = planAutoscaling(present, service, request.parameters, requiredForScaleIn);
    context.log.info(`configure autoscaling: ${plan.action}`, { present, ...plan });
    return plan;
  },
  preflight: (ask, context: StepContext<'ecs' | 'autoscaling'>) =>
    tried(
      'read-autoscaling',
      [
        ...forEach(ask, context.config, (service) => [
          serviceTrial(context.ecs, service),
          ...scalingTrials(context.autoscaling, service),
        ]),
      ],
      context,
    ),
});

export const handler = lambda(readAutoscaling, { ecs, autoscaling });
