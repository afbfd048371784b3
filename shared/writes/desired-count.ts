import type { Config } from '../config/schema.ts';
import type { ServiceConfig } from '../config/service.ts';
import { GuardError } from '../core/errors.ts';
import { lastWritten } from '../document/changes.ts';
import type { Step } from '../document/document.ts';
import type { Plan } from '../document/plan.ts';
import type { Reason } from '../document/reason.ts';
import { changedByPersonError, isNobodysChange, type Movers } from '../drift/person-change.ts';
import { because } from '../format/reasons.ts';
import { ceilingOf, nextStepDown } from '../plan/guards/limits.ts';

/** A decided change of the desired count; `to` is absolute. */
export interface CountChange {
  changed: boolean;
  from: number;
  to: number;
  done: boolean;
  /** What was last written, where that is not `to`: null where nothing was. */
  wrote?: number | null;
  /** How many steps down in a row autoscaling has taken back, to above the old maximum. */
  takenBack?: number;
  reasons: Reason[];
}

/**
 * The write that brings the present desired count to the plan's. Pure.
 * @throws ChangedByPersonError when the count is neither what the plan saw nor what autoscaling or the bounds made it.
 * @throws GuardError when the plan asks for more than the configured ceiling.
 */
export function decideScaleOut(
  plan: Plan,
  present: number,
  movers: Movers,
  service: ServiceConfig,
): CountChange {
  const wanted = wantedCount(plan);
  const ceiling = ceilingOf(service);
  if (wanted.to > ceiling) throw new GuardError(because('above-ceiling', { count: wanted.to, ceiling }).text);
  if (present === wanted.to) return unchanged(present, because('count-already', { count: present }));
  if (!isNobodysChange(wanted.from, present, movers))
    throw changedByPersonError([countChanged(wanted.from, present)]);
  // The service may be read late: what autoscaling has asked for since is no less true, and is never lowered.
  const raised = Math.max(present, ...movers.byAutoscaling);
  if (raised > wanted.to)
    return found(present, because('autoscaling-above-plan', { count: raised, planned: wanted.to }));
  return {
    changed: true,
    from: present,
    to: wanted.to,
    done: true,
    reasons: [countChanged(present, wanted.to)],
  };
}

/** What no step down goes below. */
export interface Least {
  /** The higher of the configured and the snapshot's minimum. */
  floor: number;
  /** What the present traffic needs. */
  tasksNeeded: number;
  /** A deployment is running: the step waits until it is over. */
  deploying?: boolean;
}

/** The previous step of the same plan: the count that it left and wrote, and how many before it were taken back. */
export type LastStep = Pick<Step, 'to' | 'wrote' | 'takenBack'>;

/** An hour of cooldowns: traffic that falls has fallen by then. */
const takenBackAtMost = 12;

/**
 * The next step down to the plan's count: at most max(1, 25 %) fewer, never below the floor, and never below what the
 * present traffic needs. Where autoscaling has raised the count since the last step, the way down ends: it would go
 * down and up for hours. Above the old maximum the steps go on, because the bounds can't go back, but not for ever. Pure.
 * @param last absent before the first step.
 * @throws ChangedByPersonError when the count is neither the last step's nor what autoscaling made it.
 * @throws GuardError when the plan asks for less than the floor, or autoscaling takes every step back.
 */
export function decideStepDown(
  plan: Plan,
  present: number,
  last: LastStep | undefined,
  movers: Movers,
  { floor, tasksNeeded, deploying }: Least,
  config: Config,
): CountChange {
  const wanted = wantedCount(plan);
  if (wanted.to < floor) throw new GuardError(because('below-floor', { count: wanted.to, floor }).text);
  if (present <= wanted.to) return found(present, because('nothing-to-scale-in', { count: present }), last);
  const least = Math.max(wanted.to, tasksNeeded);
  const expected = last?.to ?? wanted.from;
  const step = nextStepDown(expected, Math.min(expected, least), config);
  // This step was written before, but its answer was lost: the repeated call changes nothing more.
  if (present === step && present !== expected)
    return { ...unchanged(expected, because('count-already', { count: step })), to: step, done: false };
  if (!isNobodysChange(expected, present, movers))
    throw changedByPersonError([countChanged(expected, present)]);
  const max = plan.bounds?.to.max ?? Infinity;
  const raised = last !== undefined && present > last.to;
  if (raised && present <= max)
    return found(present, because('autoscaling-takes-over', { from: last.to, to: present }), last);
  const counted = raised ? countTakenBack(last, present, max) : {};
  if (present <= least) {
    const reason = because('traffic-needs-all', { needed: tasksNeeded, desired: present });
    return { ...found(present, reason, last), done: false, ...counted };
  }
  if (deploying) return { ...found(present, because('deployment-running'), last), done: false, ...counted };
  const to = nextStepDown(present, least, config);
  const sharePercent = Math.round(config.limits.scaleInStep * 100);
  return {
    changed: true,
    from: present,
    to,
    done: to === wanted.to,
    ...counted,
    reasons: [because('step-down', { from: present, to, target: wanted.to, sharePercent })],
  };
}

/** @throws GuardError when autoscaling has taken too many steps in a row back. */
function countTakenBack(last: LastStep, present: number, max: number): { takenBack: number } {
  const takenBack = (last.takenBack ?? 0) + 1;
  if (takenBack <= takenBackAtMost) return { takenBack };
  throw new GuardError(
    `autoscaling took ${takenBackAtMost} steps down in a row back, now to ${present} tasks, above the old maximum of ${max}: the count stays`,
  );
}

function wantedCount(plan: Plan): { from: number; to: number } {
  if (!plan.desired) throw new GuardError(`the plan (${plan.action}) has no desired count`);
  return plan.desired;
}

const unchanged = (present: number, reason: Reason): CountChange => ({
  changed: false,
  from: present,
  to: present,
  done: true,
  reasons: [reason],
});

/** A count that others have made so: what was written is what an earlier step wrote. */
const found = (present: number, reason: Reason, last?: LastStep): CountChange => ({
  ...unchanged(present, reason),
  wrote: last ? lastWritten(last) : null,
});

const countChanged = (from: number, to: number) =>
  because('setting-changed', { setting: 'desired', from, to });
