import type { Config } from '../config/schema.ts';
import type { ServiceConfig } from '../config/service.ts';
import { ChangedByPersonError, GuardError } from '../core/errors.ts';
import type { Plan } from '../document/plan.ts';
import { nextStepDown } from '../plan/limits.ts';

/** What explains a desired count that differs from the plan's, without a person. */
export interface Explanations {
  /** Counts that Application Auto Scaling asked for since the assessment. */
  byAutoscaling: readonly number[];
  /** Registering a target raises a count that is below its minimum. */
  registeredMin?: number | undefined;
}

/** A decided change of the desired count; `to` is absolute. */
export interface CountChange {
  changed: boolean;
  from: number;
  to: number;
  done: boolean;
  /** How many steps down in a row autoscaling has taken back, to above the old maximum. */
  takenBack?: number;
  reasons: string[];
}

/**
 * The write that brings the present desired count to the plan's. Pure.
 * @throws ChangedByPersonError when the count is neither what the plan saw nor what autoscaling or the bounds made it.
 * @throws GuardError when the plan asks for more than the configured ceiling.
 */
export function decideScaleOut(
  plan: Plan,
  present: number,
  explained: Explanations,
  service: ServiceConfig,
): CountChange {
  const wanted = wantedCount(plan);
  const ceiling = Math.min(service.capacity.emergency.max, service.capacity.taskQuota);
  if (wanted.to > ceiling)
    throw new GuardError(`desired count ${wanted.to} is above the ceiling of ${ceiling}`);
  if (present === wanted.to) return unchanged(present, `desired count is ${present} already`);
  const byMachine =
    present === wanted.from ||
    (present === explained.registeredMin && present > wanted.from) ||
    explained.byAutoscaling.includes(present);
  if (!byMachine) throw changedByPerson(wanted.from, present);
  // The service may be read late: what autoscaling has asked for since is no less true, and is never lowered.
  const raised = Math.max(present, ...explained.byAutoscaling);
  if (raised > wanted.to)
    return unchanged(
      present,
      `autoscaling raised the desired count to ${raised}, above the plan's ${wanted.to}`,
    );
  return {
    changed: true,
    from: present,
    to: wanted.to,
    done: true,
    reasons: [`desired count ${present} → ${wanted.to}`],
  };
}

/** What no step down goes below. */
export interface Least {
  /** The higher of the configured and the snapshot's minimum. */
  floor: number;
  /** What the present traffic needs. */
  tasksNeeded: number;
}

/** The previous step of the same plan: the count that it wrote, and how many before it were taken back. */
export type LastStep = { to: number; takenBack?: number | undefined };

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
  explained: Explanations,
  { floor, tasksNeeded }: Least,
  config: Config,
): CountChange {
  const wanted = wantedCount(plan);
  if (wanted.to < floor) throw new GuardError(`desired count ${wanted.to} is below the floor of ${floor}`);
  if (present <= wanted.to) return unchanged(present, `desired count is ${present}: nothing to scale in`);
  const lastWritten = last?.to;
  const least = Math.max(wanted.to, tasksNeeded);
  const expected = lastWritten ?? wanted.from;
  const step = least < expected ? nextStepDown(expected, least, config) : expected;
  if (present === step && present !== expected) {
    // This step was written before, but its answer was lost: the repeated call changes nothing more.
    return {
      changed: false,
      from: expected,
      to: step,
      done: false,
      reasons: [`desired count is ${step} already`],
    };
  }
  if (present !== expected && !explained.byAutoscaling.includes(present))
    throw changedByPerson(expected, present);
  const max = plan.bounds?.to.max ?? Infinity;
  const raised = lastWritten !== undefined && present > lastWritten;
  if (raised && present <= max) {
    const reason = `autoscaling raised the desired count from ${lastWritten} to ${present}: the traffic needs them`;
    return unchanged(present, `${reason}, and autoscaling looks after them from here`);
  }
  const takenBack = raised ? (last?.takenBack ?? 0) + 1 : 0;
  if (takenBack > takenBackAtMost)
    throw new GuardError(
      `autoscaling took ${takenBackAtMost} steps down in a row back, now to ${present} tasks, above the old maximum of ${max}: the count stays`,
    );
  const counted = takenBack > 0 ? { takenBack } : {};
  if (present <= least) {
    const reason = `the present traffic needs ${tasksNeeded} tasks: no step below ${present} yet`;
    return { ...unchanged(present, reason), done: false, ...counted };
  }
  const to = nextStepDown(present, least, config);
  const share = Math.round(config.limits.scaleInStep * 100);
  return {
    changed: true,
    from: present,
    to,
    done: to === wanted.to,
    ...counted,
    reasons: [`desired count ${present} → ${to}, a step of at most ${share} % on the way to ${wanted.to}`],
  };
}

function wantedCount(plan: Plan): { from: number; to: number } {
  if (!plan.desired) throw new GuardError(`the plan (${plan.action}) has no desired count`);
  return plan.desired;
}

const unchanged = (present: number, reason: string): CountChange => ({
  changed: false,
  from: present,
  to: present,
  done: true,
  reasons: [reason],
});

const changedByPerson = (expected: number, present: number) =>
  new ChangedByPersonError(`desired count: expected ${expected}, now it is ${present}; it stays as it is`);
