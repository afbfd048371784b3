import { alertOf } from '../alerts/catalogue.ts';
import type { Assessment, EventKind, ServiceView } from '../document/assessment.ts';
import type { Request } from '../document/request.ts';
import { metricLabel, metricValue } from '../format/metrics.ts';
import type { Decision } from './decision.ts';

/** What makes more tasks useless or harmful: tasks that cannot start, an exhausted pool, a bad deployment, a dependency. */
export function blocker(request: Request, assessment: Assessment): Decision | undefined {
  const { cause, service, stoppedTasks, metrics } = assessment;
  const failed = stoppedTasks.reduce((total, task) => total + task.count, 0);
  const leaking = cause.name === 'memory-pressure';
  if (cause.name === 'deployment' && cause.confidence !== 'low' && usersSuffer(assessment)) {
    return {
      action: 'roll-back',
      reasons: ['the deployment is the cause, so more of its tasks would not help', ...cause.evidence],
    };
  }
  if ('failedTasks' in service && !leaking && (service.failedTasks >= 2 || failed >= 2)) {
    const why = [...startFailures(service, stoppedTasks), ...unreadStops(assessment)];
    return { action: 'hold', reasons: ['tasks cannot start, so more of them would not help', ...why] };
  }
  const exhausted = (['dbPoolPercent', 'pgbouncerPoolPercent'] as const).filter(
    (name) => metrics[name].level === 'critical',
  );
  if (
    exhausted.length > 0 ||
    (alertOf(request.alert ?? 'APIDown').action === 'relieve-pool' && cause.name === 'pool-exhaustion')
  ) {
    const said = exhausted.map(
      (name) => `${metricLabel(name)} ${metricValue(name, metrics[name].value)} is critical`,
    );
    return {
      action: 'relieve-pool',
      reasons: [...said, 'more tasks open more connections: relieve the pool first'],
    };
  }
  if (cause.name === 'upstream-failure' && cause.confidence !== 'low') {
    return {
      action: 'escalate',
      reasons: ['a dependency has failed; more tasks would not bring it back', ...cause.evidence],
    };
  }
  if (cause.name === 'slow-queries' && cause.confidence !== 'low') {
    return {
      action: 'escalate',
      reasons: ['the database is slow; more tasks would only wait with it', ...cause.evidence],
    };
  }
  return undefined;
}

/** High CPU alone convicts no deployment: a spike looks the same before its request rate can be seen. */
function usersSuffer({ metrics, health, service }: Assessment): boolean {
  const hurt = (['latencyP95Seconds', 'latencyP99Seconds', 'errorRatePercent'] as const).some(
    (name) => metrics[name].level === 'critical',
  );
  return hurt || health.api.level === 'critical' || ('rollout' in service && service.rollout === 'failed');
}

/** Events that tell why tasks do not start. */
const failures: readonly EventKind[] = ['cannot-place', 'cannot-start', 'throttled'];

/** Why tasks did not start, from the stopped tasks and from the service's events. */
export function startFailures(view: ServiceView, stopped: Assessment['stoppedTasks']): string[] {
  const events = view.events.flatMap(({ kind, message }) => (failures.includes(kind) ? [message] : []));
  return [...stopped.map((task) => `${task.count} × ${task.reason}`), ...new Set(events)].slice(0, 5);
}

/** Says so where the stopped tasks, and with them the reasons, could not be read. */
export const unreadStops = ({ stoppedTasksUnknown }: Assessment): string[] =>
  stoppedTasksUnknown ? [`why tasks stopped is unknown (${stoppedTasksUnknown.text})`] : [];
