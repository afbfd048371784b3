import * as v from 'valibot';
import { datetime, int } from '../core/schema.ts';
import { Reason } from './reason.ts';
import { Bounds, CpuPolicy, OtherPolicy } from './settings.ts';

export const Level = v.picklist(['ok', 'warning', 'critical', 'unknown']);

export type Level = v.InferOutput<typeof Level>;

export const MetricView = v.object({
  level: Level,
  /** Absent when unknown; the unit is in the metric's name. */
  value: v.optional(v.number()),
  source: v.string(),
  /** Start of the period that the value covers. */
  at: v.optional(v.string()),
  /** Seconds from the start of that period to the assessment. */
  ageSeconds: v.optional(int),
  /** Why it is unknown. */
  reason: v.optional(v.string()),
  /** What the further sources say: their newest value, or why they have none. */
  others: v.optional(
    v.array(v.object({ source: v.string(), value: v.optional(v.number()), reason: v.optional(v.string()) })),
  ),
});

export type MetricView = v.InferOutput<typeof MetricView>;

export const ServiceView = v.object({
  status: v.string(),
  desired: int,
  running: int,
  pending: int,
  taskDefinition: v.string(),
  rollout: v.picklist(['steady', 'in-progress', 'failed']),
  failedTasks: int,
  /** When the present deployment was created; changing the count starts none. */
  deployedAt: v.optional(v.string()),
  events: v.array(v.object({ at: v.string(), message: v.string() })),
});

export type ServiceView = v.InferOutput<typeof ServiceView>;

const Unknown = v.object({ unknown: v.string() });

export const AutoscalingView = v.union([
  v.object({
    bounds: Bounds,
    cpuPolicy: v.optional(CpuPolicy),
    otherPolicies: v.array(OtherPolicy),
    temporaryPolicyFound: v.boolean(),
    /** Newest first, at most ten; what did not scale says why. */
    activities: v.array(v.object({ at: v.string(), count: v.optional(int), text: v.string() })),
  }),
  v.object({ absent: v.literal(true) }),
  Unknown,
]);

export type AutoscalingView = v.InferOutput<typeof AutoscalingView>;

export const HealthView = v.object({
  level: Level,
  detail: v.string(),
  /** Dependencies that the endpoint's own body calls down. */
  down: v.array(v.string()),
});

export type HealthView = v.InferOutput<typeof HealthView>;

/** The runbook's five common causes, a deployment, or nothing that stands out. */
const causeNames = [
  'traffic-spike',
  'slow-queries',
  'memory-pressure',
  'pool-exhaustion',
  'upstream-failure',
  'deployment',
  'unclear',
] as const;

export const Cause = v.object({
  name: v.picklist(causeNames),
  /** How far the evidence is ahead of the next best cause. */
  confidence: v.picklist(['high', 'medium', 'low']),
  evidence: v.array(Reason),
  /** What speaks against it. */
  against: v.array(Reason),
});

export type Cause = v.InferOutput<typeof Cause>;

export const Assessment = v.object({
  at: datetime,
  service: v.union([ServiceView, Unknown]),
  stoppedTasks: v.array(v.object({ reason: v.string(), count: int })),
  /** Why the stopped tasks could not be read: then the list says nothing. */
  stoppedTasksUnknown: v.optional(v.string()),
  autoscaling: AutoscalingView,
  metrics: v.object({
    cpuPercent: MetricView,
    latencyP95Seconds: MetricView,
    latencyP99Seconds: MetricView,
    errorRatePercent: MetricView,
    dbPoolPercent: MetricView,
    pgbouncerPoolPercent: MetricView,
    pgbouncerWaitMilliseconds: MetricView,
    requestRatePerMinute: MetricView,
  }),
  /** Change of the request rate per minute, in requests per minute; absent when unknown. */
  requestRateSlope: v.optional(v.number()),
  /** Requests that wait in the tasks' queues, by Little's law; absent when unknown. */
  backlog: v.optional(v.number()),
  /** Requests per minute that one task serves at 100 % CPU, as measured; absent when it can't be told. */
  perTaskCapacity: v.optional(v.number()),
  health: v.object({ api: HealthView, mcp: HealthView }),
  /** Memory of the reserved, in percent; no row of the threshold table, but evidence. */
  memoryPercent: MetricView,
  cause: Cause,
});

export type Assessment = v.InferOutput<typeof Assessment>;
