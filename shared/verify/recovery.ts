import { alertOf } from '../alerts/catalogue.ts';
import { type MetricName, metricNames } from '../config/metric-catalogue.ts';
import type { Config } from '../config/schema.ts';
import type { ServiceConfig } from '../config/service.ts';
import type { Assessment, ServiceView } from '../document/assessment.ts';
import type { Reason } from '../document/reason.ts';
import { because } from '../format/reasons.ts';
import { allowedForTraffic } from '../plan/capacity.ts';
import { trafficDemand } from '../plan/demand.ts';
import { startFailures, unreadStops } from '../plan/scale-out-blockers.ts';
import type { Check, Verdict } from './check.ts';

/** Failed starts after which a run stops hoping that the next task will start. */
const failedStarts = 2;

/**
 * Whether the scale-out helped: the wanted tasks run, the API is healthy, and the metric that fired is better than
 * before. Traffic that has grown is planned for at once, not after the tasks run. Pure.
 * @param settledSince since when all wanted tasks run; absent while they do not.
 */
export function recovered(
  check: Pick<Check, 'request' | 'plan' | 'before'>,
  now: Assessment,
  service: ServiceConfig,
  config: Config,
  settledSince: string | undefined,
): Verdict {
  if ('unknown' in now.service)
    return { state: 'waiting', reasons: [because('service-unknown', { why: now.service.unknown.text })] };
  const view = now.service;
  const { running, pending } = view;
  const wanted = wantedTasks(check, view);
  const failed = startsFail(now, view, wanted);
  if (failed) return failed;
  const again = (check.plan?.round ?? 0) < config.limits.rounds;
  const demand = trafficDemand(now, service, config);
  const allowed = allowedForTraffic(demand, view, service, config) ?? 0;
  if (allowed > wanted && again)
    return { state: 'more', reasons: [because('traffic-grew', { asked: wanted, needed: allowed })] };
  if (!settledSince)
    return { state: 'waiting', reasons: [because('tasks-starting', { running, wanted, pending })] };
  if (now.health.api.level === 'critical') return { state: 'waiting', reasons: [apiHealth(now)] };
  const metric = metricThatFired(check, now);
  const fired = now.metrics[metric];
  // A point that began before all tasks ran says nothing about them.
  const enough = because('tasks-run', { running, wanted });
  if (fired.level === 'unknown' || !fired.at || Date.parse(fired.at) < Date.parse(settledSince))
    return {
      state: 'waiting',
      reasons: [enough, because('no-datapoint-yet', { metric, since: settledSince })],
    };
  const said = stillCritical(now);
  if (said.length === 0) return { state: 'reached', reasons: [enough, better(metric, check, now)] };
  // Two whole minutes of points after the tasks ran: the first still holds the backlog's last requests.
  const patience = config.planning.metricDelaySeconds + 120;
  const waited = (Date.parse(now.at) - Date.parse(settledSince)) / 1000;
  const needed = demand.tasks;
  if (needed !== undefined && needed <= running && now.metrics.cpuPercent.level !== 'critical') {
    // More tasks are not the answer: what waits has to be worked off, or something else is wrong.
    return {
      state: 'waiting',
      reasons: [because('enough-for-traffic', { running, wanted, needed }), ...said],
    };
  }
  if (waited < patience) return { state: 'waiting', reasons: [enough, ...said] };
  return again
    ? { state: 'more', reasons: [enough, ...said] }
    : {
        state: 'failed',
        reasons: [because('rounds-spent', { rounds: config.limits.rounds }), enough, ...said],
      };
}

/** What the plan asked for, or what the service asks for where that is more. */
export const wantedTasks = ({ plan }: Pick<Check, 'plan'>, { desired }: ServiceView): number =>
  Math.max(plan?.desired?.to ?? 0, desired);

/** A row that the service does not have tells nothing; CPU is always there. */
function metricThatFired({ request }: Pick<Check, 'request'>, { metrics }: Assessment): MetricName {
  const firing = alertOf(request.alert ?? 'HighLatencyP99').metric ?? 'latencyP99Seconds';
  return metrics[firing].level === 'none' ? 'cpuPercent' : firing;
}

/** Fewer tasks run than are wanted, and ECS says that starts failed. */
function startsFail(now: Assessment, view: ServiceView, wanted: number): Verdict | undefined {
  const { running, failedTasks } = view;
  if (running >= wanted) return undefined;
  const failures = startFailures(view, now.stoppedTasks);
  if (failedTasks < failedStarts && failures.length === 0) return undefined;
  return {
    state: 'failed',
    reasons: [because('new-tasks-fail', { running, wanted }), ...failures, ...unreadStops(now)],
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
