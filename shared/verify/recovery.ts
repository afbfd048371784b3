import { alertOf } from '../alerts/catalogue.ts';
import { type MetricName, metricNames } from '../config/metric-catalogue.ts';
import type { Config } from '../config/schema.ts';
import type { ServiceConfig } from '../config/service.ts';
import type { Assessment } from '../document/assessment.ts';
import { allowedForTraffic } from '../plan/capacity.ts';
import { tasksForTraffic } from '../plan/demand.ts';
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
  if ('unknown' in now.service) return { state: 'waiting', reasons: [now.service.unknown.text] };
  const view = now.service;
  const wanted = Math.max(check.plan?.desired?.to ?? 0, view.desired);
  const failures = startFailures(view, now.stoppedTasks);
  if (view.running < wanted && (view.failedTasks >= failedStarts || failures.length > 0)) {
    return {
      state: 'failed',
      reasons: [
        `${view.running} of ${wanted} tasks run; new tasks cannot start`,
        ...failures,
        ...unreadStops(now),
      ],
    };
  }
  const again = (check.plan?.round ?? 0) < config.limits.rounds;
  const allowed = allowedForTraffic(now, view, service, config) ?? 0;
  if (allowed > wanted && again) {
    return {
      state: 'more',
      reasons: [`the traffic needs ${allowed} tasks by now, ${wanted} were asked for`],
    };
  }
  if (!settledSince) {
    return {
      state: 'waiting',
      reasons: [`${view.running} of ${wanted} tasks run, ${view.pending} are starting`],
    };
  }
  if (now.health.api.level === 'critical')
    return { state: 'waiting', reasons: [`API health: ${now.health.api.detail}`] };
  const metric = alertOf(check.request.alert ?? 'HighLatencyP99').metric ?? 'latencyP99Seconds';
  const fired = now.metrics[metric];
  // A point that began before all tasks ran says nothing about them.
  const enough = `${view.running} of ${wanted} tasks run`;
  if (fired.level === 'unknown' || !fired.at || Date.parse(fired.at) < Date.parse(settledSince)) {
    return {
      state: 'waiting',
      reasons: [enough, `${metric}: no point yet since they run (${fired.unknown?.text ?? fired.at})`],
    };
  }
  const critical = metricNames.filter(
    (name) => now.metrics[name].level === 'critical' && name !== 'requestRatePerMinute',
  );
  if (critical.length === 0) return { state: 'reached', reasons: [enough, better(metric, check, now)] };
  const said = critical.map((name) => `${name} ${now.metrics[name].value} is still critical`);
  // Two whole minutes of points after the tasks ran: the first still holds the backlog's last requests.
  const patience = config.planning.metricDelaySeconds + 120;
  const waited = (Date.parse(now.at) - Date.parse(settledSince)) / 1000;
  const needed = tasksForTraffic(now, service, config);
  if (needed !== undefined && needed <= view.running && now.metrics.cpuPercent.level !== 'critical') {
    // More tasks are not the answer: what waits has to be worked off, or something else is wrong.
    return { state: 'waiting', reasons: [`${enough}, and the traffic needs ${needed}`, ...said] };
  }
  if (waited < patience) return { state: 'waiting', reasons: [enough, ...said] };
  return again
    ? { state: 'more', reasons: [enough, ...said] }
    : {
        state: 'failed',
        reasons: [`${config.limits.rounds} rounds of scaling out did not help`, enough, ...said],
      };
}

function better(metric: MetricName, check: Pick<Check, 'before'>, now: Assessment): string {
  const before = check.before?.metrics[metric].value;
  const after = now.metrics[metric];
  return `${metric} ${before === undefined ? '' : `${before} → `}${after.value} is ${after.level}`;
}
