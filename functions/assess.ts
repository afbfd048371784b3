import * as v from 'valibot';
import { awaitsMetrics, longestWaitSeconds } from '../shared/alerts/admission.ts';
import { assessmentOf } from '../shared/assess/judge.ts';
import { observe } from '../shared/assess/observe.ts';
import { canAskPools, readPoolTasks } from '../shared/assess/pool-tasks.ts';
import { autoscaling, cloudwatch, ecs } from '../shared/aws/clients.ts';
import { http } from '../shared/aws/platform.ts';
import { readScheduledActions } from '../shared/aws/scheduled-actions.ts';
import { serviceConfig } from '../shared/config/packaged.ts';
import { ServiceNotUsableError, ThrottledError, UnknownStateError } from '../shared/core/errors.ts';
import { isThrottled } from '../shared/core/unknown.ts';
import { documentWith } from '../shared/document/document.ts';
import { ownCount, withOwnCount } from '../shared/drift/own-count.ts';
import type { StepContext } from '../shared/lambda/context.ts';
import { lambda, step } from '../shared/lambda/step.ts';
import { addressTrials } from '../shared/preflight/addresses.ts';
import { actionsTrial, activitiesTrial, scalingTrials } from '../shared/preflight/autoscaling.ts';
import { metricsTrial } from '../shared/preflight/cloudwatch.ts';
import { deploymentTrials } from '../shared/preflight/deployments.ts';
import { poolTaskTrials, serviceTrial, taskTrials } from '../shared/preflight/ecs.ts';
import { forEach, tried } from '../shared/preflight/trials.ts';

/** Runbook Step 1: what is going on, each metric against its threshold, and the most probable cause. Reads only. */
export const assess = step({
  name: 'assess',
  // Where AWS throttles, waiting is the state machine's work: it knows whose turn it is.
  attempts: 5,
  input: v.object({ document: documentWith('request', 'change?', 'step?', 'verification?') }),
  async run({ document }, context: StepContext<'ecs' | 'autoscaling' | 'cloudwatch' | 'http'>) {
    const { request } = document;
    const waited = (context.now().getTime() - Date.parse(request.receivedAt)) / 1000;
    const service = serviceConfig(context.config, request.service);
    const { deadlineSeconds } = context.config.timing.assess;
    const observed = observe(service, context, readScheduledActions).catch((error: unknown) => {
      if (error instanceof ThrottledError && waited > longestWaitSeconds.service)
        throw new UnknownStateError(`${error.message}, for ${Math.round(waited / 60)} minutes`);
      throw error;
    });
    const [seen, pools] = await Promise.all([observed, readPoolTasks(service, context, deadlineSeconds)]);
    if ('unknown' in seen.service && seen.service.unknown.cause === 'not-usable')
      throw new ServiceNotUsableError(seen.service.unknown.message);
    const unknown = Object.values(seen.metrics).flatMap((one) => ('unknown' in one ? one.unknown : []));
    const blind = 'unknown' in seen.autoscaling && isThrottled(seen.autoscaling.unknown);
    if (blind || awaitsMetrics(unknown, waited))
      throw new ThrottledError('AWS throttles what tells of autoscaling or of the metrics');
    const asksPools = canAskPools(service) ? { asksPools: true } : {};
    const judged = { ...assessmentOf(seen, context.config), ...pools, ...asksPools };
    const assessment = withOwnCount(judged, ownCount(document));
    context.log.info('assessed', { cause: assessment.cause, metrics: assessment.metrics });
    return assessment;
  },
  preflight: (ask, context: StepContext<'ecs' | 'autoscaling' | 'cloudwatch' | 'http'>) =>
    tried(
      'assess',
      [
        ...forEach(ask, context.config, (service, config) => [
          serviceTrial(context.ecs, service),
          ...deploymentTrials(context.ecs, service),
          ...taskTrials(context.ecs, service),
          ...poolTaskTrials(context.ecs, service),
          ...scalingTrials(context.autoscaling, service),
          activitiesTrial(context.autoscaling, service),
          actionsTrial(context.autoscaling, service),
          metricsTrial(context.cloudwatch, service, config, context.now()),
          ...addressTrials(service, { ...context, config }),
        ]),
      ],
      context,
    ),
});

export const handler = lambda(assess, { ecs, autoscaling, cloudwatch, http });
