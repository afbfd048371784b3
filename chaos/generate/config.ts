import { cacheOf } from '../../sandbox/cache/asking.ts';
import { readConfig } from '../../sandbox/config-files.ts';
import { perMetric } from '../../shared/config/metric-catalogue.ts';
import type { MetricSourceName } from '../../shared/config/metric-sources.ts';
import type { Config } from '../../shared/config/schema.ts';
import type { ServiceConfig } from '../../shared/config/service.ts';

/** The two kinds of environment: one asks people before it scales in, the other does not. */
export type Environment = 'production' | 'staging';

const known = new Map<string, Config>();

/**
 * The shipped configuration with shorter waits, so that an incident takes half an hour instead of a day. Everything
 * that decides (bounds, thresholds, limits, approvals) is as shipped. Prometheus is asked only where it matters, because
 * each of its answers costs time.
 * @param worker the service takes its work from a queue
 */
export function chaosConfig(environment: Environment, withPrometheus = true, worker = false): Config {
  const key = `${environment} ${withPrometheus} ${worker}`;
  const made = known.get(key) ?? withShortWaits(servicesOf(readConfig(environment), withPrometheus, worker));
  known.set(key, made);
  return made;
}

/** The service as one that takes its work from a queue: no load balancer, no endpoint, no database; CPU tells all. */
export function asWorker(service: ServiceConfig): ServiceConfig {
  const worker = structuredClone(service);
  delete worker.loadBalancer;
  delete worker.targetGroup;
  delete worker.alternateTargetGroup;
  delete worker.latencyPolicy;
  delete worker.requestPolicy;
  delete worker.pgbouncer;
  delete worker.capacity.perTask.connections;
  const metrics = perMetric((name) => (name === 'cpuPercent' ? service.metrics[name] : []));
  return { ...worker, health: {}, metrics };
}

/** So little that a cold cache is too much for the database of a quiet service. */
const mostActiveSessions = 2;

function servicesOf(config: Config, withPrometheus: boolean, worker: boolean): Config {
  const services = Object.entries(config.services).map(([name, service]) => {
    const metrics = withPrometheus ? service.metrics : perMetric<MetricSourceName[]>(() => ['cloudwatch']);
    const cache = { ...cacheOf(config.environment), mostActiveSessions };
    const made = { ...service, metrics, cache };
    return [name, worker ? asWorker(made) : made] as const;
  });
  return { ...config, services: Object.fromEntries(services) };
}

/** The configuration with short waits between looks, for calm and for answers. Pure. */
export function withShortWaits(config: Config): Config {
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
