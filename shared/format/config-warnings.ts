import type { MetricName } from '../config/metric-catalogue.ts';
import { forService } from '../config/packaged.ts';
import type { Config } from '../config/schema.ts';

import { metricLabel, metricValue } from './metrics.ts';

/**
 * What is valid and still worth a look, one sentence each, with the key: a policy whose target is above the warning
 * limit of what it follows holds the service at warning. Pure.
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
  return Object.entries(config.services).flatMap(([name, { cpuPolicy, latencyPolicy }]) => [
    ...warning(name, 'cpuPolicy.baseline.target', 'cpuPercent', cpuPolicy.baseline.target),
    ...(latencyPolicy
      ? warning(
          name,
          'latencyPolicy.targetMilliseconds',
          'latencyP95Seconds',
          latencyPolicy.targetMilliseconds / 1000,
        )
      : []),
  ]);
}
