import { metricNames } from '../config/packaged.ts';
import type { Assessment } from '../document/assessment.ts';
import type { Request } from '../document/request.ts';
import { because } from '../format/reasons.ts';
import type { Decision } from './decision.ts';

/**
 * A request for more tasks without an alert, where nothing is critical: a person's word is enough; a workflow saw
 * something get worse, so it is watched where every metric is ok again. Pure.
 */
export function decideAsAsked({ source, requestedBy }: Request, { metrics }: Assessment): Decision {
  const open = metricNames.filter((metric) => metrics[metric].level !== 'ok');
  if (source === 'workflow' && open.length === 0)
    return { action: 'watch', reasons: [because('asked-but-ok', { by: requestedBy })] };
  return { action: 'scale-out', reasons: [because('asked-for-tasks', { by: requestedBy })] };
}
