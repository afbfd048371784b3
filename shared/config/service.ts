import * as z from 'zod';
import {
  address,
  ecsName,
  isPlain,
  loadBalancer,
  namespace,
  policyName,
  selector,
  targetGroup,
} from './aws-names.ts';
import { faultsOfRequestRows, MetricSources, missingForSources, PrometheusQueries } from './monitoring.ts';
import { count, tasks } from './numbers.ts';
import { Cache } from './servers/cache.ts';
import type { LoadBalancing } from './servers/load-balancing.ts';
import { PgBouncer } from './servers/pools.ts';
import { settings } from './settings.ts';

const cooldowns = { scaleOutCooldownSeconds: count, scaleInCooldownSeconds: count };
const cpuTarget = z.strictObject({ target: z.number().min(1).max(100), ...cooldowns });
const roleName = z
  .string()
  .regex(/^[\w+=,.@/*-]+$/, 'must be the name of a role, with its path, or a pattern of names with *');

const ownSettings = {
  thresholds: settings.thresholds.optional(),
  planning: settings.planning.optional(),
  timing: settings.timing.optional(),
  limits: settings.limits.optional(),
  approval: settings.approval.optional(),
  notices: settings.notices.optional(),
};

/** One service of an environment; see the table in docs/operations.md. */
export const ServiceConfig = z
  .strictObject({
    cluster: ecsName,
    service: ecsName,
    /** The key of the entry, which tells services of one name apart; filled in where it differs from that name. */
    key: z.string().optional(),
    /** Which of `accounts` it is in; the stage's own account and Region without it. */
    account: z.string().optional(),
    /** Where requests come from; a service that takes its work from elsewhere, such as a queue, has neither. */
    loadBalancer: loadBalancer.optional(),
    targetGroup: targetGroup.optional(),
    /** The other one of a pair between which ECS moves the traffic; alarms and the dashboard watch both. */
    alternateTargetGroup: targetGroup.optional(),
    customNamespace: namespace,
    /** The task and execution roles of the service's task definitions: a rollback hands them to ECS again. */
    taskRoles: z.array(roleName).min(1).default(['*']),
    cpuMetricSeconds: z.literal([20, 60]),
    /** Without an endpoint, or without both, nothing waits for its health. */
    health: z.strictObject({ api: address.optional(), mcp: address.optional() }).prefault({}),
    /** Base URL of the Prometheus HTTP API. */
    prometheusUrl: address.optional(),
    /** The API's own /metrics behind the load balancer: each request reads another task. */
    metricsUrl: address.optional(),
    /** Said aloud where an address above is read over plain HTTP. */
    plainHttp: z.boolean().optional(),
    /** Label matchers that tell this service's series, and those of its PgBouncer, from others. */
    prometheusSelector: selector.optional(),
    pgbouncerSelector: selector.optional(),
    prometheusQueries: PrometheusQueries.default({}),
    metrics: MetricSources.prefault({}),
    capacity: z
      .strictObject({
        baseline: z.strictObject({ desired: tasks, min: tasks, max: tasks }),
        emergency: z.strictObject({ min: tasks, max: tasks }),
        perTask: z.strictObject({ requestsPerMinute: z.number().positive(), connections: tasks.optional() }),
        taskQuota: tasks,
      })
      .refine(({ baseline }) => baseline.min <= baseline.desired && baseline.desired <= baseline.max, {
        error: 'baseline must hold min <= desired <= max',
      })
      .refine(({ baseline, emergency }) => emergency.min <= emergency.max && baseline.max <= emergency.max, {
        error: 'emergency must hold min <= max and max >= baseline.max',
      })
      .refine(({ emergency, taskQuota }) => emergency.max <= taskQuota, {
        error: 'must be at most taskQuota: the account starts no more tasks',
        path: ['emergency', 'max'],
      }),
    cpuPolicy: z.strictObject({
      name: policyName,
      temporaryName: policyName,
      baseline: cpuTarget,
      emergency: cpuTarget,
    }),
    /** Follows the average response time at the load balancer; without it `configure-autoscaling` puts none. */
    latencyPolicy: z
      .strictObject({ name: policyName, targetMilliseconds: z.number().positive(), ...cooldowns })
      .optional(),
    /** Follows the requests per task and minute; without it `configure-autoscaling` puts none. */
    requestPolicy: z
      .strictObject({ name: policyName, target: z.number().positive(), ...cooldowns })
      .optional(),
    /** Where the service differs from its stage; filled up with what that says. */
    ...ownSettings,
    /** A service without PgBouncer leaves it out: then no connection budget caps its tasks, and nobody is told of pools. */
    pgbouncer: PgBouncer.optional(),
    /** Redis or Valkey, which `npm run status` reads, and a run whose dependency is down; without it nothing asks a cache. */
    cache: Cache.optional(),
  })
  .superRefine((service, context) => {
    const unbalanced = missingForRequests(service);
    const faults = [
      ...(unbalanced.length > 0 ? unbalanced : faultsOfRequestRows(service)),
      ...missingForSources(service),
      ...missingForConnections(service),
      ...plainAddresses(service),
      ...missingForLoad(service),
    ];
    for (const fault of faults) context.addIssue({ code: 'custom', ...fault });
  });

interface Behind extends LoadBalancing {
  alternateTargetGroup?: string | undefined;
  latencyPolicy?: object | undefined;
  requestPolicy?: object | undefined;
}

/** What is said of a load balancer by a service that names none, or half of one: one fault where one line is missing. */
function missingForRequests(service: Behind) {
  const { loadBalancer, targetGroup } = service;
  const missing = (path: string, because: string) => ({
    path: [path],
    message: `must be given, because ${because} is`,
  });
  if (loadBalancer !== undefined)
    return targetGroup === undefined ? [missing('targetGroup', 'loadBalancer')] : [];
  if (targetGroup !== undefined) return [missing('loadBalancer', 'targetGroup')];
  return (['alternateTargetGroup', 'latencyPolicy', 'requestPolicy'] as const)
    .filter((key) => service[key] !== undefined)
    .map((key) => missing('loadBalancer', key));
}

/** PgBouncer lets only so many connections in: how many a task takes must be known. */
const missingForConnections = ({ pgbouncer, capacity }: Connected) =>
  pgbouncer && pgbouncer.topology !== 'sidecar' && capacity.perTask.connections === undefined
    ? [{ path: ['capacity', 'perTask', 'connections'], message: 'must be given, because pgbouncer is' }]
    : [];

/** The load of the database, at which no further key is removed, is PostgreSQL's own. */
const missingForLoad = ({ cache, pgbouncer }: Loaded) =>
  cache?.mostActiveSessions !== undefined && !pgbouncer?.database
    ? [{ path: ['pgbouncer', 'database'], message: 'must be given, because cache.mostActiveSessions is' }]
    : [];

interface Loaded {
  cache?: { mostActiveSessions?: number | undefined } | undefined;
  pgbouncer?: { database?: object | undefined } | undefined;
}

interface Connected {
  pgbouncer?: { topology?: string | undefined } | undefined;
  capacity: { perTask: { connections?: number | undefined } };
}

interface Addresses {
  health: { api?: string | undefined; mcp?: string | undefined };
  prometheusUrl?: string | undefined;
  metricsUrl?: string | undefined;
  plainHttp?: boolean | undefined;
}

/** The addresses over plain HTTP of a service that does not say that it means them. */
function plainAddresses({ health, prometheusUrl, metricsUrl, plainHttp }: Addresses) {
  if (plainHttp) return [];
  const found: [string[], string | undefined][] = [
    [['health', 'api'], health.api],
    [['health', 'mcp'], health.mcp],
    [['prometheusUrl'], prometheusUrl],
    [['metricsUrl'], metricsUrl],
  ];
  const message =
    'must begin with https://; where the way to it is private, say plainHttp: true in the entry of the service';
  return found.filter(([, text]) => isPlain(text)).map(([path]) => ({ path, message }));
}

export type ServiceConfig = z.infer<typeof ServiceConfig>;
