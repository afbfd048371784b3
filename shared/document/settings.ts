import * as v from 'valibot';
import { int } from '../core/schema.ts';
import { Reason } from './reason.ts';

export const Suspended = v.object({
  dynamicScalingIn: v.boolean(),
  dynamicScalingOut: v.boolean(),
  scheduledScaling: v.boolean(),
});

export type Suspended = v.InferOutput<typeof Suspended>;

export const Bounds = v.object({ min: int, max: int, suspended: Suspended });

export type Bounds = v.InferOutput<typeof Bounds>;

/** A scheduled action: at each of its moments Application Auto Scaling sets min, max or both. */
export const ScheduledAction = v.object({
  name: v.string(),
  /** `at(…)`, `rate(…)` or `cron(…)`, as AWS has it. */
  schedule: v.string(),
  /** Of the schedule; UTC where none is given. */
  timezone: v.optional(v.string()),
  /** Since when and until when it holds, and when it was made: a rate counts from one of them. */
  startsAt: v.optional(v.string()),
  endsAt: v.optional(v.string()),
  createdAt: v.optional(v.string()),
  min: v.optional(int),
  max: v.optional(int),
});

export type ScheduledAction = v.InferOutput<typeof ScheduledAction>;

/** What a policy on average CPU follows: points of a minute, or of 20 seconds where the service publishes those. */
export const cpuMetrics = [
  'ECSServiceAverageCPUUtilization',
  'ECSServiceAverageCPUUtilizationHighResolution',
] as const;

/** The same metric spelt out by whoever made the policy, as it was read. */
export const CustomizedCpu = v.strictObject({
  MetricName: v.literal('CPUUtilization'),
  Namespace: v.literal('AWS/ECS'),
  Statistic: v.literal('Average'),
  Dimensions: v.array(v.strictObject({ Name: v.string(), Value: v.string() })),
  Unit: v.optional(v.literal('Percent')),
});
export type CustomizedCpu = v.InferOutput<typeof CustomizedCpu>;

const CpuMetric = v.union([v.picklist(cpuMetrics), CustomizedCpu]);
export type CpuMetric = v.InferOutput<typeof CpuMetric>;

export const CpuPolicy = v.object({
  name: v.string(),
  /** Where it is not the one of a minute. */
  metric: v.optional(CpuMetric),
  target: v.number(),
  scaleOutCooldownSeconds: int,
  scaleInCooldownSeconds: int,
  disableScaleIn: v.boolean(),
});

export type CpuPolicy = v.InferOutput<typeof CpuPolicy>;

/** A policy that no run writes, in full, so that a person can put it back. */
export const OtherPolicy = v.object({ name: v.string(), type: v.string(), definition: v.unknown() });

export type OtherPolicy = v.InferOutput<typeof OtherPolicy>;

/** Settings that the way back ends at in place of the snapshot's, and the changes of a person that explain it. */
export const RestoreTo = v.object({
  bounds: v.optional(Bounds),
  cpuPolicy: v.optional(CpuPolicy),
  reasons: v.array(Reason),
});

export type RestoreTo = v.InferOutput<typeof RestoreTo>;

/** The settings of a service as they are. */
export const PresentSettings = v.object({
  desired: int,
  bounds: v.optional(Bounds),
  cpuPolicy: v.optional(CpuPolicy),
});

export type PresentSettings = v.InferOutput<typeof PresentSettings>;
