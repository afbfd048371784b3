import * as v from 'valibot';
import { Reason } from './reason.ts';

/** Who moved a setting away from what it was before the incident, and left it there. */
const movers = ['autoscaling', 'schedule', 'person', 'deployment', 'workflow'] as const;

/** A setting that differs after a restore from before the incident, on purpose: invariant 20 asks that it is said. */
export const Difference = v.object({
  /** A setting's name, `taskDefinition`, or `policy NAME` of a policy that no run writes. */
  setting: v.string(),
  /** Null where there was or is none. */
  before: v.nullable(v.union([v.string(), v.number(), v.boolean()])),
  after: v.nullable(v.union([v.string(), v.number(), v.boolean()])),
  by: v.picklist(movers),
  reason: Reason,
  /** Setting, before, after and why in one line. */
  text: v.string(),
});
export type Difference = v.InferOutput<typeof Difference>;
