import { type MetricName, metricNames } from '../config/metric-catalogue.ts';
import type { Config } from '../config/schema.ts';
import type { ServiceConfig } from '../config/service.ts';
import type { Assessment } from '../document/assessment.ts';
import type { Snapshot } from '../incident/snapshot.ts';
import { levelOf } from '../metrics/thresholds.ts';

/** Up to which value a metric at warning is calm, and why: it was so before, or a policy holds it there. */
export type CalmLimit = { upTo: number } & ({ usual: number } | { target: number });
export interface CalmLimits {
  metrics: Partial<Record<MetricName, CalmLimit>>;
  /** Health endpoints that could not be asked before either: they are kept from us, and tell nothing of calm. */
  unheard: readonly ('api' | 'mcp')[];
  /** Requests per minute before the incident, where that is known. */
  requestRate?: number;
}

/** Health endpoints that are not well, but for those that could not be asked before either. Pure. */
export const unwellEndpoints = (
  health: Assessment['health'],
  unheard: CalmLimits['unheard'],
): ('api' | 'mcp')[] =>
  (['api', 'mcp'] as const).filter((endpoint) => {
    const { level } = health[endpoint];
    return level !== 'ok' && level !== 'none' && !(level === 'unknown' && unheard.includes(endpoint));
  });

/** How far above what it was before the incident a metric may be: load is never twice the same. */
const tolerance = 1.1;

/**
 * What is calm for this service although it is above the warning limit: what a metric was at warning before the
 * incident, and CPU up to the target at which the service's own policy holds it. Critical stays critical, and a metric
 * that was critical already tells nothing of a normal day. Pure.
 */
export function calmLimits(
  snapshot: Pick<Snapshot, 'cpuPolicy' | 'usual' | 'unheard'> | undefined,
  service: ServiceConfig,
  { thresholds }: Pick<Config, 'thresholds'>,
): CalmLimits {
  const target = snapshot ? snapshot.cpuPolicy?.target : service.cpuPolicy.baseline.target;
  const metrics = Object.fromEntries(
    metricNames.flatMap((name) => {
      const usual = snapshot?.usual?.[name];
      const before =
        usual !== undefined && levelOf(usual, thresholds[name]) === 'warning'
          ? [{ upTo: usual * tolerance, usual }]
          : [];
      const held = name === 'cpuPercent' && target !== undefined ? [{ upTo: target, target }] : [];
      const [widest] = [...before, ...held].toSorted((a, b) => b.upTo - a.upTo);
      return widest && widest.upTo > thresholds[name].warning ? [[name, widest]] : [];
    }),
  );
  const requestRate = snapshot?.usual?.requestRatePerMinute;
  return {
    metrics,
    unheard: snapshot?.unheard ?? [],
    ...(requestRate === undefined ? {} : { requestRate }),
  };
}
