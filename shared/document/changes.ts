import * as v from 'valibot';
import { int } from '../core/schema.ts';
import { Bounds, CpuPolicy } from './settings.ts';

/** Before and after of each write so far, as the state machines collect them under `change`. */
export const Changes = v.object({
  bounds: v.optional(v.object({ to: v.nullable(Bounds) })),
  desired: v.optional(v.object({ to: int })),
  cpuPolicy: v.optional(v.object({ to: v.nullable(CpuPolicy) })),
  suspended: v.optional(v.object({ to: v.nullable(Bounds) })),
});
export type Changes = v.InferOutput<typeof Changes>;
