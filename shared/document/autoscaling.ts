import * as v from 'valibot';
import { int } from '../core/schema.ts';
import { Reason } from './reason.ts';
import { Bounds } from './settings.ts';

/** A target-tracking policy; the target's unit is that of its metric. */
export const TrackingPolicy = v.object({
  name: v.string(),
  /** What it follows, in one text: AWS allows one policy per metric. */
  metric: v.string(),
  target: v.number(),
  scaleOutCooldownSeconds: int,
  scaleInCooldownSeconds: int,
  disableScaleIn: v.boolean(),
});
export type TrackingPolicy = v.InferOutput<typeof TrackingPolicy>;

const policyWrite = v.optional(v.object({ from: v.nullable(TrackingPolicy), to: TrackingPolicy }));

/** What `configure-autoscaling` does to a service: its writes, and what they change, for people. */
export const AutoscalingPlan = v.object({
  action: v.picklist(['none', 'configure', 'hold']),
  /** `from` is null where nothing is registered yet. */
  target: v.optional(v.object({ from: v.nullable(Bounds), to: Bounds })),
  policies: v.object({ cpu: policyWrite, latency: policyWrite, requests: policyWrite }),
  /** Present → wanted. */
  changes: v.array(v.object({ label: v.string(), from: v.string(), to: v.string() })),
  /** Where the service differs from the configuration, parameters aside; what no write changes is marked so. */
  drift: v.array(v.string()),
  reasons: v.array(Reason),
});
export type AutoscalingPlan = v.InferOutput<typeof AutoscalingPlan>;
