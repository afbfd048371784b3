import { alertOf } from '../alerts/catalogue.ts';
import type { Assessment, ServiceView } from '../document/assessment.ts';
import type { Reason } from '../document/reason.ts';
import type { Request } from '../document/request.ts';
import { because } from '../format/reasons.ts';
import type { Decision } from './decision.ts';

/** What makes more tasks useless or harmful: tasks that cannot start, an exhausted pool, a bad deployment, a dependency. */
export function blocker(request: Request, assessment: Assessment): Decision | undefined {
  const { cause, service, stoppedTasks, metrics } = assessment;
  const failed = stoppedTasks.reduce((total, task) => total + task.count, 0);
  const leaking = cause.name === 'memory-pressure';
  if (cause.name === 'deployment' && cause.confidence !== 'low' && usersSuffer(assessment)) {
    return {
      action: 'roll-back',
      reasons: [because('deployment-to-blame'), ...cause.evidence],
    };
  }
  if ('failedTasks' in service && !leaking && (service.failedTasks >= 2 || failed >= 2)) {
    const why = [...startFailures(service, stoppedTasks), ...unreadStops(assessment)];
    return { action: 'hold', reasons: [because('tasks-cannot-start'), ...why] };
  }
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
  if (cause.name === 'upstream-failure' && cause.confidence !== 'low') {
    return { action: 'escalate', reasons: [because('dependency-failed'), ...cause.evidence] };
  }
  if (cause.name === 'slow-queries' && cause.confidence !== 'low') {
    return { action: 'escalate', reasons: [because('database-slow'), ...cause.evidence] };
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

/** Why tasks did not start, from the stopped tasks and from the service's events. */
export function startFailures(view: ServiceView, stopped: Assessment['stoppedTasks']): Reason[] {
  const events = view.events
    .map((event) => event.message)
    .filter((message) => /unable to (place|consistently start)|operations are being throttled/.test(message));
  return [
    ...stopped.map(({ count, reason }) => because('task-stopped', { count, reason })),
    ...[...new Set(events)].map((message) => because('ecs-event', { message })),
  ].slice(0, 5);
}

/** Says so where the stopped tasks, and with them the reasons, could not be read. */
export const unreadStops = ({ stoppedTasksUnknown: why }: Assessment): Reason[] =>
  why ? [because('stops-unknown', { why })] : [];
