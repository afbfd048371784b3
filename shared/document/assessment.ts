import * as v from 'valibot';
import { perMetric } from '../config/metric-catalogue.ts';
import { datetime, int } from '../core/schema.ts';
import { Reason } from './reason.ts';
import { Bounds, CpuPolicy, OtherPolicy, ScheduledAction } from './settings.ts';
import { Unknown } from './unknown.ts';

/** `none`: the service has no such row, by its configuration; nothing waits for it. */
export const Level = v.picklist(['ok', 'warning', 'critical', 'unknown', 'none']);

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
  /** Why it is unknown; present where the level is `unknown`. */
  unknown: v.optional(Unknown),
  /** What the further sources say: their newest value, with its age where it is late, or why they have none. */
  others: v.optional(
    v.array(
      v.object({
        source: v.string(),
        value: v.optional(v.number()),
        ageSeconds: v.optional(int),
        unknown: v.optional(Unknown),
      }),
    ),
  ),
});

export type MetricView = v.InferOutput<typeof MetricView>;

/** What an event of the service tells; `other` for everything that no decision asks for. */
export const EventKind = v.picklist(['cannot-place', 'cannot-start', 'throttled', 'steady', 'other']);

export type EventKind = v.InferOutput<typeof EventKind>;

/** A deployment awaits an action of somebody's (PAUSE lifecycle hook); ECS decides by itself at `until`. */
export const DeploymentPause = v.object({ hookId: v.string(), until: v.optional(v.string()) });

export type DeploymentPause = v.InferOutput<typeof DeploymentPause>;

export const ServiceView = v.object({
  status: v.string(),
  desired: int,
  running: int,
  pending: int,
  taskDefinition: v.string(),
  rollout: v.picklist(['steady', 'in-progress', 'failed']),
  /** Where the deployment that is in progress awaits an action. */
  pause: v.optional(DeploymentPause),
  failedTasks: int,
  /** When the present deployment was created; changing the count starts none. */
  deployedAt: v.optional(v.string()),
  /** When it completed, of late: since then no task of before has served. */
  completedAt: v.optional(v.string()),
  /** When another task definition came into service, of late; a restart or ECS's own way back brings none. */
  releasedAt: v.optional(v.string()),
  /** The releases of late that others have followed, newest first, each with when the next one began. */
  earlierReleases: v.optional(
    v.array(
      v.object({
        at: v.string(),
        taskDefinition: v.string(),
        completedAt: v.optional(v.string()),
        until: v.string(),
      }),
    ),
  ),
  /** `targetgroup/NAME/ID` of each load balancer, each with the one that ECS's blue/green deployments swap it with. */
  targetGroups: v.optional(v.array(v.object({ group: v.string(), alternate: v.optional(v.string()) }))),
  /** Share of the desired tasks that ECS keeps while it deploys, where that is not all of them. */
  minimumHealthyPercent: v.optional(int),
  /** How long its tasks lately took from their start until they served, seconds; absent where its events do not say it. */
  startSeconds: v.optional(v.number()),
  /** The newest, each with its kind and ECS's own words. */
  events: v.array(v.object({ at: v.string(), kind: EventKind, message: v.string() })),
});

export type ServiceView = v.InferOutput<typeof ServiceView>;

const Unread = v.object({ unknown: Unknown });

/** Why a task stopped. */
export const StopKind = v.picklist([
  'never-started',
  'ran-and-failed',
  'out-of-memory',
  'reclaimed',
  'killed-by-health-checks',
  'scaled-in',
]);

export type StopKind = v.InferOutput<typeof StopKind>;

/** Tasks that stopped for the same reason, which is ECS's own words, and their number. */
export const StoppedTasks = v.object({
  kind: StopKind,
  reason: v.string(),
  count: int,
  /** When ECS began to start them, newest first, at most ten: only a task that was asked for since speaks of new ones. */
  asked: v.array(datetime),
  /** When the newest ended; absent where ECS does not say it. */
  ended: v.optional(datetime),
  /** What they ran: a failed start speaks of tasks of the same definition only. Absent where ECS does not say it. */
  taskDefinition: v.optional(v.string()),
});

export type StoppedTasks = v.InferOutput<typeof StoppedTasks>;

/** Newest first, at most ten: a count or bounds that autoscaling set itself. What did not scale says why. */
const Activities = v.array(
  v.object({
    at: v.string(),
    count: v.optional(int),
    min: v.optional(int),
    max: v.optional(int),
    text: v.string(),
  }),
);

export const AutoscalingView = v.union([
  v.object({
    bounds: Bounds,
    cpuPolicy: v.optional(CpuPolicy),
    otherPolicies: v.array(OtherPolicy),
    temporaryPolicyFound: v.boolean(),
    activities: Activities,
    /** Absent where they were not read. */
    scheduledActions: v.optional(v.union([v.array(ScheduledAction), Unread])),
  }),
  /** Without a target: AWS still tells what autoscaling did while there was one. */
  v.object({ absent: v.literal(true), activities: v.optional(Activities) }),
  Unread,
]);

export type AutoscalingView = v.InferOutput<typeof AutoscalingView>;

export const HealthView = v.object({
  level: Level,
  /** HTTP status of the answer, and how long it took; absent where nothing answered. */
  status: v.optional(int),
  milliseconds: v.optional(int),
  /** The endpoint's own word for how it is. */
  verdict: v.optional(v.string()),
  /** Dependencies that the endpoint's own body calls down. */
  down: v.array(v.string()),
  /** Why nothing answered. */
  unknown: v.optional(Unknown),
  /** The same in words. */
  detail: v.string(),
});

export type HealthView = v.InferOutput<typeof HealthView>;

/** A task that its ECS service wants to run. */
export const TaskAddress = v.object({
  /** The last part of its ARN. */
  task: v.string(),
  running: v.boolean(),
  /** Its private address; absent until it has one, and outside of the network mode awsvpc. */
  address: v.optional(v.string()),
});

export type TaskAddress = v.InferOutput<typeof TaskAddress>;

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

/** What metrics were before an incident, where that is known. */
export const Usual = v.object(perMetric(() => v.optional(v.number())));

export type Usual = v.InferOutput<typeof Usual>;

export const Assessment = v.object({
  at: datetime,
  service: v.union([ServiceView, Unread]),
  stoppedTasks: v.array(StoppedTasks),
  /** Its PgBouncers can be asked what they have left for more tasks. */
  asksPools: v.optional(v.boolean()),
  /** Why the stopped tasks could not be read: then the list says nothing. */
  stoppedTasksUnknown: v.optional(Unknown),
  autoscaling: AutoscalingView,
  metrics: v.object(perMetric(() => MetricView)),
  /** Change of the request rate per minute, in requests per minute; absent when unknown. */
  requestRateSlope: v.optional(v.number()),
  /** Requests per minute at this hour of the day before; read only while something is not well. */
  requestRateDayBefore: v.optional(v.number()),
  /** Requests that wait in the tasks' queues, by Little's law; absent when unknown. */
  backlog: v.optional(v.number()),
  /** Requests per minute that one task serves at 100 % CPU, as measured; absent when it can't be told. */
  perTaskCapacity: v.optional(v.number()),
  /** What the metrics were at the beginning of the window that was read: of the first look, before the incident. */
  usual: v.optional(Usual),
  health: v.object({ api: HealthView, mcp: HealthView }),
  /** Memory of the reserved, in percent; no row of the threshold table, but evidence. */
  memoryPercent: MetricView,
  cause: Cause,
  /** PgBouncer's tasks, where `config/` names their ECS service. */
  pgbouncer: v.optional(v.union([v.array(TaskAddress), Unread])),
  /** Task definitions with which the service got worse of late, though others have followed them: no rollback ends there. */
  badReleases: v.optional(v.array(v.string())),
});

export type Assessment = v.InferOutput<typeof Assessment>;
