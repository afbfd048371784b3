import { alertOf } from '../alerts/catalogue.ts';
import { metricNames } from '../config/packaged.ts';
import type { Config, MetricName } from '../config/schema.ts';
import type { ServiceConfig } from '../config/service.ts';
import type { Assessment } from '../document/assessment.ts';
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
    return { state: 'waiting', reasons: [because('service-unknown', { why: now.service.unknown })] };
  const view = now.service;
  const { running } = view;
  const wanted = Math.max(check.plan?.desired?.to ?? 0, view.desired);
  const failures = startFailures(view, now.stoppedTasks);
  if (view.running < wanted && (view.failedTasks >= failedStarts || failures.length > 0)) {
    return {
      state: 'failed',
      reasons: [because('new-tasks-fail', { running, wanted }), ...failures, ...unreadStops(now)],
    };
  }
  const again = (check.plan?.round ?? 0) < config.limits.rounds;
  const demand = trafficDemand(now, service, config);
  const allowed = allowedForTraffic(demand, view, service, config) ?? 0;
  if (allowed > wanted && again)
    return { state: 'more', reasons: [because('traffic-grew', { asked: wanted, needed: allowed })] };
  if (!settledSince) {
    const { pending } = view;
    return { state: 'waiting', reasons: [because('tasks-starting', { running, wanted, pending })] };
  }
  if (now.health.api.level === 'critical') return { state: 'waiting', reasons: [apiHealth(now)] };
  const metric = alertOf(check.request.alert ?? 'HighLatencyP99').metric ?? 'latencyP99Seconds';
  const fired = now.metrics[metric];
  // A point that began before all tasks ran says nothing about them.
  const enough = because('tasks-run', { running, wanted });
  if (fired.level === 'unknown' || !fired.at || Date.parse(fired.at) < Date.parse(settledSince))
    return {
      state: 'waiting',
      reasons: [enough, because('no-datapoint-yet', { metric, since: settledSince })],
    };
  const critical = metricNames.filter(
    (name) => now.metrics[name].level === 'critical' && name !== 'requestRatePerMinute',
  );
  if (critical.length === 0) return { state: 'reached', reasons: [enough, better(metric, check, now)] };
  const said = critical.map((name) =>
    because('still-critical', { metric: name, value: now.metrics[name].value }),
  );
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

function better(metric: MetricName, check: Pick<Check, 'before'>, now: Assessment): Reason {
  const before = check.before?.metrics[metric].value;
  const { value, level } = now.metrics[metric];
  return because('metric-better', { metric, ...(before === undefined ? {} : { before }), value, level });
}

/** What the API's health endpoint says. */
export const apiHealth = ({ health: { api } }: Assessment): Reason =>
  because('health', { endpoint: 'api', level: api.level, detail: api.detail });
