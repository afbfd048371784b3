import { metricNames } from '../config/metric-catalogue.ts';
import type { Cause } from '../document/assessment.ts';
import { because } from '../format/reasons.ts';
import { medianOf, pointsOf } from '../metrics/series.ts';
import { killedByHealthChecks } from '../plan/failed-starts.ts';
import {
  type Clues,
  deployment,
  type Finding,
  memoryPressure,
  poolExhaustion,
  slowQueries,
  type Traffic,
  trafficSpike,
  upstreamFailure,
} from './causes.ts';

type CauseName = Exclude<Cause['name'], 'unclear'>;

/** Evidence below this is not enough to name a cause. */
const enough = 3;
/** How far ahead of the next cause makes it medium or high. */
const mediumLead = 2;
const highLead = 4;

/**
 * The most probable of the runbook's common causes (Step 1), with what speaks for it and against it. Every cause
 * collects weighted findings; the highest sum wins, and its lead over the next says how sure it is. Pure.
 */
export function diagnose(clues: Clues): Cause {
  const traffic = trafficOf(clues);
  const findings: Record<CauseName, Finding[]> = {
    deployment: deployment(clues, traffic),
    'upstream-failure': upstreamFailure(clues, traffic),
    'memory-pressure': memoryPressure(clues, traffic),
    'pool-exhaustion': poolExhaustion(clues),
    'traffic-spike': trafficSpike(clues, traffic),
    'slow-queries': slowQueries(clues, traffic),
  };
  const ranked = Object.entries(findings)
    .map(([name, found]) => ({ name: name as CauseName, found, score: sum(found) }))
    .toSorted((a, b) => b.score - a.score);
  const [best, next] = ranked;
  if (!best || best.score < enough) return unclear(clues);
  const lead = best.score - Math.max(next?.score ?? 0, 0);
  return {
    name: best.name,
    confidence: lead >= highLead ? 'high' : lead >= mediumLead ? 'medium' : 'low',
    evidence: best.found.filter(({ weight }) => weight > 0).map(({ reason }) => reason),
    against: best.found.filter(({ weight }) => weight < 0).map(({ reason }) => reason),
  };
}

function unclear({ metrics }: Clues): Cause {
  const evidence = metricNames.flatMap((metric) => {
    const { level, unknown } = metrics[metric];
    return level === 'unknown' ? [because('metric-unknown', { metric, why: unknown?.text ?? '' })] : [];
  });
  return { name: 'unclear', confidence: 'low', evidence, against: [] };
}

const oldPoints = 5;

function trafficOf({ series, metrics, stoppedTasks }: Clues): Traffic {
  const { requestRatePerMinute: requests } = series;
  const { level, at } = metrics.requestRatePerMinute;
  const points = pointsOf(requests);
  const now = points.at(-1)?.value;
  const before = medianOf(points.slice(0, oldPoints));
  const ratio =
    now !== undefined && before !== undefined && before > 0 && points.length > oldPoints
      ? now / before
      : undefined;
  // While tasks fail their health checks, the load balancer refuses requests, and counts none of those.
  const killed = killedByHealthChecks({ stoppedTasks }).length > 0;
  const served = killed ? 1 - Math.min(metrics.errorRatePercent.value ?? 0, 90) / 100 : 1;
  const rises = (times: number) => times >= 1.5;
  const refused = !rises(ratio ?? 0) && rises((ratio ?? 0) / served);
  const high = level === 'warning' || level === 'critical' || refused || rises(ratio ?? 0);
  const current = at !== undefined && coversWhatIsBad(metrics, Date.parse(at));
  // Far fewer requests than before are not flat either: callers went away, or were refused before they were counted.
  const even = (ratio ?? 1) < 1.3 && (ratio ?? 1) > 0.75;
  return { ratio, refused, high, flat: !high && level === 'ok' && current && even };
}

/** CPU and latency may be a minute ahead of the request rate, which then says nothing about why they are bad. */
const coversWhatIsBad = (metrics: Clues['metrics'], newestRate: number): boolean =>
  metricNames.every((name) => {
    const { level, at } = metrics[name];
    const isBad = level === 'warning' || level === 'critical';
    return !isBad || at === undefined || Date.parse(at) < newestRate + 60_000;
  });

const sum = (found: readonly Finding[]) => found.reduce((total, { weight }) => total + weight, 0);
