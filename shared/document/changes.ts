import * as v from 'valibot';
import { datetime, int } from '../core/schema.ts';
import { Bounds, CpuPolicy } from './settings.ts';

/** Before and after of each write so far, as the state machines collect them under `change`. */
export const Changes = v.object({
  bounds: v.optional(v.object({ to: v.nullable(Bounds) })),
  /** `before`: what was there before it, and what this run wrote before that; newest first. */
  desired: v.optional(v.object({ to: int, before: v.optional(v.array(int)), at: v.optional(datetime) })),
  /** `shown`: the desired count that ECS showed then. */
  cpuPolicy: v.optional(v.object({ to: v.nullable(CpuPolicy), shown: v.optional(int) })),
  suspended: v.optional(v.object({ to: v.nullable(Bounds) })),
});
export type Changes = v.InferOutput<typeof Changes>;
