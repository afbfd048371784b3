import * as v from 'valibot';
import { datetime, int } from '../core/schema.ts';
import { PoolChange } from './pool-settings.ts';
import { Reason } from './reason.ts';
import { Bounds, CpuPolicy, RestoreTo } from './settings.ts';

const CountChange = v.object({ from: int, to: int });

export const Plan = v.object({
  action: v.picklist([
    'none',
    'watch',
    'scale-out',
    'relieve-pool',
    'escalate',
    'roll-back',
    'hold',
    'scale-in',
    'wait',
    'restored',
  ]),
  dryRun: v.boolean(),
  desired: v.optional(CountChange),
  bounds: v.optional(v.object({ from: Bounds, to: Bounds })),
  cpuPolicy: v.optional(v.object({ from: CpuPolicy, to: CpuPolicy })),
  /** What this incident has set in PgBouncer and the way back gives back; absent where that is nothing. */
  pools: v.optional(v.array(PoolChange)),
  /** The runbook's temporary policy, where one was found: the restore removes it. */
  removes: v.optional(v.string()),
  /** What a person changed and the restore therefore leaves. */
  kept: v.optional(v.array(Reason)),
  /** Scheduled actions that were due meanwhile: the way back ends where they would have led. */
  scheduled: v.optional(v.array(Reason)),
  /** Where the way back ends, once this run has written over what a person set since an earlier one. */
  restoreTo: v.optional(RestoreTo),
  approvalRequired: v.boolean(),
  /** People have approved this very plan already: it had to wait, and goes on. Only for a way back. */
  approved: v.optional(v.boolean()),
  /** How often this run has planned a change, and how often it has watched: both are bounded. */
  round: int,
  watched: int,
  /** More tasks were needed than are allowed, now or earlier in this run. */
  limitReached: v.boolean(),
  /** What keeps it from adding tasks may end by itself: people are told once, and it is looked at again. */
  waits: v.boolean(),
  /** What this run waits for, or has waited for; absent where it never had to. */
  waiting: v.optional(
    v.object({
      /** Codes of the reasons to wait that people were told of, the last one last. */
      told: v.array(v.string()),
      /** How often it has waited: that is bounded. */
      looks: int,
      /** The look after the last one that waited: until then it may have been in the way. */
      until: datetime,
    }),
  ),
  /** People have to be told so now. */
  tell: v.boolean(),
  /** Seconds until the next look, whether it watches or verifies. */
  nextCheckSeconds: int,
  /** How long an approval request stays open. */
  approvalSeconds: int,
  /** Alerts that had joined the run at this look. */
  joined: v.optional(v.array(v.string())),
  reasons: v.array(Reason),
  /** SHA-256 of everything that the plan changes; an approval is bound to it. */
  hash: v.string(),
});

export type Plan = v.InferOutput<typeof Plan>;

/** Before and after of one write; `changed: false` when nothing had to be written. */
export const Change = v.object({
  changed: v.boolean(),
  from: v.unknown(),
  to: v.unknown(),
  reasons: v.array(Reason),
  /** Seconds to wait before the next step, where a cooldown follows. */
  waitSeconds: v.optional(int),
  done: v.optional(v.boolean()),
});

export type Change = v.InferOutput<typeof Change>;
