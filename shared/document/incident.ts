import * as v from 'valibot';
import { datetime, int } from '../core/schema.ts';
import { Reason } from './reason.ts';

export const Incident = v.object({
  /** `opened` or `continued` may write; the others must not. */
  status: v.picklist(['opened', 'continued', 'joined', 'busy', 'capped']),
  id: v.string(),
  /** `key` where it is not the name of the ECS service. */
  service: v.object({ cluster: v.string(), service: v.string(), key: v.optional(v.string()) }),
  /** A run for the cache alone holds a lock of its own: it writes nothing of what the others do. */
  lock: v.optional(v.literal('cache')),
  /** Grows with each holder; a holder of an older number must not write (fencing). */
  lockNumber: int,
  joinedAlerts: v.array(v.string()),
  snapshotStored: v.boolean(),
  /** The alert joins another run, but asks for a person at once. */
  escalate: v.optional(v.literal(true)),
  /** The scale-in that this run has superseded. */
  superseded: v.optional(v.string()),
  reasons: v.array(Reason),
});

export type Incident = v.InferOutput<typeof Incident>;

export const SnapshotReference = v.object({ key: v.string(), takenAt: datetime });

export type SnapshotReference = v.InferOutput<typeof SnapshotReference>;
