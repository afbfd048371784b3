import * as v from 'valibot';
import { Reason } from './reason.ts';

/** What a rollback did, what was there before, and why. */
export const Rollback = v.object({
  action: v.string(),
  from: v.optional(v.object({ taskDefinition: v.string(), deployedAt: v.optional(v.string()) })),
  reasons: v.array(Reason),
});
export type Rollback = v.InferOutput<typeof Rollback>;
