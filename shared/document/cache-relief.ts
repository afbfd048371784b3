import * as v from 'valibot';
import { datetime, int } from '../core/schema.ts';
import { Reason } from './reason.ts';

/** What may be done to a cache, the mildest first; `restore` gives the policy back that an earlier relief has set. */
export const reliefCodes = ['policy', 'unlink', 'flush', 'restore'] as const;
export type ReliefCode = (typeof reliefCodes)[number];

/** How many keys begin with a prefix; at least so many where the count was not finished. */
const PrefixCount = v.object({ prefix: v.string(), keys: int, finished: v.boolean() });

/** What is at stake: how many keys may go, of how many, in what memory, and how many reads find theirs now. */
const stakes = {
  keys: int,
  of: v.object({ keys: int, expiring: int }),
  /** Bytes; a limit of 0 is none. */
  memory: v.object({ used: int, counted: int, limit: int, policy: v.string() }),
  hitRate: v.optional(v.object({ hits: int, reads: int, since: v.picklist(['looks', 'start']) })),
  /** One node of a cluster: all of this is of that node alone. */
  cluster: v.boolean(),
};
const policies = { from: v.string(), to: v.string() };

/** One relief that a machine can do, with what it puts at stake. */
export const CacheRelief = v.variant('code', [
  v.object({ code: v.literal('policy'), ...policies, ...stakes }),
  v.object({ code: v.literal('unlink'), prefixes: v.array(PrefixCount), ...stakes }),
  v.object({ code: v.literal('flush'), ...stakes }),
  v.object({ code: v.literal('restore'), ...policies, ...stakes }),
]);
export type CacheRelief = v.InferOutput<typeof CacheRelief>;

/** How many statements PostgreSQL works on, and at how many no further key is removed; unknown where it could not be read. */
const DatabaseLoad = v.object({ sessions: v.optional(int), limit: int });

const decided = {
  at: datetime,
  /** The cache's address. */
  place: v.string(),
  database: v.optional(DatabaseLoad),
  /** How often this run has planned. */
  round: int,
  /** How long an approval request stays open. */
  approvalSeconds: int,
  reasons: v.array(Reason),
  /** SHA-256 of what is to be done; an approval is bound to it. */
  hash: v.string(),
};

/** A relief that people are asked about; `needed` of them have to approve, at least. */
export const CacheReliefPlan = v.object({
  ...decided,
  action: v.literal('relieve'),
  relief: CacheRelief,
  needed: int,
});
export type CacheReliefPlan = v.InferOutput<typeof CacheReliefPlan>;

/**
 * What follows from a look at the cache: a relief; `relieved`, after one; `none`, where nothing is wrong; `hold`, where it
 * takes a person, or where what has to be known is not.
 */
export const CachePlan = v.variant('action', [
  CacheReliefPlan,
  v.object({ ...decided, action: v.picklist(['relieved', 'none', 'hold']) }),
]);
export type CachePlan = v.InferOutput<typeof CachePlan>;

/** What a relief did, for people as well. */
export const ReliefDone = v.object({
  code: v.picklist(reliefCodes),
  /** Whether the cache is as the relief wanted it. */
  worked: v.boolean(),
  /** How many keys it has removed, at least. */
  removed: v.optional(v.array(v.object({ prefix: v.string(), keys: int }))),
  text: v.string(),
});
export type ReliefDone = v.InferOutput<typeof ReliefDone>;

/** What this run has done to the cache so far, and what follows. */
export const CacheChange = v.object({
  at: datetime,
  /** `go-on` at once, or `wait` for the database first; `verify` the cache; `stop`, for a person. */
  next: v.picklist(['go-on', 'wait', 'verify', 'stop']),
  /** Where a removal of keys goes on: prefixes before this one are done, and SCAN gave this cursor. */
  from: v.optional(v.object({ prefix: v.string(), cursor: v.optional(v.string()) })),
  /** How often in a row it has waited for the database. */
  waits: int,
  /** The present relief last. */
  done: v.array(ReliefDone),
});
export type CacheChange = v.InferOutput<typeof CacheChange>;
