import { metricNames } from '../config/metric-catalogue.ts';
import type { Config } from '../config/schema.ts';
import type { Assessment } from '../document/assessment.ts';
import type { Reason } from '../document/reason.ts';
import { because } from '../format/reasons.ts';
import { hurts } from '../plan/scale-in.ts';
import { hadNoRequests } from '../plan/vanished-traffic.ts';
import type { Verdict } from './check.ts';

/** Since when it is calm, and why it is not so now. */
export interface Calm {
  calmSince: string | undefined;
  /** Since when users are affected at every look. */
  affectedSince?: string | undefined;
  blockers: Reason[];
}

/**
 * Whether it has been calm for long enough (runbook: Scale-In Procedure, stabilising); an alarm where users are affected
 * for as long as a verification lasts: no alarm may come any more, because it never went back to OK. Pure.
 */
export function calm(now: Assessment, config: Config, { calmSince, affectedSince, blockers }: Calm): Verdict {
  const alarms = criticalNow(now);
  const affected = affectedSince === undefined ? 0 : secondsSince(affectedSince, now);
  if (affected >= config.timing.verify.deadlineSeconds)
    return { state: 'alarm', reasons: [because('stays-critical', { seconds: affected }), ...alarms] };
  const vanished = blockers.filter(({ code }) => code === 'traffic-vanished');
  if (!calmSince)
    return { state: 'waiting', reasons: alarms.length > 0 ? [...vanished, ...alarms] : blockers };
  const seconds = secondsSince(calmSince, now);
  const { forSeconds, withoutRequestsSeconds } = config.timing.calm;
  const nobody = hadNoRequests(now);
  const needed = nobody ? Math.max(forSeconds, withoutRequestsSeconds) : forSeconds;
  const reason = because(nobody ? 'stabilising-without-requests' : 'stabilising', { seconds, needed });
  return { state: seconds >= needed ? 'reached' : 'waiting', reasons: [reason] };
}

/** Whether a step down left everything calm; an alarm where something became critical. Pure. */
export function step(now: Assessment, config: Config, since: Calm): Verdict {
  const alarms = criticalNow(now);
  if (alarms.length > 0) return { state: 'alarm', reasons: [because('step-made-worse'), ...alarms] };
  const verdict = calm(now, config, since);
  return since.calmSince
    ? { state: 'reached', reasons: [because('step-is-fine'), ...staying(now)] }
    : verdict;
}

/**
 * Tasks that run on although fewer are asked for: ECS stops none that is protected (`UpdateTaskProtection`), and lets the
 * others finish their requests. They are waited for by nobody: the desired count is what a step sets.
 */
export function staying({ service }: Pick<Assessment, 'service'>): Reason[] {
  if ('unknown' in service || service.running <= service.desired) return [];
  const { running, desired } = service;
  return [because('tasks-stay', { running, desired })];
}

const secondsSince = (time: string, { at }: Assessment): number =>
  Math.round((Date.parse(at) - Date.parse(time)) / 1000);

function criticalNow(now: Assessment): Reason[] {
  return metricNames
    .filter((name) => now.metrics[name].level === 'critical' && hurts(name))
    .map((metric) => because('metric-critical', { metric, value: now.metrics[metric].value }));
}
