import type { MetricName } from '../config/metric-catalogue.ts';
import type { ServiceView } from '../document/assessment.ts';
import type { Request } from '../document/request.ts';
import { because } from '../format/reasons.ts';
import type { RollbackDecision } from './rollback-decision.ts';

/**
 * A deployment stops running tasks down to the service's minimum before the new ones serve. While something is critical no
 * run takes them away (invariant 11): it holds, and says what a person can do. A person who names the way back goes on,
 * and is told what it costs. Stopping a deployment takes no more tasks than letting it go on. Source: ECS API,
 * DeploymentConfiguration. Pure.
 */
export function keepingTasks(
  decision: RollbackDecision,
  request: Request,
  view: ServiceView,
  critical: MetricName[],
): RollbackDecision {
  if (decision.action !== 'redeploy' && decision.action !== 'previous-task-definition') return decision;
  const { minimumHealthyPercent: percent, desired, running } = view;
  if (percent === undefined) return decision;
  // ECS rounds up.
  const kept = Math.ceil((desired * percent) / 100);
  if (running <= kept) return decision;
  const cost = { percent, kept, running };
  if (critical.length === 0 || namedByPerson(request))
    return { ...decision, reasons: [...decision.reasons, because('deploying-takes-tasks', cost)] };
  const costs = because('takes-tasks-while-critical', { ...cost, critical });
  return { action: 'hold', reasons: [...request.reasons, costs] };
}

const namedByPerson = ({ rollbackTo = 'automatic', startedBy }: Request): boolean =>
  rollbackTo !== 'automatic' && startedBy === undefined;
