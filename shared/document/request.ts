import * as v from 'valibot';
import { alertNames } from '../alerts/catalogue.ts';
import { datetime, int } from '../core/schema.ts';
import { Reason } from './reason.ts';

export const machines = [
  'emergency-scaling',
  'scale-in',
  'rollback',
  'configure-autoscaling',
  'pgbouncer-emergency',
  'redis-emergency',
] as const;

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
  /** More tasks are asked for, whatever the metrics say. */
  scaleOut: v.optional(v.literal(true)),
  requestedBy: v.string(),
  dryRun: v.boolean(),
  /** False for what needs no run: an alarm that went to OK, a stale event. */
  act: v.boolean(),
  reasons: v.array(Reason),
  receivedAt: datetime,
  eventId: v.optional(v.string()),
  /** Since when the alert fires, where its sender says so: older metrics say nothing against it. */
  firingSince: v.optional(datetime),
  execution: v.object({ arn: v.string(), name: v.string(), startedAt: datetime }),
  /** The execution that started this one, when a workflow did. */
  startedBy: v.optional(v.string()),
  /** `requestedBy` is what somebody typed at the start: nobody has proved who it was. */
  claimed: v.optional(v.boolean()),
  /** Since when an earlier execution has waited for calm, where this one goes on for it. */
  waitingSince: v.optional(datetime),
  /** What a rollback should go back to. */
  rollbackTo: v.optional(v.picklist(['automatic', 'previous-task-definition', 'redeploy', 'desired-count'])),
  desiredCount: v.optional(v.pipe(int, v.minValue(1))),
  /** A person names the flush: it may be proposed, and two different people have to approve it. */
  flush: v.optional(v.literal(true)),
  /** The cache gets the policy back that an earlier run has set. */
  restore: v.optional(v.literal(true)),
  /** Seconds to wait before a throttled account is asked again; a run whose users are affected waits less. */
  admissionDelaySeconds: v.optional(int),
  /** What configure-autoscaling sets in place of the configuration's values. */
  parameters: v.optional(AutoscalingParameters),
});

export type Request = v.InferOutput<typeof Request>;
