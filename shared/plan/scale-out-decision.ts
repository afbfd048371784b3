import { alertOf } from '../alerts/catalogue.ts';
import { type MetricName, metricNames, metricOf } from '../config/metric-catalogue.ts';
import type { Assessment, Level, MetricView } from '../document/assessment.ts';
import type { Reason } from '../document/reason.ts';
import type { Request } from '../document/request.ts';
import { because } from '../format/reasons.ts';
import type { Decision } from './decision.ts';
import { decideAsAsked } from './scale-out-asked.ts';
import { type Awaited, blocker } from './scale-out-blockers.ts';

/** Metrics that more tasks can improve. */
const drivenByTasks = metricNames.filter((name) => metricOf(name).drivenByTasks);

/**
 * The action that the situation asks for, before any number: the alert's own from the Quick Reference, raised by the
 * threshold table, overruled by what makes more tasks useless. Pure.
 * @param startsSince from when on a failed start speaks of the tasks that would be added.
 * @param awaited what the run waits for, or has waited for, that stands in the way of more tasks.
 * @param carried whether the desired tasks carry the present traffic; a high request rate alone then hurts nobody.
 */
export function decide(
  request: Request,
  assessment: Assessment,
  carried: boolean,
  startsSince: string,
  awaited: Awaited = {},
): Decision {
  const alert = request.alert === undefined ? undefined : alertOf(request.alert);
  if (request.alert && alert?.action === 'escalate')
    return { action: 'escalate', reasons: [because('alert-escalates', { alert: request.alert })] };
  const blocked = blocker(request, assessment, startsSince, awaited);
  if (blocked) return blocked;
  const at = (level: Level, names: readonly MetricName[] = metricNames) =>
    names.filter((name) => assessment.metrics[name].level === level);
  const said = (metric: MetricName) => ({ metric, value: assessment.metrics[metric].value });
  const settled = (name: MetricName) => carried && name === 'requestRatePerMinute';
  const critical = at('critical', drivenByTasks);
  if (!critical.every(settled))
    return { action: 'scale-out', reasons: critical.map((name) => because('metric-critical', said(name))) };
  if (request.scaleOut) return decideAsAsked(request, assessment);
  const carriedRate = critical.length > 0 || (alert?.metric !== undefined && settled(alert.metric));
  if (alert?.action === 'scale-out' && alert.metric && !settled(alert.metric))
    return decideByAlert(request, alert.metric, assessment);
  if (carriedRate)
    return { action: 'watch', reasons: [because('rate-carried', said('requestRatePerMinute'))] };
  const warnings = at('warning').map((name) => because('metric-warning', said(name)));
  if (warnings.length > 0) return { action: 'watch', reasons: warnings };
  if (alert?.action === 'watch')
    return { action: 'watch', reasons: [because('alert-asks-to-watch', { alert: request.alert })] };
  const unknown = at('unknown').map((metric) =>
    because('metric-unknown', { metric, why: whyUnknown(assessment.metrics[metric]) }),
  );
  if (unknown.length > 0) return { action: 'watch', reasons: unknown };
  return { action: 'none', reasons: [because('nothing-asked')] };
}

/** A scale-out alert fires, but nothing is critical now: its own metric decides. Unknown is never taken for ok. */
function decideByAlert(
  { alert, firingSince }: Request,
  metric: MetricName,
  assessment: Assessment,
): Decision {
  const { level, value, at } = assessment.metrics[metric];
  const said = { alert, metric, value };
  // Somebody else sees what the configuration leaves out.
  if (level === 'none')
    return { action: 'scale-out', reasons: [because('alert-row-left-out', { alert, metric })] };
  if (level === 'unknown') {
    const why = whyUnknown(assessment.metrics[metric]);
    return { action: 'scale-out', reasons: [because('alert-metric-unknown', { ...said, why })] };
  }
  if (level === 'warning') return { action: 'scale-out', reasons: [because('alert-metric-warning', said)] };
  // Prometheus is ahead of CloudWatch by minutes: a value from before the alert says nothing against it.
  if (firingSince && at && Date.parse(at) + 60_000 <= Date.parse(firingSince)) {
    const reason = because('alert-is-newer', { ...said, since: firingSince, at });
    return { action: 'scale-out', reasons: [reason] };
  }
  return { action: 'watch', reasons: [because('alert-over', said)] };
}

const whyUnknown = ({ unknown }: MetricView): string => unknown?.text ?? '';

/** A person's change during the run stops it (invariant 8). */
export function personFirst(changes: readonly Reason[]): Decision | undefined {
  if (changes.length === 0) return undefined;
  return { action: 'hold', reasons: [because('person-changed'), ...changes] };
}
