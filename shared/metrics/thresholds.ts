import type { MetricName } from '../config/metric-catalogue.ts';
import type { Config } from '../config/schema.ts';
import type { Level } from '../document/assessment.ts';

/**
 * Level of a value against its row of the runbook's Alert Thresholds. The limits are exclusive (">60%"): exactly at
 * the limit is still the lower level. Anything that is not a finite, non-negative number is `unknown`, never `ok`.
 */
export function levelOf(value: number | undefined, limit: Config['thresholds'][MetricName]): Level {
  if (value === undefined || !Number.isFinite(value) || value < 0) return 'unknown';
  if (value > limit.critical) return 'critical';
  return value > limit.warning ? 'warning' : 'ok';
}

const order: readonly Level[] = ['ok', 'unknown', 'warning', 'critical'];

/** The worst of several levels; `unknown` is worse than `ok`, because nothing that is unknown may pass for ok. */
export function worst(levels: readonly Level[]): Level {
  return levels.reduce<Level>((a, b) => (order.indexOf(b) > order.indexOf(a) ? b : a), 'ok');
}
