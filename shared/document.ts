import * as z from 'zod/mini';
import { alertNames } from './alerts.ts';

/**
 * The document that flows through every state machine. Each step adds one key and changes no other, so the
 * execution history shows what each step knew. Counts and summaries only: it stays far below 256 KiB.
 */

export const machines = ['emergency-scaling', 'scale-in', 'rollback', 'configure-autoscaling'] as const;

/** The parameters of the runbook's autoscaling script; each stands in for the configuration's value. */
export const AutoscalingParameters = z.object({
  minCapacity: z.optional(z.int()),
  maxCapacity: z.optional(z.int()),
  /** Percent. */
  cpuTarget: z.optional(z.number()),
  latencyTargetMilliseconds: z.optional(z.number()),
  /** Requests per task and minute. */
  requestRateTarget: z.optional(z.number()),
});
export type AutoscalingParameters = z.infer<typeof AutoscalingParameters>;

/** Who asked for what: made by `intake` out of an alarm event, a console input or another workflow's input. */
export const Request = z.object({
  machine: z.enum(machines),
  source: z.enum(['alarm', 'webhook', 'console', 'workflow']),
  environment: z.string(),
  /** Key of the service in the configuration. */
  service: z.string(),
  alert: z.optional(z.enum(alertNames)),
  requestedBy: z.string(),
  dryRun: z.boolean(),
  /** False for what needs no run: an alarm that went to OK, a stale event. */
  act: z.boolean(),
  reasons: z.array(z.string()),
  receivedAt: z.iso.datetime(),
  eventId: z.optional(z.string()),
  /** Since when the alert fires, where its sender says so: older metrics say nothing against it. */
  firingSince: z.optional(z.iso.datetime()),
  execution: z.object({ arn: z.string(), name: z.string(), startedAt: z.iso.datetime() }),
  /** The execution that started this one, when a workflow did. */
  startedBy: z.optional(z.string()),
  /** Since when an earlier execution has waited for calm, where this one goes on for it. */
  waitingSince: z.optional(z.iso.datetime()),
  /** What a rollback should go back to. */
  rollbackTo: z.optional(z.enum(['automatic', 'previous-task-definition', 'redeploy', 'desired-count'])),
  desiredCount: z.optional(z.int().check(z.minimum(1))),
  /** Seconds to wait before a throttled account is asked again; who is hurt waits less. */
  patienceSeconds: z.optional(z.int()),
  /** What configure-autoscaling sets in place of the configuration's values. */
  parameters: z.optional(AutoscalingParameters),
});
export type Request = z.infer<typeof Request>;

export const Incident = z.object({
  /** `opened` or `continued` may write; the others must not. */
  status: z.enum(['opened', 'continued', 'joined', 'busy', 'capped']),
  id: z.string(),
  service: z.object({ cluster: z.string(), service: z.string() }),
  /** Grows with each holder; a holder of an older number must not write (fencing). */
  lockNumber: z.int(),
  joinedAlerts: z.array(z.string()),
  snapshotStored: z.boolean(),
  /** The alert joins another run, but asks for a person at once. */
  escalate: z.optional(z.literal(true)),
  /** The scale-in execution that this run has put out of business. */
  superseded: z.optional(z.string()),
  reasons: z.array(z.string()),
});
export type Incident = z.infer<typeof Incident>;

export const Level = z.enum(['ok', 'warning', 'critical', 'unknown']);
export type Level = z.infer<typeof Level>;

export const MetricView = z.object({
  level: Level,
  /** Absent when unknown; the unit is in the metric's name. */
  value: z.optional(z.number()),
  source: z.string(),
  /** Start of the period that the value covers. */
  at: z.optional(z.string()),
  /** Seconds from the start of that period to the assessment. */
  ageSeconds: z.optional(z.int()),
  /** Why it is unknown. */
  reason: z.optional(z.string()),
  /** What the further sources say: their newest value, or why they have none. */
  others: z.optional(
    z.array(z.object({ source: z.string(), value: z.optional(z.number()), reason: z.optional(z.string()) })),
  ),
});
export type MetricView = z.infer<typeof MetricView>;

export const Suspended = z.object({
  dynamicScalingIn: z.boolean(),
  dynamicScalingOut: z.boolean(),
  scheduledScaling: z.boolean(),
});
export type Suspended = z.infer<typeof Suspended>;

export const Bounds = z.object({ min: z.int(), max: z.int(), suspended: Suspended });
export type Bounds = z.infer<typeof Bounds>;

export const CpuPolicy = z.object({
  name: z.string(),
  target: z.number(),
  scaleOutCooldownSeconds: z.int(),
  scaleInCooldownSeconds: z.int(),
  disableScaleIn: z.boolean(),
});
export type CpuPolicy = z.infer<typeof CpuPolicy>;

export const ServiceView = z.object({
  status: z.string(),
  desired: z.int(),
  running: z.int(),
  pending: z.int(),
  taskDefinition: z.string(),
  rollout: z.enum(['steady', 'in-progress', 'failed']),
  failedTasks: z.int(),
  /** When the present deployment was created; changing the count starts none. */
  deployedAt: z.optional(z.string()),
  events: z.array(z.object({ at: z.string(), message: z.string() })),
});
export type ServiceView = z.infer<typeof ServiceView>;

const Unknown = z.object({ unknown: z.string() });

/** A policy that no run writes, in full, so that a person can put it back. */
export const OtherPolicy = z.object({ name: z.string(), type: z.string(), definition: z.unknown() });
export type OtherPolicy = z.infer<typeof OtherPolicy>;

export const AutoscalingView = z.union([
  z.object({
    bounds: Bounds,
    cpuPolicy: z.optional(CpuPolicy),
    otherPolicies: z.array(OtherPolicy),
    temporaryPolicyFound: z.boolean(),
    /** Newest first, at most ten; what did not scale says why. */
    activities: z.array(z.object({ at: z.string(), count: z.optional(z.int()), text: z.string() })),
  }),
  z.object({ absent: z.literal(true) }),
  Unknown,
]);
export type AutoscalingView = z.infer<typeof AutoscalingView>;

export const HealthView = z.object({
  level: Level,
  detail: z.string(),
  /** Dependencies that the endpoint's own body calls down. */
  down: z.array(z.string()),
});
export type HealthView = z.infer<typeof HealthView>;

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

export const Cause = z.object({
  name: z.enum(causeNames),
  /** How far the evidence is ahead of the next best cause. */
  confidence: z.enum(['high', 'medium', 'low']),
  evidence: z.array(z.string()),
  /** What speaks against it. */
  against: z.array(z.string()),
});
export type Cause = z.infer<typeof Cause>;

export const Assessment = z.object({
  at: z.iso.datetime(),
  service: z.union([ServiceView, Unknown]),
  stoppedTasks: z.array(z.object({ reason: z.string(), count: z.int() })),
  /** Why the stopped tasks could not be read: then the list says nothing. */
  stoppedTasksUnknown: z.optional(z.string()),
  autoscaling: AutoscalingView,
  metrics: z.object({
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
  requestRateSlope: z.optional(z.number()),
  /** Requests that wait in the tasks' queues, by Little's law; absent when unknown. */
  backlog: z.optional(z.number()),
  /** Requests per minute that one task serves at 100 % CPU, as measured; absent when it can't be told. */
  perTaskCapacity: z.optional(z.number()),
  health: z.object({ api: HealthView, mcp: HealthView }),
  /** Memory of the reserved, in percent; no row of the threshold table, but evidence. */
  memoryPercent: MetricView,
  cause: Cause,
});
export type Assessment = z.infer<typeof Assessment>;

/** Settings that the way back ends at in place of the snapshot's, and the changes of a person that explain it. */
export const RestoreTo = z.object({
  bounds: z.optional(Bounds),
  cpuPolicy: z.optional(CpuPolicy),
  reasons: z.array(z.string()),
});
export type RestoreTo = z.infer<typeof RestoreTo>;

const CountChange = z.object({ from: z.int(), to: z.int() });

export const Plan = z.object({
  action: z.enum([
    'none',
    'watch',
    'scale-out',
    'relieve-pool',
    'escalate',
    'roll-back',
    'hold',
    'scale-in',
    'wait',
  ]),
  dryRun: z.boolean(),
  desired: z.optional(CountChange),
  bounds: z.optional(z.object({ from: Bounds, to: Bounds })),
  cpuPolicy: z.optional(z.object({ from: CpuPolicy, to: CpuPolicy })),
  /** What a person changed and the restore therefore leaves. */
  kept: z.optional(z.array(z.string())),
  /** Where the way back ends, once this run has written over what a person set since an earlier one. */
  restoreTo: z.optional(RestoreTo),
  approvalRequired: z.boolean(),
  /** How often this run has planned a change, and how often it has watched: both are bounded. */
  round: z.int(),
  watched: z.int(),
  /** More tasks were needed than are allowed, now or earlier in this run. */
  limitReached: z.boolean(),
  /** People have to be told so now. */
  tell: z.boolean(),
  /** Seconds until the next look, whether it watches or verifies. */
  nextCheckSeconds: z.int(),
  /** How long an approval request stays open. */
  approvalSeconds: z.int(),
  reasons: z.array(z.string()),
  /** SHA-256 of everything that the plan changes; an approval is bound to it. */
  hash: z.string(),
});
export type Plan = z.infer<typeof Plan>;

export const SnapshotReference = z.object({ key: z.string(), takenAt: z.iso.datetime() });
export type SnapshotReference = z.infer<typeof SnapshotReference>;

/** Before and after of one write; `changed: false` when nothing had to be written. */
export const Change = z.object({
  changed: z.boolean(),
  from: z.unknown(),
  to: z.unknown(),
  reasons: z.array(z.string()),
  /** Seconds to wait before the next step, where a cooldown follows. */
  waitSeconds: z.optional(z.int()),
  done: z.optional(z.boolean()),
});
export type Change = z.infer<typeof Change>;

export const Verification = z.object({
  goal: z.enum(['recovered', 'calm', 'step', 'restored', 'rolled-back']),
  state: z.enum(['waiting', 'reached', 'more', 'failed', 'alarm']),
  since: z.iso.datetime(),
  /** Since when every metric but the request rate has been ok; only for the goals calm and step. */
  calmSince: z.optional(z.iso.datetime()),
  /** Since when as many tasks run as are wanted; only for the goal recovered. */
  settledSince: z.optional(z.iso.datetime()),
  /** Tasks that the present traffic needs: no step goes below. Only for the goals calm and step, absent when unknown. */
  tasksNeeded: z.optional(z.int()),
  /** True about every `notices.stillScaledOutHours`: people should hear of it again. */
  mention: z.boolean(),
  nextCheckSeconds: z.int(),
  /** How often this execution has looked: its history has an end. */
  checks: z.optional(z.int()),
  reasons: z.array(z.string()),
});
export type Verification = z.infer<typeof Verification>;

export const Approval = z.object({
  decision: z.literal('approved'),
  by: z.string(),
  at: z.iso.datetime(),
  reason: z.string(),
  planHash: z.string(),
});
export type Approval = z.infer<typeof Approval>;

export const outcomes = [
  'recovered',
  'restored',
  'held',
  'rolled-back',
  'rejected',
  'expired',
  'ignored',
  'joined',
  'planned',
  'configured',
  'failed',
] as const;

export const Outcome = z.object({
  outcome: z.enum(outcomes),
  reasons: z.array(z.string()),
  /** The reasons in one line: the cause of an execution that fails. */
  summary: z.string(),
  at: z.iso.datetime(),
});
export type Outcome = z.infer<typeof Outcome>;
