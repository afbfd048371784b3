import { readConfig } from '../../sandbox/config-files.ts';
import { metricNames } from '../../shared/config/metric-catalogue.ts';
import type { Config } from '../../shared/config/schema.ts';

/** The two kinds of environment: one asks people before it scales in, the other does not. */
export type Environment = 'production' | 'staging';

const known = new Map<string, Config>();

/**
 * The shipped configuration with shorter waits, so that an incident takes half an hour instead of a day. Everything
 * that decides (bounds, thresholds, limits, approvals) is as shipped. Prometheus is asked only where it matters, because
 * each of its answers costs time.
 */
export function chaosConfig(environment: Environment, withPrometheus = true): Config {
  const key = `${environment} ${withPrometheus}`;
  const made = known.get(key) ?? shorter(sources(readConfig(environment), withPrometheus));
  known.set(key, made);
  return made;
}

function sources(config: Config, withPrometheus: boolean): Config {
  if (withPrometheus) return config;
  const services = Object.entries(config.services).map(([name, service]) => {
    const metrics = { ...service.metrics };
    for (const metric of metricNames) metrics[metric] = ['cloudwatch'];
    return [name, { ...service, metrics }] as const;
  });
  return { ...config, services: Object.fromEntries(services) };
}

function shorter(config: Config): Config {
  const { approval, timing } = config;
  return {
    ...config,
    timing: {
      ...timing,
      verify: { intervalSeconds: 45, deadlineSeconds: 420 },
      watch: { intervalSeconds: 120, deadlineSeconds: 480 },
      calm: { intervalSeconds: 120, forSeconds: 120, withoutRequestsSeconds: 600, deadlineSeconds: 3600 },
    },
    approval: { ...approval, expiresAfterSeconds: 1500, escalateBeforeSeconds: 300, checkSeconds: 180 },
  };
}
