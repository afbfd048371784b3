import { alertOf } from '../alerts/catalogue.ts';
import { firingAlerts } from '../alerts/firing.ts';
import { type MetricName, metricNames } from '../config/metric-catalogue.ts';
import type { Config } from '../config/schema.ts';
import type { ServiceConfig } from '../config/service.ts';
import type { Assessment, ServiceView } from '../document/assessment.ts';
import type { Reason } from '../document/reason.ts';
import { because } from '../format/reasons.ts';
import { allowedForTraffic } from '../plan/capacity.ts';
import { tasksAtRest, trafficDemand } from '../plan/demand.ts';
import { failedStarts, whyNoneStart, whyTooFew } from '../plan/failed-starts.ts';
import { guards } from '../plan/guards/limits.ts';
import { deploymentToBlame } from '../plan/scale-out-blockers.ts';
import { isUnseen, pointsAreDue } from '../plan/unseen.ts';
import { type Check, type Verdict, waitForService } from './check.ts';

interface Counts {
  running: number;
  wanted: number;
}

/** A check of a scale-out, and what it is judged with. */
interface Recovery {
  check: Pick<Check, 'request' | 'plan' | 'before' | 'joined' | 'room' | 'slots'>;
  now: Assessment;
  service: ServiceConfig;
  config: Config;
  /** Since when all wanted tasks run; absent while they do not. */
  settledSince: string | undefined;
  /** Until when a dependency may have been down. */
  downUntil?: string | undefined;
  /** The deadline has passed: what is not enough now fails. */
  late: boolean;
}

/**
 * Whether the scale-out helped: the wanted tasks run, the API is healthy, and the metric that fired is better than
 * before. Traffic that has grown is planned for at once, not after the tasks run. Pure.
 */
export function recovered(recovery: Recovery): Verdict {
  const { check, now, service, config, settledSince, downUntil, late } = recovery;
  if ('unknown' in now.service) return waitForService(now.service);
  const view = now.service;
  const { running, pending } = view;
  const wanted = wantedTasks(check, view);
  const failures = failedStarts(now, check.request.receivedAt);
  // Errors of a dependency that is back are still seen for a while, and no release made them.
  const justBack = isUnseen(downUntil, now, config);
  const failed =
    deploymentFails(now, justBack, check.request.receivedAt) ??
    startsFail(check.before, now, { running, wanted }, failures);
  if (failed) return failed;
  const demand = trafficDemand(now, service, config);
  const allowed = allowedForTraffic(demand, guards(view, service, config, check.room, check.slots)) ?? 0;
  if (allowed > wanted && mayTryAgain(recovery))
    return { state: 'more', reasons: [because('traffic-grew', { asked: wanted, needed: allowed })] };
  if (settledSince) return metricsRecovered(recovery, settledSince, { running, wanted }, demand.tasks);
  const needed = demand.tasks ?? tasksAtRest(now, service) ?? Infinity;
  // Where starts fail, people have to hear of it, unless it is one task alone.
  const tolerable = failures.length === 0 || wanted - running <= 1;
  if (late && tolerable && running >= needed && isFine(check, now)) {
    // What stays pending, or what autoscaling asked for meanwhile, is more than the traffic needs.
    return { state: 'reached', reasons: [because('enough-for-traffic', { running, wanted, needed })] };
  }
  return {
    state: 'waiting',
    reasons: [
      because('tasks-starting', { running, wanted, pending }),
      ...whyTooFew(now, check.request.receivedAt),
    ],
  };
}

/** Whether the metrics got better since the wanted tasks run; where not, whether still more tasks may help. */
function metricsRecovered(
  recovery: Recovery,
  settledSince: string,
  counts: Counts,
  needed: number | undefined,
): Verdict {
  const { check, now, config } = recovery;
  const enough = because('tasks-run', counts);
  if (now.health.api.level === 'critical') return { state: 'waiting', reasons: [apiHealth(now)] };
  // A row that the service does not have tells nothing; CPU is always there.
  const fired = metricsThatFired(check).filter((name) => now.metrics[name].level !== 'none');
  const metrics: readonly MetricName[] = fired.length > 0 ? fired : ['cpuPercent'];
  const [metric = 'latencyP99Seconds'] = metrics;
  // A point that began before all tasks ran says nothing about them.
  const unread = metrics.filter((name) => {
    const { level, at } = now.metrics[name];
    return level === 'unknown' || !at || Date.parse(at) < Date.parse(settledSince);
  });
  if (unread.length > 0) {
    const missing = unread.map((name) => because('no-datapoint-yet', { metric: name, since: settledSince }));
    return { state: 'waiting', reasons: [enough, ...missing] };
  }
  const said = stillCritical(now);
  if (said.length === 0) return { state: 'reached', reasons: [enough, better(metric, check, now)] };
  if (needed !== undefined && needed <= counts.running && now.metrics.cpuPercent.level !== 'critical') {
    // More tasks are not the answer: what waits has to be worked off, or something else is wrong.
    return { state: 'waiting', reasons: [because('enough-for-traffic', { ...counts, needed }), ...said] };
  }
  if (!pointsAreDue(settledSince, now, config)) return { state: 'waiting', reasons: [enough, ...said] };
  if (mayTryAgain(recovery)) return { state: 'more', reasons: [enough, ...said] };
  return {
    state: 'failed',
    reasons: [because('rounds-spent', { rounds: config.limits.rounds }), enough, ...said],
  };
}

const mayTryAgain = ({ check, config }: Recovery): boolean => (check.plan?.round ?? 0) < config.limits.rounds;

/** Nothing is critical, and the metric that fired is known. */
const isFine = (check: Recovery['check'], now: Assessment): boolean =>
  now.health.api.level !== 'critical' &&
  metricsThatFired(check).every((name) => now.metrics[name].level !== 'unknown') &&
  stillCritical(now).length === 0;

/** What the plan asked for, or what the service asks for where that is more. */
export const wantedTasks = ({ plan }: Pick<Check, 'plan'>, { desired }: ServiceView): number =>
  Math.max(plan?.desired?.to ?? 0, desired);

/** The metric of the run's own alert, and then those of the alerts that joined it. */
function metricsThatFired({ request, joined }: Pick<Check, 'request' | 'joined'>): MetricName[] {
  const own = alertOf(request.alert ?? 'HighLatencyP99').metric ?? 'latencyP99Seconds';
  const others = firingAlerts(undefined, joined).flatMap((name) => alertOf(name).metric ?? []);
  return [...new Set([own, ...others])];
}

/** What could not be seen when the tasks were added: the deployment is to blame, and more of its tasks do not help. */
function deploymentFails(now: Assessment, otherwise: boolean, since: string): Verdict | undefined {
  const convicted = deploymentToBlame(now, otherwise, since);
  return convicted && { state: 'failed', reasons: convicted };
}

/**
 * Fewer tasks run than are wanted, none more than before, and ECS says of those that were asked for since this run began
 * that they failed.
 */
function startsFail(
  before: Assessment | undefined,
  now: Assessment,
  { running, wanted }: Counts,
  failures: readonly Reason[],
): Verdict | undefined {
  const ranBefore = before && 'running' in before.service ? before.service.running : running;
  if (running >= wanted || running > ranBefore || failures.length === 0) return undefined;
  return {
    state: 'failed',
    reasons: [because('new-tasks-fail', { running, wanted }), ...whyNoneStart(failures, now)],
  };
}

const stillCritical = ({ metrics }: Assessment): Reason[] =>
  metricNames
    .filter((name) => metrics[name].level === 'critical' && name !== 'requestRatePerMinute')
    .map((metric) => because('still-critical', { metric, value: metrics[metric].value }));

function better(metric: MetricName, check: Pick<Check, 'before'>, now: Assessment): Reason {
  const before = check.before?.metrics[metric].value;
  const { value, level } = now.metrics[metric];
  return because('metric-better', { metric, ...(before === undefined ? {} : { before }), value, level });
}

/** What the API's health endpoint says. */
export const apiHealth = ({ health: { api } }: Assessment): Reason =>
  because('health', { endpoint: 'api', level: api.level, detail: api.detail });
