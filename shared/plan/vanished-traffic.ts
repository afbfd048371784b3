import type { Assessment } from '../document/assessment.ts';
import type { Reason } from '../document/reason.ts';
import { because } from '../format/reasons.ts';
import { unwellEndpoints } from './calm-limits.ts';
import { killedByHealthChecks } from './failed-starts.ts';

/** Below this share of what is usual traffic has vanished: requests do not come through, or callers gave up. */
const leastShare = 0.25;
/** Fewer requests in a minute stay away by themselves. */
const enoughRequests = 30;

/** Whether nobody asked for anything, while CloudWatch and the targets are well: metrics of requests have no points then. */
export const hadNoRequests = ({ metrics }: Pick<Assessment, 'metrics'>): boolean =>
  metrics.requestRatePerMinute.unknown?.cause === 'no-requests';

/** Requests per minute now; undefined when that is unknown. */
export const requestsNow = (assessment: Pick<Assessment, 'metrics'>): number | undefined =>
  hadNoRequests(assessment) ? 0 : assessment.metrics.requestRatePerMinute.value;

/**
 * That traffic has vanished, and what is wrong: far fewer requests than are usual at this hour, while a dependency, the
 * API or the targets are not well. Few requests make every metric look calm, and the callers come back all at once.
 * What is usual is the day before's rate and the one before the incident, the lower one where both are known. Pure.
 * @param before requests per minute before the incident.
 * @param unheard health endpoints that could not be asked before either.
 */
export function vanishedTraffic(
  assessment: Assessment,
  before: number | undefined,
  unheard: readonly ('api' | 'mcp')[],
): Reason | undefined {
  const known = [before, assessment.requestRateDayBefore].filter((rate) => rate !== undefined);
  const usual = Math.min(...known);
  const rate = requestsNow(assessment);
  if (known.length === 0 || rate === undefined) return undefined;
  if (usual < enoughRequests || rate >= leastShare * usual) return undefined;
  const unwell = whatIsUnwell(assessment, unheard);
  const gone = unwell.down.length + unwell.endpoints.length + unwell.killed > 0;
  return gone ? because('traffic-vanished', { rate, usual: Math.round(usual), ...unwell }) : undefined;
}

function whatIsUnwell(assessment: Assessment, unheard: readonly ('api' | 'mcp')[]) {
  const { health } = assessment;
  const endpoints = unwellEndpoints(health, unheard);
  const killed = killedByHealthChecks(assessment).reduce((sum, { count }) => sum + count, 0);
  return { down: [...new Set([...health.api.down, ...health.mcp.down])], endpoints, killed };
}
