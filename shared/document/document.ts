import * as v from 'valibot';
import { alertNames } from '../alerts/catalogue.ts';
import { datetime, int } from '../core/schema.ts';

/**
 * The document that flows through every state machine. Each step adds one key and changes no other, so the
 * execution history shows what each step knew. Counts and summaries only: it stays far below 256 KiB.
 */

export const machines = ['emergency-scaling', 'scale-in', 'rollback', 'configure-autoscaling'] as const;

/** The parameters of the runbook's autoscaling script; each stands in for the configuration's value. */
export const AutoscalingParameters = v.object({
  minCapacity: v.optional(int),
  maxCapacity: v.optional(int),
  /** Percent. */
  cpuTarget: v.optional(v.number()),
  latencyTargetMilliseconds: v.optional(v.number()),
  /** Requests per task and minute. */
  requestRateTarget: v.optional(v.number()),
});
export type AutoscalingParameters = v.InferOutput<typeof AutoscalingParameters>;

/** Who asked for what: made by `intake` out of an alarm event, a console input or another workflow's input. */
export const Request = v.object({
  machine: v.picklist(machines),
  source: v.picklist(['alarm', 'webhook', 'console', 'workflow']),
  environment: v.string(),
  /** Key of the service in the configuration. */
  service: v.string(),
  alert: v.optional(v.picklist(alertNames)),
  requestedBy: v.string(),
  dryRun: v.boolean(),
  /** False for what needs no run: an alarm that went to OK, a stale event. */
  act: v.boolean(),
  reasons: v.array(v.string()),
  receivedAt: datetime,
  eventId: v.optional(v.string()),
  /** Since when the alert fires, where its sender says so: older metrics say nothing against it. */
  firingSince: v.optional(datetime),
  execution: v.object({ arn: v.string(), name: v.string(), startedAt: datetime }),
  /** The execution that started this one, when a workflow did. */
  startedBy: v.optional(v.string()),
  /** Since when an earlier execution has waited for calm, where this one goes on for it. */
  waitingSince: v.optional(datetime),
  /** What a rollback should go back to. */
  rollbackTo: v.optional(v.picklist(['automatic', 'previous-task-definition', 'redeploy', 'desired-count'])),
  desiredCount: v.optional(v.pipe(int, v.minValue(1))),
  /** Seconds to wait before a throttled account is asked again; who is hurt waits less. */
  patienceSeconds: v.optional(int),
  /** What configure-autoscaling sets in place of the configuration's values. */
  parameters: v.optional(AutoscalingParameters),
});
export type Request = v.InferOutput<typeof Request>;

export const Incident = v.object({
  /** `opened` or `continued` may write; the others must not. */
  status: v.picklist(['opened', 'continued', 'joined', 'busy', 'capped']),
  id: v.string(),
  service: v.object({ cluster: v.string(), service: v.string() }),
  /** Grows with each holder; a holder of an older number must not write (fencing). */
  lockNumber: int,
  joinedAlerts: v.array(v.string()),
  snapshotStored: v.boolean(),
  /** The alert joins another run, but asks for a person at once. */
  escalate: v.optional(v.literal(true)),
  /** The scale-in execution that this run has put out of business. */
  superseded: v.optional(v.string()),
  reasons: v.array(v.string()),
});
export type Incident = v.InferOutput<typeof Incident>;

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

export const Suspended = v.object({
  dynamicScalingIn: v.boolean(),
  dynamicScalingOut: v.boolean(),
  scheduledScaling: v.boolean(),
});
export type Suspended = v.InferOutput<typeof Suspended>;

export const Bounds = v.object({ min: int, max: int, suspended: Suspended });
export type Bounds = v.InferOutput<typeof Bounds>;

export const CpuPolicy = v.object({
  name: v.string(),
  target: v.number(),
  scaleOutCooldownSeconds: int,
  scaleInCooldownSeconds: int,
  disableScaleIn: v.boolean(),
});
export type CpuPolicy = v.InferOutput<typeof CpuPolicy>;

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

/** A policy that no run writes, in full, so that a person can put it back. */
export const OtherPolicy = v.object({ name: v.string(), type: v.string(), definition: v.unknown() });
export type OtherPolicy = v.InferOutput<typeof OtherPolicy>;

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
  evidence: v.array(v.string()),
  /** What speaks against it. */
  against: v.array(v.string()),
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

/** Settings that the way back ends at in place of the snapshot's, and the changes of a person that explain it. */
export const RestoreTo = v.object({
  bounds: v.optional(Bounds),
  cpuPolicy: v.optional(CpuPolicy),
  reasons: v.array(v.string()),
});
export type RestoreTo = v.InferOutput<typeof RestoreTo>;

const CountChange = v.object({ from: int, to: int });

export const Plan = v.object({
  action: v.picklist([
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
  dryRun: v.boolean(),
  desired: v.optional(CountChange),
  bounds: v.optional(v.object({ from: Bounds, to: Bounds })),
  cpuPolicy: v.optional(v.object({ from: CpuPolicy, to: CpuPolicy })),
  /** What a person changed and the restore therefore leaves. */
  kept: v.optional(v.array(v.string())),
  /** Where the way back ends, once this run has written over what a person set since an earlier one. */
  restoreTo: v.optional(RestoreTo),
  approvalRequired: v.boolean(),
  /** How often this run has planned a change, and how often it has watched: both are bounded. */
  round: int,
  watched: int,
  /** More tasks were needed than are allowed, now or earlier in this run. */
  limitReached: v.boolean(),
  /** People have to be told so now. */
  tell: v.boolean(),
  /** Seconds until the next look, whether it watches or verifies. */
  nextCheckSeconds: int,
  /** How long an approval request stays open. */
  approvalSeconds: int,
  reasons: v.array(v.string()),
  /** SHA-256 of everything that the plan changes; an approval is bound to it. */
  hash: v.string(),
});
export type Plan = v.InferOutput<typeof Plan>;

export const SnapshotReference = v.object({ key: v.string(), takenAt: datetime });
export type SnapshotReference = v.InferOutput<typeof SnapshotReference>;

/** Before and after of one write; `changed: false` when nothing had to be written. */
export const Change = v.object({
  changed: v.boolean(),
  from: v.unknown(),
  to: v.unknown(),
  reasons: v.array(v.string()),
  /** Seconds to wait before the next step, where a cooldown follows. */
  waitSeconds: v.optional(int),
  done: v.optional(v.boolean()),
});
export type Change = v.InferOutput<typeof Change>;

/** The settings of a service as they are. */
export const PresentSettings = v.object({
  desired: int,
  bounds: v.optional(Bounds),
  cpuPolicy: v.optional(CpuPolicy),
});
export type PresentSettings = v.InferOutput<typeof PresentSettings>;

export const Verification = v.object({
  goal: v.picklist(['recovered', 'calm', 'step', 'restored', 'rolled-back']),
  state: v.picklist(['waiting', 'reached', 'more', 'failed', 'alarm']),
  since: datetime,
  /** Since when every metric but the request rate has been ok; only for the goals calm and step. */
  calmSince: v.optional(datetime),
  /** Since when as many tasks run as are wanted; only for the goal recovered. */
  settledSince: v.optional(datetime),
  /** Tasks that the present traffic needs: no step goes below. Only for the goals calm and step, absent when unknown. */
  tasksNeeded: v.optional(int),
  /** True about every `notices.stillScaledOutHours`: people should hear of it again. */
  mention: v.boolean(),
  nextCheckSeconds: int,
  /** How often this execution has looked: its history has an end. */
  checks: v.optional(int),
  /** Only for the goal calm: the settings at the first look that could read them. What differs later, a person changed. */
  found: v.optional(PresentSettings),
  reasons: v.array(v.string()),
});
export type Verification = v.InferOutput<typeof Verification>;

export const Approval = v.object({
  decision: v.literal('approved'),
  by: v.string(),
  at: datetime,
  reason: v.string(),
  planHash: v.string(),
});
export type Approval = v.InferOutput<typeof Approval>;

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

export const Outcome = v.object({
  outcome: v.picklist(outcomes),
  reasons: v.array(v.string()),
  /** The reasons in one line: the cause of an execution that fails. */
  summary: v.string(),
  at: datetime,
});
export type Outcome = v.InferOutput<typeof Outcome>;
