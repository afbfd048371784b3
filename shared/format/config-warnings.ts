import type { MetricName } from '../config/metric-catalogue.ts';
import { forService } from '../config/packaged.ts';
import type { Config } from '../config/schema.ts';
import { type SidecarBudget, sidecarBudget } from '../pool/topology/sidecar.ts';
import { metricLabel, metricValue } from './metrics.ts';
import { tasks } from './numbers.ts';
import { sidecarText } from './pools/sidecar.ts';

/**
 * What is valid and still worth a look, one sentence each, with the key: a policy whose target is above the warning
 * limit of what it follows holds the service at warning; autoscaling by itself takes PostgreSQL's last connections. Pure.
 */
export function configWarnings(config: Config): string[] {
  const warning = (name: string, path: string, metric: MetricName, target: number): string[] => {
    const limit = forService(config, name).thresholds[metric];
    const key = `services.${name}.${path}`;
    if (target <= limit.warning) return [];
    const is = `${key}: the policy's target of ${metricValue(metric, target)} is above`;
    const label = metricLabel(metric);
    return target > limit.critical
      ? [
          `${is} the critical limit of ${label} (${metricValue(metric, limit.critical)}): scale-in may never find calm`,
        ]
      : [
          `${is} the warning limit of ${label} (${metricValue(metric, limit.warning)}): the service may stay at warning`,
        ];
  };
  return Object.entries(config.services).flatMap(
    ([name, { cpuPolicy, latencyPolicy, capacity, pgbouncer }]) => [
      ...sidecarWarnings(name, capacity.baseline.max, sidecarBudget(pgbouncer)),
      ...warning(name, 'cpuPolicy.baseline.target', 'cpuPercent', cpuPolicy.baseline.target),
      ...(latencyPolicy
        ? warning(
            name,
            'latencyPolicy.targetMilliseconds',
            'latencyP95Seconds',
            latencyPolicy.targetMilliseconds / 1000,
          )
        : []),
    ],
  );
}

/** Autoscaling knows nothing of connections: where its own max is above what fits, no run is needed for the last one to go. */
const sidecarWarnings = (name: string, max: number, budget: SidecarBudget | undefined): string[] =>
  budget && max > budget.tasks
    ? [
        `services.${name}.capacity.baseline.max: autoscaling may start ${tasks(max)} by itself, and ${sidecarText(budget)}`,
      ]
    : [];
