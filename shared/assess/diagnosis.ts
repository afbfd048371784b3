import { metricNames } from '../config/packaged.ts';
import type { Cause } from '../document/assessment.ts';
import { because } from '../format/reasons.ts';
import type { Point } from '../metrics/series.ts';
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
    const { level, reason: why = 'no data points' } = metrics[metric];
    return level === 'unknown' ? [because('metric-unknown', { metric, why })] : [];
  });
  return { name: 'unclear', confidence: 'low', evidence, against: [] };
}

const oldPoints = 5;

function trafficOf({ requests, metrics }: Clues): Traffic {
  const { level } = metrics.requestRatePerMinute;
  const points = 'points' in requests ? requests.points : [];
  const now = points.at(-1)?.value;
  const before = median(points.slice(0, oldPoints));
  const ratio =
    now !== undefined && before !== undefined && before > 0 && points.length > oldPoints
      ? now / before
      : undefined;
  const high = level === 'warning' || level === 'critical' || (ratio ?? 0) >= 1.5;
  return { ratio, high, flat: !high && level === 'ok' && (ratio ?? 1) < 1.3 };
}

const sum = (found: readonly Finding[]) => found.reduce((total, { weight }) => total + weight, 0);

function median(points: readonly Point[]): number | undefined {
  const sorted = points.map(({ value }) => value).toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}
