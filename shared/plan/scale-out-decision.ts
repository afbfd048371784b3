import { alertOf } from '../alerts/catalogue.ts';
import { type MetricName, metricNames, metricOf } from '../config/metric-catalogue.ts';
import type { Assessment, Level } from '../document/assessment.ts';
import type { Request } from '../document/request.ts';
import { metricLabel, metricValue } from '../format/metrics.ts';
import type { Decision } from './decision.ts';
import { decideAsAsked } from './scale-out-asked.ts';
import { blocker } from './scale-out-blockers.ts';

/** Metrics that more tasks can improve. */
const drivenByTasks = metricNames.filter((name) => metricOf(name).drivenByTasks);

/**
 * The action that the situation asks for, before any number: the alert's own from the Quick Reference, raised by the
 * threshold table, overruled by what makes more tasks useless. Pure.
 * @param carried whether the desired tasks carry the present traffic; a high request rate alone then hurts nobody.
 */
export function decide(request: Request, assessment: Assessment, carried: boolean): Decision {
  const alert = request.alert === undefined ? undefined : alertOf(request.alert);
  if (alert?.action === 'escalate') {
    return { action: 'escalate', reasons: [`${request.alert}: the runbook asks for immediate escalation`] };
  }
  const blocked = blocker(request, assessment);
  if (blocked) return blocked;
  const at = (level: Level, names: readonly MetricName[] = metricNames) =>
    names.filter((name) => assessment.metrics[name].level === level);
  const said = (name: MetricName) =>
    `${metricLabel(name)} ${metricValue(name, assessment.metrics[name].value)}`;
  const settled = (name: MetricName) => carried && name === 'requestRatePerMinute';
  const critical = at('critical', drivenByTasks);
  if (!critical.every(settled))
    return { action: 'scale-out', reasons: critical.map((name) => `${said(name)} is critical`) };
  if (request.scaleOut) return decideAsAsked(request, assessment);
  const carriedRate = critical.length > 0 || (alert?.metric !== undefined && settled(alert.metric));
  if (alert?.action === 'scale-out' && alert.metric && !settled(alert.metric))
    return decideByAlert(request, alert.metric, assessment);
  if (carriedRate) {
    return { action: 'watch', reasons: [`${said('requestRatePerMinute')}: the desired tasks carry it`] };
  }
  const warnings = at('warning').map((name) => `${said(name)} is at warning`);
  if (alert?.action === 'watch' || warnings.length > 0) {
    return { action: 'watch', reasons: warnings.length > 0 ? warnings : [`${request.alert} asks to watch`] };
  }
  const unknown = at('unknown').map(
    (name) => `${metricLabel(name)} is unknown (${assessment.metrics[name].unknown?.text})`,
  );
  if (unknown.length > 0) return { action: 'watch', reasons: unknown };
  return { action: 'none', reasons: ['every metric is ok and no alert asks for more'] };
}

/** A scale-out alert fires, but nothing is critical now: its own metric decides. Unknown is never taken for ok. */
function decideByAlert(
  { alert, firingSince }: Request,
  metric: MetricName,
  assessment: Assessment,
): Decision {
  const { level, value, unknown, at } = assessment.metrics[metric];
  const said = `${metricLabel(metric)} ${metricValue(metric, value)}`;
  if (level === 'unknown')
    return { action: 'scale-out', reasons: [`${alert} fires; ${said} (${unknown?.text})`] };
  if (level === 'warning')
    return { action: 'scale-out', reasons: [`${alert} fires and ${said} is still at warning`] };
  // Prometheus is ahead of CloudWatch by minutes: a value from before the alert says nothing against it.
  if (firingSince && at && Date.parse(at) + 60_000 <= Date.parse(firingSince)) {
    const minute = at.slice(11, 16);
    return { action: 'scale-out', reasons: [`${alert} fires since ${firingSince}; ${said} is of ${minute}`] };
  }
  return { action: 'watch', reasons: [`${alert} fired, but ${said} is ok now`] };
}

/** A person's change during the run stops it (invariant 8). */
export function personFirst(changes: readonly string[]): Decision | undefined {
  if (changes.length === 0) return undefined;
  return {
    action: 'hold',
    reasons: ['a person changed the service during this run, and it stays so', ...changes],
  };
}
