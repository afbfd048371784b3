import * as v from 'valibot';
import { int } from '../core/schema.ts';
import { Reason } from './reason.ts';

/** What a rollback did, what was there before, and why. */
export const Rollback = v.object({
  action: v.string(),
  /** A task definition, or a count. */
  to: v.optional(v.union([v.string(), int])),
  from: v.optional(
    v.object({
      taskDefinition: v.string(),
      desired: v.optional(int),
      deployedAt: v.optional(v.string()),
    }),
  ),
  reasons: v.array(Reason),
});
export type Rollback = v.InferOutput<typeof Rollback>;
