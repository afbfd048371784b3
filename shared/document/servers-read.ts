import * as v from 'valibot';
import { datetime } from '../core/schema.ts';

/** One thing that is wrong with the pools or a cache, or that nothing is: its code, and the same for people. */
const ServerFinding = v.object({
  code: v.string(),
  text: v.string(),
  /** Further sentences, and what may be typed as it is. */
  lines: v.array(v.union([v.object({ say: v.string() }), v.object({ type: v.string() })])),
});

/** What a look at the pools or a cache found, the first to be mended in front; nothing where none is configured. */
export const ServersRead = v.object({ at: datetime, findings: v.array(ServerFinding) });
export type ServersRead = v.InferOutput<typeof ServersRead>;
