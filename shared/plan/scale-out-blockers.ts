import { alertOf } from '../alerts/catalogue.ts';
import { metricNames } from '../config/metric-catalogue.ts';
import type { Assessment, Cause } from '../document/assessment.ts';
import type { Reason } from '../document/reason.ts';
import type { Request } from '../document/request.ts';
import { because } from '../format/reasons.ts';
import type { Decision } from './decision.ts';
import { failedStarts, releaseFails, whyNoneStart } from './failed-starts.ts';

/** What a run waits for, or has waited for until just now. */
export interface Awaited {
  /** Code of the reason why it waited at the look before. */
  code?: string | undefined;
  /** It is still seen in the metrics. */
  justOver?: boolean;
}

/**
 * What makes more tasks useless or harmful: tasks that cannot start, an exhausted pool, a bad deployment, a dependency.
 * @param awaited what the run waits for: less evidence is enough to go on waiting for the same. What has just ended is
 * still seen for a while, and no release made it.
 */
export function blocker(
  request: Request,
  assessment: Assessment,
  startsSince: string,
  awaited: Awaited = {},
): Decision | undefined {
  const passing = obstacle(request, assessment, awaited);
  const convicted = deploymentToBlame(assessment, awaited.justOver && !passing, sinceTheAlarm(request));
  if (convicted) return { action: 'roll-back', reasons: convicted };
  const failing = failedStarts(assessment, startsSince);
  if (failing.length > 0)
    return {
      action: 'hold',
      reasons: [because('tasks-cannot-start'), ...whyNoneStart(failing, assessment)],
    };
  return passing;
}

/** What is in the way of more tasks, and may end by itself: an exhausted pool, a dependency, a slow database. */
function obstacle(request: Request, { cause, metrics }: Assessment, { code }: Awaited): Decision | undefined {
  const exhausted = (['dbPoolPercent', 'pgbouncerPoolPercent'] as const).filter(
    (name) => metrics[name].level === 'critical',
  );
  if (
    exhausted.length > 0 ||
    (alertOf(request.alert ?? 'APIDown').action === 'relieve-pool' && cause.name === 'pool-exhaustion')
  ) {
    const said = exhausted.map((metric) =>
      because('metric-critical', { metric, value: metrics[metric].value }),
    );
    return { action: 'relieve-pool', reasons: [...said, because('pool-first')] };
  }
  const isThere = (name: Cause['name'], reason: string) =>
    isEvident(cause, name) || (code === reason && cause.name === name);
  if (isThere('upstream-failure', 'dependency-failed'))
    return { action: 'escalate', reasons: [because('dependency-failed'), ...cause.evidence] };
  if (isThere('slow-queries', 'database-slow'))
    return { action: 'escalate', reasons: [because('database-slow'), ...cause.evidence] };
  return undefined;
}

/** Whether there is enough evidence of a cause to act on it. */
const isEvident = ({ name, confidence }: Cause, wanted: Cause['name']): boolean =>
  name === wanted && confidence !== 'low';

/**
 * The evidence against a deployment by which users suffer; undefined where it is not enough.
 * @param otherwise the metrics still show something else: then only its tasks, which fail, convict it.
 * @param since what was over by then is no evidence: a minute that is bad has to have begun since.
 */
export function deploymentToBlame(
  assessment: Assessment,
  otherwise = false,
  since?: string,
): Reason[] | undefined {
  const { cause } = assessment;
  if (!usersSuffer(assessment)) return undefined;
  const fails = releaseFails(assessment);
  if (fails) return [because('deployment-to-blame'), fails];
  return isEvident(cause, 'deployment') && !otherwise && lastsSince(since, assessment)
    ? [because('deployment-to-blame'), ...cause.evidence]
    : undefined;
}

/**
 * From when on a bad minute says that it lasts: an outage of a minute or two is over before anybody looks, and a release of
 * just then looks guilty of it. A person who starts a run by hand has seen that it lasts.
 */
const sinceTheAlarm = ({ source, firingSince, receivedAt }: Request): string | undefined =>
  source === 'console' ? undefined : (firingSince ?? receivedAt);

/** Whether the newest minutes of what convicts a deployment began after a time. */
function lastsSince(since: string | undefined, { cause, metrics }: Assessment): boolean {
  if (since === undefined) return true;
  const named = cause.evidence.flatMap(({ code, metrics: worse }) =>
    code === 'worse-since' && Array.isArray(worse)
      ? worse
      : code === 'fails-with-room'
        ? ['errorRatePercent']
        : [],
  );
  const told = metricNames.filter((name) => named.includes(name));
  return told.length === 0 || told.some((name) => Date.parse(metrics[name].at ?? '') >= Date.parse(since));
}

/**
 * High CPU alone convicts no deployment: a spike looks the same before its request rate can be seen. Nor does a health
 * endpoint while users are served well. Where no task runs, nobody is served.
 */
function usersSuffer(assessment: Assessment): boolean {
  const { service } = assessment;
  return (
    affectsUsers(assessment) ||
    ('rollout' in service && (service.rollout === 'failed' || service.running === 0))
  );
}

/** Whether users feel it: errors, or how long they wait. */
export const affectsUsers = ({ metrics }: Pick<Assessment, 'metrics'>): boolean =>
  (['latencyP95Seconds', 'latencyP99Seconds', 'errorRatePercent'] as const).some(
    (name) => metrics[name].level === 'critical',
  );
