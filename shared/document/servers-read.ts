import * as v from 'valibot';
import { datetime } from '../core/schema.ts';

/** One thing that is wrong with the pools, or that nothing is: its code, and the same for people. */
const PoolFinding = v.object({
  code: v.string(),
  text: v.string(),
  /** Further sentences, and what may be typed as it is. */
  lines: v.array(v.union([v.object({ say: v.string() }), v.object({ type: v.string() })])),
});

/** What a look at the pools found, the first to be mended in front; nothing where none is configured. */
export const PoolsRead = v.object({ at: datetime, findings: v.array(PoolFinding) });
export type PoolsRead = v.InferOutput<typeof PoolsRead>;
