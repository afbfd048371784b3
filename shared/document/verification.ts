import * as v from 'valibot';
import { datetime, int } from '../core/schema.ts';
import { Difference } from './difference.ts';
import { Reason } from './reason.ts';
import { PresentSettings } from './settings.ts';

export const Verification = v.object({
  goal: v.picklist(['recovered', 'calm', 'step', 'restored', 'rolled-back']),
  state: v.picklist(['waiting', 'reached', 'more', 'failed', 'alarm']),
  since: datetime,
  /** When it looked: an assessment of a later time led to another plan. */
  at: v.optional(datetime),
  /** Since when every metric but the request rate has been ok; only for the goals calm and step. */
  calmSince: v.optional(datetime),
  /** Since when users have been affected at every look; only for the goal calm. */
  affectedSince: v.optional(datetime),
  /** Since when as many tasks run as are wanted; only for the goal recovered. */
  settledSince: v.optional(datetime),
  /** The look after the last one that saw a dependency down: until then it may have been. Only for the goal recovered. */
  downUntil: v.optional(datetime),
  /** Tasks that the present traffic needs: no step goes below. Only for the goals calm and step, absent when unknown. */
  tasksNeeded: v.optional(int),
  /** True about every `notices.stillScaledOutHours`: people should hear of it again. */
  mention: v.boolean(),
  nextCheckSeconds: int,
  /** Seconds for which a deployment awaited an action: they do not count towards the deadline. */
  paused: v.optional(int),
  /** The desired count that ECS showed at a look since this run last wrote one. */
  shown: v.optional(int),
  /** Alerts that had joined the run at this look. */
  joined: v.optional(v.array(v.string())),
  /** How often this execution has looked: its history has an end. */
  checks: v.optional(int),
  /** Only for the goal calm: the settings at the first look that could read them. What differs later, a person changed. */
  found: v.optional(PresentSettings),
  reasons: v.array(Reason),
  /** Only for the goal restored, once it is reached: what is not as before the incident, by whom and why. */
  differences: v.optional(v.array(Difference)),
});

export type Verification = v.InferOutput<typeof Verification>;
