import type { Config } from '../config/schema.ts';
import type { Assessment } from '../document/assessment.ts';

/** Two whole minutes of points after a moment: the first still holds what came before it, like a backlog's last requests. Pure. */
export const pointsAreDue = (since: string, { at }: Assessment, { planning }: Config): boolean =>
  (Date.parse(at) - Date.parse(since)) / 1000 >= planning.metricDelaySeconds + 120;

/** Whether something ended so lately that the metrics do not show it yet; what goes on has not ended. Pure. */
export const isUnseen = (since: string | undefined, now: Assessment, config: Config): boolean =>
  since !== undefined && since <= now.at && !pointsAreDue(since, now, config);
