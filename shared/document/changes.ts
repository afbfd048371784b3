import * as v from 'valibot';
import { datetime, int } from '../core/schema.ts';
import { CacheChange } from './cache-relief.ts';
import { PoolsTuned } from './pool-settings.ts';
import { Bounds, CpuPolicy } from './settings.ts';

/** `changed: false`: it was there already, and `from` is it as well. */
const written = <T extends v.GenericSchema>(value: T) => ({
  changed: v.optional(v.boolean()),
  from: v.nullish(value),
  to: v.nullable(value),
});

/**
 * The count that a write left, where it was written: also by a call whose answer was lost. Null where it was only found, as
 * autoscaling made it; absent where what it left is what was written.
 */
export const wrote = v.optional(v.nullable(int));

/** What was last written; null where nothing was. Pure. */
export const lastWritten = ({ to, wrote = to }: { to: number; wrote?: number | null | undefined }) => wrote;

/** Before and after of each write so far, as the state machines collect them under `change`. */
export const Changes = v.object({
  bounds: v.optional(v.object(written(Bounds))),
  desired: v.optional(
    v.object({
      ...written(int),
      to: int,
      wrote,
      /** What was there before it, and what this run wrote before that; newest first. */
      before: v.optional(v.array(int)),
      at: v.optional(datetime),
    }),
  ),
  /** `shown`: the desired count that ECS showed then. */
  cpuPolicy: v.optional(v.object({ ...written(CpuPolicy), shown: v.optional(int) })),
  suspended: v.optional(v.object(written(Bounds))),
  pools: v.optional(PoolsTuned),
  cache: v.optional(CacheChange),
});
export type Changes = v.InferOutput<typeof Changes>;
