import * as z from 'zod';
import { MetricSources, missingForSources, PrometheusQueries } from './monitoring.ts';
import { count, tasks } from './numbers.ts';

const cooldowns = { scaleOutCooldownSeconds: count, scaleInCooldownSeconds: count };
const cpuTarget = z.strictObject({ target: z.number().min(1).max(100), ...cooldowns });
const roleName = z
  .string()
  .regex(/^[\w+=,.@/*-]+$/, 'must be the name of a role, with its path, or a pattern of names with *');
const poolSizes = z.strictObject({
  defaultPoolSize: tasks,
  minPoolSize: count,
  reservePoolSize: count,
  maxClientConn: tasks,
});

/** One service of an environment; see the table in docs/operations.md. */
export const ServiceConfig = z
  .strictObject({
    cluster: z.string().min(1),
    service: z.string().min(1),
    loadBalancer: z.string().regex(/^app\/[^/]+\/[^/]+$/, 'must look like app/NAME/ID'),
    targetGroup: z.string().regex(/^targetgroup\/[^/]+\/[^/]+$/, 'must look like targetgroup/NAME/ID'),
    /** The other one of a pair between which ECS moves the traffic; alarms and the dashboard watch both. */
    alternateTargetGroup: z
      .string()
      .regex(/^targetgroup\/[^/]+\/[^/]+$/, 'must look like targetgroup/NAME/ID')
      .optional(),
    customNamespace: z.string().min(1),
    /** The task and execution roles of the service's task definitions: a rollback hands them to ECS again. */
    taskRoles: z.array(roleName).min(1).default(['*']),
    cpuMetricSeconds: z.literal([20, 60]),
    /** Without an endpoint, or without both, nothing waits for its health. */
    health: z.strictObject({ api: z.url().optional(), mcp: z.url().optional() }).prefault({}),
    /** Base URL of the Prometheus HTTP API. */
    prometheusUrl: z.url().optional(),
    /** The API's own /metrics behind the load balancer: each request reads another task. */
    metricsUrl: z.url().optional(),
    /** Label matchers that tell this service's series, and those of its PgBouncer, from others. */
    prometheusSelector: z.string().min(1).optional(),
    pgbouncerSelector: z.string().min(1).optional(),
    prometheusQueries: PrometheusQueries.default({}),
    metrics: MetricSources.prefault({}),
    capacity: z
      .strictObject({
        baseline: z.strictObject({ desired: tasks, min: tasks, max: tasks }),
        emergency: z.strictObject({ min: tasks, max: tasks }),
        perTask: z.strictObject({ requestsPerMinute: z.number().positive(), connections: tasks }),
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
      name: z.string().min(1),
      temporaryName: z.string().min(1),
      baseline: cpuTarget,
      emergency: cpuTarget,
    }),
    /** Follows the average response time at the load balancer; without it `configure-autoscaling` puts none. */
    latencyPolicy: z
      .strictObject({ name: z.string().min(1), targetMilliseconds: z.number().positive(), ...cooldowns })
      .optional(),
    /** Follows the requests per task and minute; without it `configure-autoscaling` puts none. */
    requestPolicy: z
      .strictObject({ name: z.string().min(1), target: z.number().positive(), ...cooldowns })
      .optional(),
    pgbouncer: z.strictObject({ baseline: poolSizes, emergency: poolSizes, heldByOthers: count }),
  })
  .superRefine((service, context) => {
    for (const fault of missingForSources(service)) context.addIssue({ code: 'custom', ...fault });
  });
export type ServiceConfig = z.infer<typeof ServiceConfig>;
